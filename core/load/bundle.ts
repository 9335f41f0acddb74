import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { makeFolder } from '#store';
import { LoadFlowError } from '../errors.ts';
import { version } from '../version.ts';
import {
  digestOf,
  digestOfFile,
  foldersOf,
  freshManifest,
  noteUse,
  settingsFor,
  stampOf,
  writeBeside,
  writeManifest,
} from './bundle-cache.ts';
import { entryPointOf, type LoadedModules, META, newSeen, nodeLike, type Seen } from './bundle-plugin.ts';
import { processCache } from './cache-folder.ts';
import { sweepDaily } from './cache-sweep.ts';
import {
  type BuildFailure,
  compilerManifest,
  loadCompiler,
  type Message,
  type Metafile,
} from './compiler.ts';
import { type Resolution, resolutionHere } from './node-options.ts';
import { rivalsOf } from './other-answers.ts';
import { ownModule } from './own-module.ts';

/** A flow file and the local modules it imports, compiled into one module that any process can import. */
export interface Bundle {
  /** The flow's own file, absolute, and where it really lies when it is named by a link. */
  readonly entry: string;
  /** The compiled module; its name changes with its content. Its source map lies beside it, `.map` added; sources are file URLs. */
  readonly file: string;
  /** The local modules it was made of, absolute, the entry among them. */
  readonly modules: readonly string[];
  /** Whether they import each other by names that are no paths: tsconfig.json or package.json says what those mean. */
  readonly isAliased: boolean;
}

/** Bump when the way of compiling changes. */
const FORMAT = 8;

/**
 * Compiles a flow file, or finds it compiled in `cache` (a folder that only this user can write to). Packages stay outside of the bundle;
 * names of modules lead where node, with the options of this process, would be led; `import.meta`, JSON and dynamic imports mean what they
 * mean in the source file. Throws {@link LoadFlowError}.
 */
export async function bundleFlow(path: string, cache: string, loaded?: LoadedModules): Promise<Bundle> {
  const resolution = resolutionHere();
  const entry = entryAt(path, resolution);
  const key = digestOf(
    JSON.stringify([FORMAT, version, entry, ownModule('index'), resolution, loaded && [...loaded]]),
  ).slice(0, 20);
  const folder = join(cache, key);
  const kept = freshManifest(folder);
  if (kept) {
    const { file, modules, isAliased } = kept;
    noteUse(folder, file);
    return { entry, file: join(folder, file), modules, isAliased };
  }
  const compiled = await compile({ entry, folder, resolution, loaded });
  try {
    const bundle = write(compiled);
    sweepDaily(cache);
    return bundle;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    // The disk is full, or somebody has taken the folder away: what is compiled can be executed all the same.
    return write({ ...compiled, folder: join(processCache(), key) });
  }
}

/** The file of a flow, as node would find it. */
function entryAt(path: string, { preserveSymlinks }: Resolution): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) {
    const isMangled = path.includes('\uFFFD');
    const remedy = isMangled ? ' Its path is not UTF-8, in which node cannot name it: rename it.' : '';
    throw new LoadFlowError(path, `does not exist.${remedy}`);
  }
  if (stat.isDirectory())
    throw new LoadFlowError(path, 'is a folder. Name the file in it that exports the flow.');
  if (!stat.isFile()) throw new LoadFlowError(path, 'is no ordinary file. Write the flow to a file.');
  return preserveSymlinks ? path : realpathSync(path);
}

interface Order {
  readonly entry: string;
  readonly folder: string;
  readonly resolution: Resolution;
  readonly loaded: LoadedModules | undefined;
}

async function compile(order: Order): Promise<Compiled> {
  const { entry, folder, loaded } = order;
  const seen = newSeen(loaded);
  try {
    const { metafile, outputFiles, warnings } = await buildOnce(order, seen);
    noteRunTimeImports(warnings, dirname(entry), seen);
    if (seen.runTimeImports.size === 0) return { entry, folder, metafile, seen, outputs: outputFiles };
    const again = await buildOnce(order, seen);
    return { entry, folder, metafile: again.metafile, seen, outputs: again.outputFiles };
  } catch (cause) {
    if (!isBuildFailure(cause)) throw cause;
    throw new LoadFlowError(entry, `does not compile:\n${cause.errors.map(describe).join('\n')}`, { cause });
  }
}

