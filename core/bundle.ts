import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure, Message, OnResolveArgs, Plugin, PluginBuild } from 'esbuild';
import { LoadFlowError } from './errors.ts';
import { ownModule } from './own-module.ts';

/** A flow file and the local modules it imports, compiled into one module that any process can import. */
export interface Bundle {
  /** The flow's own file, absolute. */
  readonly entry: string;
  /** The compiled module; its name changes with its content. Its source map lies beside it, `.map` added. */
  readonly file: string;
  /** The local modules it was made of, absolute, the entry among them. */
  readonly modules: readonly string[];
}

/** What a bundle depends on: it is made anew when any of this has changed. */
interface Manifest {
  readonly file: string;
  readonly modules: readonly string[];
  /** Size and modification time of every file that counts, or null for one that must not exist. */
  readonly stamps: Readonly<Record<string, string | null>>;
}

/** Where `import 'oxbow'` in a flow leads: this very package, so that engine and flow share one copy. */
const PACKAGE: Readonly<Record<string, string>> = {
  oxbow: 'index',
  'oxbow/store': 'store/index',
  'oxbow/client': 'client/index',
};

/** Bump when the way of compiling changes. */
const VERSION = 1;

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
  const kept = readManifest(folder);
  if (kept) return { entry, file: join(folder, kept.file), modules: kept.modules };
  if (!existsSync(entry)) throw new LoadFlowError(entry, 'does not exist.');
  return compile(entry, folder);
}

function readManifest(folder: string): Manifest | undefined {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  } catch {
    // Absent, or torn by a crash: compiling again is always right.
    return undefined;
  }
  const fresh = Object.entries(manifest.stamps).every(([path, stamp]) => stampOf(path) === stamp);
  return fresh && existsSync(join(folder, manifest.file)) ? manifest : undefined;
}

function stampOf(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.size} ${stat.mtimeMs}` : null;
}

async function compile(entry: string, folder: string): Promise<Bundle> {
  const { build } = await import('esbuild');
  const externals = new Set<string>();
  // Stamped before they are read: a file changed in between is compiled again the next time.
  const seen = new Map<string, string | null>();
  try {
    const { metafile, outputFiles } = await build({
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
      define: { 'import.meta': META },
      plugins: [nodeLike(externals, seen)],
    });
    const modules = Object.keys(metafile.inputs).map((path) => resolve(dirname(entry), path));
    return write({ entry, folder, modules, seen, externals, outputs: outputFiles });
  } catch (cause) {
    if (!isBuildFailure(cause)) throw cause;
    throw new LoadFlowError(entry, `does not compile:\n${cause.errors.map(describe).join('\n')}`, { cause });
  }
}

interface Compiled {
  readonly entry: string;
  readonly folder: string;
  readonly modules: readonly string[];
  readonly seen: ReadonlyMap<string, string | null>;
  readonly externals: ReadonlySet<string>;
  readonly outputs: readonly { readonly path: string; readonly text: string }[];
}

function write({ entry, folder, modules, seen, externals, outputs }: Compiled): Bundle {
  const code = outputs.find(({ path }) => path.endsWith('.mjs'))?.text ?? '';
  const map = outputs.find(({ path }) => path.endsWith('.map'))?.text ?? '';
  const name = `${createHash('sha256').update(code).digest('hex').slice(0, 16)}.mjs`;
  mkdirSync(folder, { recursive: true });
  writeBeside(join(folder, `${name}.map`), map);
  writeBeside(
    join(folder, name),
    code.replace(/# sourceMappingURL=.*\s*$/, `# sourceMappingURL=${name}.map\n`),
  );
  const stamps: Record<string, string | null> = {};
  for (const path of [...modules, ...externals, ...tsconfigs(entry)])
    stamps[path] = seen.get(path) ?? stampOf(path);
  const manifest: Manifest = { file: name, modules, stamps };
  writeBeside(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2));
  return { entry, file: join(folder, name), modules };
}

/** Other processes may compile the same flow now: each file appears whole or not at all. */
function writeBeside(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

/** The tsconfig.json that applies is the nearest one upward; a nearer one may appear. */
function tsconfigs(entry: string): string[] {
  const paths: string[] = [];
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    const path = join(folder, 'tsconfig.json');
    paths.push(path);
    if (existsSync(path) || folder === dirname(folder)) return paths;
  }
}

/** Stands for `import.meta` in compiled code; each module that needs it declares it. */
const META = '__oxbowImportMeta';

/** Keeps packages outside, leads `oxbow` to this package, and gives each module its own `import.meta`. */
function nodeLike(externals: Set<string>, seen: Map<string, string | null>): Plugin {
  return {
    name: 'oxbow',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, (args) => resolvePackage(build, args, externals));
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => {
        seen.set(path, stampOf(path));
        const source = readFileSync(path, 'utf8');
        if (!source.includes('import.meta')) return undefined;
        const loader = /x$/.test(path) ? 'tsx' : 'ts';
        return { contents: withMeta(source, path), loader, resolveDir: dirname(path) };
      });
    },
  };
}

/** On the first line, so that line numbers stay; after a `#!`, which must come first. */
function withMeta(source: string, path: string): string {
  const url = JSON.stringify(pathToFileURL(path).href);
  const [file, folder] = [path, dirname(path)].map((text) => JSON.stringify(text));
  const declaration =
    `import { createRequire as __oxbowRequire } from 'node:module'; const ${META} = { url: ${url}, filename: ${file}, dirname: ${folder}, ` +
    `resolve: (name) => { const path = __oxbowRequire(${url}).resolve(name); return path.startsWith('/') ? new URL('file://' + path).href : path; } };`;
  return source.startsWith('#!') ? source.replace('\n', `\n${declaration}`) : declaration + source;
}

async function resolvePackage(build: PluginBuild, args: OnResolveArgs, externals: Set<string>) {
  if (args.kind === 'entry-point' || args.pluginData === META || args.path.startsWith('#')) return undefined;
  const own = PACKAGE[args.path];
  if (own !== undefined) return { path: ownModule(own), external: true };
  if (args.path.startsWith('node:') || builtinModules.includes(args.path)) return undefined;
  const { importer, resolveDir, kind, namespace } = args;
  const found = await build.resolve(args.path, { importer, resolveDir, kind, namespace, pluginData: META });
  if (found.errors.length > 0 || found.external || !found.path.includes('/node_modules/')) return found;
  externals.add(found.path);
  return {
    path:
      kind === 'import-statement' || kind === 'dynamic-import' ? pathToFileURL(found.path).href : found.path,
    external: true,
  };
}

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);

function describe({ text, location }: Message): string {
  if (!location) return `  ${text}`;
  const mark = `${' '.repeat(location.column)}^`;
  return `  ${location.file}:${location.line}:${location.column + 1}: ${text}\n    ${location.lineText}\n    ${mark}`;
}
