import { readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, extname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { digestOf } from './bundle-cache.ts';
import type { OnLoadResult, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from './compiler.ts';
import { LOADERS } from './loaders.ts';
import { kindOf } from './module-kind.ts';
import { waysTo } from './other-answers.ts';
import { LOADED_MODULES, OWN_PACKAGE, ownModule, RUN_TIME_IMPORT } from './own-module.ts';

/** A module that passes on what the flow's file exports. */
const ENTRY = 'oxbow-entry';

/** What the compiler is to begin with, from the folder of the flow's file: a star in it would make a pattern of the name. */
export const entryPointOf = (entry: string): string =>
  basename(entry).includes('*') ? ENTRY : `./${basename(entry)}`;

/** Stands for `import.meta` in compiled code; each module that needs it declares it. */
export const META = '__oxbowImportMeta';

/** Modules that stand for what is required from outside. */
const REQUIRED = 'oxbow-required';

/** What the plugin notes while a flow is compiled. */
export interface Seen {
  /** Files of packages, which stay outside. */
  readonly externals: Set<string>;
  /** Where folders of packages lead, by path; null for those nearer to a module that are not there. */
  readonly ways: Map<string, string | null>;
  /** SHA-256 of local modules, taken as they were read: one that changes later is compiled again the next time. */
  readonly sources: Map<string, string>;
  /** What imports name, without folders and extensions: other files are met only by an import with a variable part. */
  readonly named: Set<string>;
  /** Whether a local module was imported by a name that is no path. */
  isAliased: boolean;
  /**
   * The names that modules export which the process has loaded, by URL: they are not compiled again, since one file is one module. Given only for
   * what is imported at run time.
   */
  readonly loaded: LoadedModules | undefined;
  /** Where local modules import what is known only at run time: byte columns by line, from 1, by file. Found by compiling once. */
  readonly runTimeImports: Map<string, readonly { readonly line: number; readonly column: number }[]>;
}

/** Names of exports by the URL of their module. */
export type LoadedModules = ReadonlyMap<string, readonly string[]>;

/** Nothing seen yet. */
export const newSeen = (loaded?: LoadedModules): Seen => ({
  loaded,
  externals: new Set(),
  ways: new Map(),
  sources: new Map(),
  named: new Set(),
  isAliased: false,
  runTimeImports: new Map(),
});

/** Keeps packages outside, leads `oxbow` to this package, and gives each module its own `import.meta`. */
export function nodeLike(entry: string, seen: Seen): Plugin {
  return {
    name: 'oxbow',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (args) => {
        if (args.pluginData === META) return undefined;
        seen.named.add(stemOf(args.path));
        if (args.kind === 'entry-point')
          return args.path === ENTRY ? { path: ENTRY, namespace: ENTRY } : undefined;
        if (args.path.startsWith('file:')) return { path: fileURLToPath(args.path.replace(/[?#].*$/, '')) };
        if (/^[./]/.test(args.path)) return args.path.includes('*') ? resolveStarred(args) : undefined;
        return resolvePackage(build, args, seen);
      });
      build.onLoad({ filter: /.*/, namespace: ENTRY }, () => {
        const file = JSON.stringify(`./${basename(entry)}`);
        // As TypeScript, in which a default that is not there may be passed on.
        return {
          contents: `export * from ${file}; export { default } from ${file};`,
          loader: 'ts',
          resolveDir: dirname(entry),
        };
      });
      build.onLoad({ filter: /.*/, namespace: REQUIRED }, ({ path, pluginData }) => ({
        contents: `module.exports = process.getBuiltinModule('node:module').createRequire(${JSON.stringify(pluginData)})(${JSON.stringify(path)});`,
      }));
      build.onLoad({ filter: /.*/, namespace: 'file' }, (args) =>
        isNamed(args.path, seen) || isLikelyMeant(args.path, dirname(entry))
          ? load(args.path, args.with, seen)
          : notMeant(args.path),
      );
    },
  };
}

/** The name of a file without its extension, and of an index that of its folder. */
function stemOf(path: string): string {
  const stem = basename(path).replace(/\.\w+$/, '');
  return stem === 'index' ? basename(dirname(path)) : stem;
}

const isNamed = (path: string, { named }: Seen): boolean =>
  named.has(stemOf(path)) || named.has(basename(path));

/** Whether an import such as `./lib/${name}` can mean a file: it is code or data, and neither hidden nor a package's. */
function isLikelyMeant(path: string, folder: string): boolean {
  const extension = extname(path);
  const parts = relative(folder, path).split('/');
  const isHidden = parts.some((part) => part === 'node_modules' || /^\.[^.]/.test(part));
  return !isHidden && (extension in LOADERS || DATA.has(extension));
}

const DATA = new Set(['.json', '.txt', '.css']);

/** What lies in the folder but is no module is an error only when it is imported. */
const notMeant = (path: string): OnLoadResult => ({
  contents: `throw new Error(${JSON.stringify(`${path} is no code, JSON or text that a flow can import.`)});`,
  loader: 'js',
});

/** Notes a local module and, where it must be another text than that of its file, gives it. */
function load(path: string, attributes: Record<string, string>, seen: Seen): OnLoadResult | undefined {
  const loaded = seen.loaded?.get(pathToFileURL(path).href);
  if (loaded) return { contents: fromLoaded(path, loaded), loader: 'js' };
  const bytes = readFileSync(path);
  if (!seen.sources.has(path)) seen.sources.set(path, digestOf(bytes));
  const resolveDir = dirname(path);
  const extension = extname(path);
  // One file is one module, however it is imported.
  if (extension === '.json' && attributes.type === 'json')
    return {
      contents: `export { default } from ${JSON.stringify(`./${basename(path)}`)};`,
      loader: 'js',
      resolveDir,
    };
  const loader = LOADERS[extension];
  if (loader === undefined) return undefined;
  const source = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const declarations = declarationsFor(source, path);
  const places = seen.runTimeImports.get(path);
  const isShared = (seen.loaded !== undefined || seen.runTimeImports.size > 0) && isModule(source);
  if (declarations === '' && !places && !isShared) return undefined;
  const declared = declarations === '' ? source : prepend(declarations, source);
  const imported = places ? prepend(importer(path), withImporter(declared, places)) : declared;
  return { contents: isShared ? imported + leaver(path) : imported, loader, resolveDir };
}

/** Whether a text is that of a module and not of CommonJS, which has nothing to be left. */
const isModule = (source: string): boolean =>
  /^\s*(?:import|export)\b/m.test(source) &&
  !/\bmodule\.exports\b|^\s*exports\.|^\s*export\s*=|\bimport\s+\w+\s*=/m.test(source);

const LOADED = `globalThis[Symbol.for(${JSON.stringify(Symbol.keyFor(LOADED_MODULES))})]`;

/** Leaves what a module exports where {@link fromLoaded} finds it. */
const leaver = (path: string): string =>
  `\n;import * as __oxbowSelf from ${JSON.stringify(`./${basename(path)}`)};\n` +
  `(${LOADED} ??= new Map()).set(${JSON.stringify(pathToFileURL(path).href)}, __oxbowSelf);\n`;

/** A module that passes on what another one exports that the process has loaded. */
const fromLoaded = (path: string, names: readonly string[]): string =>
  `const all = ${LOADED}.get(${JSON.stringify(pathToFileURL(path).href)});\n` +
  names
    .map(
      (name, index) =>
        `const v${index} = all[${JSON.stringify(name)}]; export { v${index} as ${JSON.stringify(name)} };`,
    )
    .join('\n');

/** What a module finds around it in Node and would not find in a bundle: `import.meta`, `__filename`, `__dirname`. */
function declarationsFor(source: string, path: string): string {
  const url = JSON.stringify(pathToFileURL(path).href);
  const [file, folder] = [path, dirname(path)].map((text) => JSON.stringify(text));
  const isCommonJs =
    /\b__(file|dir)name\b/.test(source) && !/\b(const|let|var)\s+__(file|dir)name\b/.test(source);
  // The program is not this file, whoever runs the flow.
  const meta =
    `import { createRequire as __oxbowRequire } from 'node:module'; import { pathToFileURL as __oxbowUrl } from 'node:url'; ` +
    `const ${META} = { url: ${url}, filename: ${file}, dirname: ${folder}, main: false, resolve: (name) => { ` +
    `if (/^(\\.{0,2}\\/|[a-z][\\w+.-]*:)/i.test(name)) return new URL(name, ${url}).href; ` +
    `const path = __oxbowRequire(${url}).resolve(name); return path.startsWith('/') ? __oxbowUrl(path).href : 'node:' + path; } };`;
  return (
    (source.includes('import.meta') ? meta : '') +
    (isCommonJs ? `var __filename = ${file}, __dirname = ${folder};` : '')
  );
}

/** What an `import(x)` that cannot be bundled becomes a call of. */
const IMPORTER = '__oxbowImport';

const importer = (path: string): string =>
  `const ${IMPORTER} = (name) => globalThis[Symbol.for(${JSON.stringify(Symbol.keyFor(RUN_TIME_IMPORT))})]` +
  `(name, ${JSON.stringify(pathToFileURL(path).href)});`;

/** Puts the importer's name in the place of the word `import`. */
function withImporter(
  source: string,
  places: readonly { readonly line: number; readonly column: number }[],
): string {
  const lines = source.split('\n');
  // From the end of each line, so that columns stay.
  for (const { line, column } of [...places].sort((a, b) => b.column - a.column)) {
    const bytes = Buffer.from(lines[line - 1] ?? '');
    const [before, after] = [bytes.subarray(0, column), bytes.subarray(column + 'import'.length)];
    lines[line - 1] = `${before}${IMPORTER}${after}`;
  }
  return lines.join('\n');
}

/** On the first line, so that line numbers stay; after a `#!`, which must come first. */
const prepend = (declarations: string, source: string): string =>
  source.startsWith('#!') ? source.replace('\n', () => `\n${declarations}`) : declarations + source;

/** A path with a star in it, which the compiler takes for a pattern and does not look for. */
function resolveStarred({ path, resolveDir }: OnResolveArgs): OnResolveResult | undefined {
  const named = resolve(resolveDir, path);
  const typed = named.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
  const candidates = [named, typed, ...ENDINGS.map((ending) => named + ending)];
  const found = candidates.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
  return found === undefined ? undefined : { path: found };
}

const ENDINGS = ['.tsx', '.ts', '.jsx', '.js', '.json', '/index.tsx', '/index.ts', '/index.js'];

/** Where a name that is no path leads: out of the bundle, save for modules of the project and packages that have to be compiled. */
async function resolvePackage(
  build: PluginBuild,
  args: OnResolveArgs,
  seen: Seen,
): Promise<OnResolveResult | undefined> {
  const { importer, resolveDir, kind, namespace } = args;
  // esbuild knows no way to require what stays outside of a module of the import kind.
  const required = (path: string): OnResolveResult => ({ path, namespace: REQUIRED, pluginData: importer });
  const isRequired = kind === 'require-call';
  const own = OWN_PACKAGE[args.path];
  if (own !== undefined)
    return isRequired ? required(fileURLToPath(ownModule(own))) : { path: ownModule(own), external: true };
  if (args.path.startsWith('node:') || builtinModules.includes(args.path))
    return isRequired ? required(args.path) : undefined;
  const found = await build.resolve(args.path, {
    importer,
    resolveDir,
    kind,
    namespace,
    pluginData: META,
    with: args.with,
  });
  if (found.errors.length > 0 || found.external || found.namespace !== 'file') return found;
  for (const [path, target] of waysTo(args.path, resolveDir)) seen.ways.set(path, target);
  const kindFound = found.path.includes('/node_modules/') ? kindOf(found.path) : 'source';
  if (kindFound === 'source') {
    seen.isAliased = true;
    seen.named.add(stemOf(found.path));
    // The compiler finds it again, and with it the tsconfig.json that holds for it.
    return undefined;
  }
  seen.externals.add(found.path);
  // An import of what is required gives all names it has, not only those that node can tell from its text.
  return isRequired || kindFound === 'required'
    ? required(found.path)
    : { path: pathToFileURL(found.path).href, external: true };
}