async function buildOnce({ entry, folder, resolution }: Order, seen: Seen) {
  const { build } = await loadCompiler();
  return build({
    entryPoints: [entryPointOf(entry)],
    absWorkingDir: dirname(entry),
    outfile: join(folder, 'flow.mjs'),
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Node's own; esbuild would add "module" if there were none.
    conditions: [...resolution.conditions],
    preserveSymlinks: resolution.preserveSymlinks,
    keepNames: true,
    metafile: true,
    sourcemap: 'linked',
    logLevel: 'silent',
    logOverride: { [RUN_TIME]: 'warning' },
    define: { 'import.meta': META },
    plugins: [nodeLike(entry, seen)],
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
  const modules = [...seen.sources.keys()];
  makeFolder(folder, { sync: false, mode: 0o700 });
  writeBeside(join(folder, `${name}.map`), withFileUrls(map, folder, modules));
  const text = code.replace(/# sourceMappingURL=.*\s*$/, `# sourceMappingURL=${name}.map\n`);
  writeBeside(join(folder, name), text);
  const sources: Record<string, string | null> = Object.fromEntries(seen.sources);
  const manifests = [...seen.ways.values()].flatMap((path) =>
    path === null ? [] : [join(path, 'package.json')],
  );
  for (const path of [...settingsFor(modules), ...modules.flatMap(rivalsOf), ...manifests])
    sources[path] ??= digestOfFile(path);
  const others = [...seen.externals, ...patternFolders(metafile, entry), compilerManifest()];
  const stamps = Object.fromEntries(others.map((path) => [path, stampOf(path)]));
  const { isAliased } = seen;
  const ways = Object.fromEntries(seen.ways);
  writeManifest(folder, { file: name, digest: digestOf(text), modules, isAliased, sources, stamps, ways });
  noteUse(folder, name);
  return { entry, file: join(folder, name), modules, isAliased };
}

/**
 * A source map whose sources are file URLs: esbuild's are relative ones. A path cannot always be got back from those, since a backslash
 * has become a slash there: the known ones are tried first.
 */
function withFileUrls(map: string, folder: string, modules: readonly string[]): string {
  const known = new Map(modules.map((path) => [path.replaceAll('\\', '/'), path]));
  const base = pathToFileURL(join(folder, 'flow.mjs.map'));
  const parsed = JSON.parse(map) as { sources: string[] };
  const sources = parsed.sources.map((source) => {
    const { protocol, href } = new URL(source, base);
    if (protocol !== 'file:') return source;
    const path = fileURLToPath(href);
    return pathToFileURL(known.get(path) ?? path).href;
  });
  return JSON.stringify({ ...parsed, sources });
}

/** Folders that dynamic imports with a variable part look into: their new files belong to the flow too. */
const patternFolders = ({ inputs }: Metafile, entry: string): string[] =>
  Object.entries(inputs).flatMap(([path, { imports }]) =>
    imports
      .filter(({ path: pattern }) => pattern.includes('*') && /^\.\.?\//.test(pattern))
      .flatMap(({ path: pattern }) => foldersOf(pattern, dirname(resolve(dirname(entry), path)))),
  );

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);

/** What to do about a message of the compiler, by a part of its text. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /^No loader is configured for/,
    ' A flow imports code, JSON and text; read other files with readFile(new URL("./file", import.meta.url)).',
  ],
];

function describe({ text, location }: Message): string {
  const remedy = REMEDIES.find(([pattern]) => pattern.test(text))?.[1] ?? '';
  if (!location) return `  ${text}${remedy}`;
  const mark = `${' '.repeat(location.column)}^`;
  return `  ${location.file}:${location.line}:${location.column + 1}: ${text}${remedy}\n    ${location.lineText}\n    ${mark}`;
}
