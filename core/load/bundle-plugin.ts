import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stampOf } from './bundle-cache.ts';
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from './compiler.ts';
import { OWN_PACKAGE, ownModule, RUN_TIME_IMPORT } from './own-module.ts';

/** Stands for `import.meta` in compiled code; each module that needs it declares it. */
export const META = '__oxbowImportMeta';

/** Modules that stand for what a CommonJS module requires from outside. */
const REQUIRED = 'oxbow-required';

/** What the plugin notes while a flow is compiled. */
export interface Seen {
  /** Files of packages, which stay outside. */
  readonly externals: Set<string>;
  /** Stamps of local modules from before they were read: one changed in between is compiled again the next time. */
  readonly stamps: Map<string, string | null>;
  /** Where local modules import what is known only at run time: byte columns by line, from 1, by file. Found by compiling once. */
  readonly runTimeImports: Map<string, readonly { readonly line: number; readonly column: number }[]>;
}

/** Keeps packages outside, leads `oxbow` to this package, and gives each module its own `import.meta`. */
export function nodeLike({ externals, stamps, runTimeImports }: Seen): Plugin {
  return {
    name: 'oxbow',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, (args) => resolvePackage(build, args, externals));
      build.onLoad({ filter: /.*/, namespace: REQUIRED }, ({ path, pluginData }) => ({
        contents: `module.exports = process.getBuiltinModule('node:module').createRequire(${JSON.stringify(pluginData)})(${JSON.stringify(path)});`,
      }));
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => {
        stamps.set(path, stampOf(path));
        const source = readFileSync(path, 'utf8');
        const declarations = declarationsFor(source, path);
        const places = runTimeImports.get(path);
        if (declarations === '' && !places) return undefined;
        const loader = /x$/.test(path) ? 'tsx' : 'ts';
        const declared = declarations === '' ? source : prepend(declarations, source);
        const contents = places ? prepend(importer(path), withImporter(declared, places)) : declared;
        return { contents, loader, resolveDir: dirname(path) };
      });
    },
  };
}

/** What a module finds around it in Node and would not find in a bundle: `import.meta`, `__filename`, `__dirname`. */
function declarationsFor(source: string, path: string): string {
  const url = JSON.stringify(pathToFileURL(path).href);
  const [file, folder] = [path, dirname(path)].map((text) => JSON.stringify(text));
  const isCommonJs =
    /\b__(file|dir)name\b/.test(source) && !/\b(const|let|var)\s+__(file|dir)name\b/.test(source);
  const meta =
    `import { createRequire as __oxbowRequire } from 'node:module'; const ${META} = { url: ${url}, filename: ${file}, dirname: ${folder}, ` +
    `resolve: (name) => { const path = __oxbowRequire(${url}).resolve(name); return path.startsWith('/') ? new URL('file://' + path).href : path; } };`;
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

async function resolvePackage(
  build: PluginBuild,
  args: OnResolveArgs,
  externals: Set<string>,
): Promise<OnResolveResult | undefined> {
  if (args.kind === 'entry-point' || args.pluginData === META || args.path.startsWith('#')) return undefined;
  const { importer, resolveDir, kind, namespace } = args;
  // esbuild knows no way to require what stays outside of a module of the import kind.
  const required = (path: string): OnResolveResult => ({ path, namespace: REQUIRED, pluginData: importer });
  const isRequired = kind === 'require-call';
  const own = OWN_PACKAGE[args.path];
  if (own !== undefined)
    return isRequired ? required(fileURLToPath(ownModule(own))) : { path: ownModule(own), external: true };
  if (args.path.startsWith('node:') || builtinModules.includes(args.path))
    return isRequired ? required(args.path) : undefined;
  const found = await build.resolve(args.path, { importer, resolveDir, kind, namespace, pluginData: META });
  if (found.errors.length > 0 || found.external || !found.path.includes('/node_modules/')) return found;
  externals.add(found.path);
  return isRequired ? required(found.path) : { path: pathToFileURL(found.path).href, external: true };
}
