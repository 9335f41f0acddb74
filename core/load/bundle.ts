import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LoadFlowError } from '../errors.ts';
import {
  digestOf,
  foldersOf,
  freshManifest,
  stampOf,
  tsconfigsFor,
  writeBeside,
  writeManifest,
} from './bundle-cache.ts';
import { META, nodeLike, type Seen } from './bundle-plugin.ts';
import { type BuildFailure, loadCompiler, type Message, type Metafile } from './compiler.ts';
import { ownModule } from './own-module.ts';

/** A flow file and the local modules it imports, compiled into one module that any process can import. */
export interface Bundle {
  /** The flow's own file, absolute. */
  readonly entry: string;
  /** The compiled module; its name changes with its content. Its source map lies beside it, `.map` added. */
  readonly file: string;
  /** The local modules it was made of, absolute, the entry among them. */
  readonly modules: readonly string[];
  /** Whether they import each other by names that are no paths: tsconfig.json or package.json says what those mean. */
  readonly isAliased: boolean;
}

/** Bump when the way of compiling changes. */
const VERSION = 5;

/**
 * Compiles a flow file, or finds it compiled in `cache` (a folder of ours). Packages stay outside of the bundle;
 * `import.meta`, JSON and dynamic imports mean what they mean in the source file. Throws {@link LoadFlowError}.
 */
export async function bundleFlow(entry: string, cache: string): Promise<Bundle> {
  const key = createHash('sha256')
    .update(JSON.stringify([VERSION, entry, ownModule('index')]))
    .digest('hex')
    .slice(0, 20);
  const folder = join(cache, key);
  const kept = freshManifest(folder);
  if (kept) {
    const { file, modules, isAliased } = kept;
    return { entry, file: join(folder, file), modules, isAliased };
  }
  if (!existsSync(entry)) throw new LoadFlowError(entry, 'does not exist.');
  return compile(entry, folder);
}

async function compile(entry: string, folder: string): Promise<Bundle> {
  const seen: Seen = { externals: new Set(), stamps: new Map(), runTimeImports: new Map() };
  try {
    const { metafile, outputFiles, warnings } = await buildOnce(entry, folder, seen);
    noteRunTimeImports(warnings, dirname(entry), seen);
    if (seen.runTimeImports.size === 0) return write({ entry, folder, metafile, seen, outputs: outputFiles });
    const again = await buildOnce(entry, folder, seen);
    return write({ entry, folder, metafile: again.metafile, seen, outputs: again.outputFiles });
  } catch (cause) {
    if (!isBuildFailure(cause)) throw cause;
    throw new LoadFlowError(entry, `does not compile:\n${cause.errors.map(describe).join('\n')}`, { cause });
  }
}

async function buildOnce(entry: string, folder: string, seen: Seen) {
  const { build } = await loadCompiler();
  return build({
    entryPoints: [entry],
    absWorkingDir: dirname(entry),
    outfile: join(folder, 'flow.mjs'),
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Node's own conditions; esbuild would add "module".
    conditions: [],
    keepNames: true,
    metafile: true,
    sourcemap: 'linked',
    logLevel: 'silent',
    logOverride: { [RUN_TIME]: 'warning' },
    define: { 'import.meta': META },
    plugins: [nodeLike(seen)],
  });
}

/** What the compiler calls an `import(x)` that it leaves as it is. */
const RUN_TIME = 'unsupported-dynamic-import';

function noteRunTimeImports(
  warnings: readonly (Message & { readonly id: string })[],
  folder: string,
  { runTimeImports }: Seen,
): void {
  for (const { id, location } of warnings) {
    if (id !== RUN_TIME || !location) continue;
    const path = resolve(folder, location.file);
    runTimeImports.set(path, [...(runTimeImports.get(path) ?? []), location]);
  }
}

interface Compiled {
  readonly entry: string;
  readonly folder: string;
  readonly metafile: Metafile;
  readonly seen: Seen;
  readonly outputs: readonly { readonly path: string; readonly text: string }[];
}

function write({ entry, folder, metafile, seen, outputs }: Compiled): Bundle {
  const code = outputs.find(({ path }) => path.endsWith('.mjs'))?.text ?? '';
  const map = outputs.find(({ path }) => path.endsWith('.map'))?.text ?? '';
  const name = `${createHash('sha256').update(code).digest('hex').slice(0, 16)}.mjs`;
  mkdirSync(folder, { recursive: true });
  writeBeside(join(folder, `${name}.map`), map);
  const text = code.replace(/# sourceMappingURL=.*\s*$/, `# sourceMappingURL=${name}.map\n`);
  writeBeside(join(folder, name), text);
  const modules = modulesOf(metafile, dirname(entry));
  const stamps: Record<string, string | null> = {};
  for (const path of [
    ...modules,
    ...seen.externals,
    ...tsconfigsFor(modules),
    ...patternFolders(metafile, entry),
  ])
    stamps[path] = seen.stamps.get(path) ?? stampOf(path);
  const isAliased = hasAliases(metafile);
  writeManifest(folder, { file: name, digest: digestOf(text), modules, isAliased, stamps });
  return { entry, file: join(folder, name), modules, isAliased };
}

/** The local modules, absolute; what has a namespace of its own is no file. */
const modulesOf = ({ inputs }: Metafile, folder: string): string[] =>
  Object.keys(inputs)
    .filter((path) => !/^[\w-]+:/.test(path))
    .map((path) => resolve(folder, path));

/** A local module imported by a name that is no path. */
const hasAliases = ({ inputs }: Metafile): boolean =>
  Object.values(inputs).some(({ imports }) =>
    imports.some(({ external, original, path }) => {
      const isLocal = !external && !/^[\w-]+:/.test(path) && Object.hasOwn(inputs, path);
      return isLocal && original !== undefined && !/^[./]/.test(original);
    }),
  );

/** Folders that dynamic imports with a variable part look into: their new files belong to the flow too. */
const patternFolders = ({ inputs }: Metafile, entry: string): string[] =>
  Object.entries(inputs).flatMap(([path, { imports }]) =>
    imports
      .filter(({ path: pattern }) => pattern.includes('*') && /^\.\.?\//.test(pattern))
      .flatMap(({ path: pattern }) => foldersOf(pattern, dirname(resolve(dirname(entry), path)))),
  );

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);

function describe({ text, location }: Message): string {
  if (!location) return `  ${text}`;
  const mark = `${' '.repeat(location.column)}^`;
  return `  ${location.file}:${location.line}:${location.column + 1}: ${text}\n    ${location.lineText}\n    ${mark}`;
}
