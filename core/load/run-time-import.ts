import { existsSync } from 'node:fs';
import { builtinModules, createRequire, Module } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LoadFlowError } from '../errors.ts';
import { cacheFolder } from './cache-folder.ts';
import { kindOf } from './module-kind.ts';
import { LOADED_MODULES, OWN_PACKAGE, ownModule, RUN_TIME_IMPORT } from './own-module.ts';

/** Imports a module as the file of `from`, a URL, would: the compiled flow lies elsewhere. */
type RunTimeImport = (specifier: unknown, from: string) => Promise<unknown>;

/** Where the compiled flow finds it. */
interface Holder {
  [RUN_TIME_IMPORT]?: RunTimeImport;
  [LOADED_MODULES]?: ReadonlyMap<string, object>;
}

/**
 * Lets flows import modules by names made up while they run. TypeScript is compiled then, save for modules that it shares
 * with the flow: those it takes as they are loaded. Such a module is not among the code of the run, since nobody knows of it before.
 */
export function allowRunTimeImports(): void {
  (globalThis as Holder)[RUN_TIME_IMPORT] ??= async (specifier, from) => {
    const named = resolveFrom(String(specifier), from);
    const loaded = () => (globalThis as Holder)[LOADED_MODULES]?.get(named);
    const known = loaded();
    if (known) return known;
    const url = await compiled(named, from);
    // As in imports that are compiled, JSON needs no attribute.
    if (/\.json(?:[?#]|$)/.test(url)) return import(url, { with: { type: 'json' } });
    const module = await importerAt(from)(url);
    // The next import of it gets the same.
    return loaded() ?? module;
  };
}

type Importer = (specifier: string) => Promise<unknown>;

/** Node's own import, for names of packages too, as if it stood beside the file of a URL: in a script of its own, since this one stands elsewhere. */
function importerAt(url: string): Importer {
  const known = importers.get(url);
  if (known) return known;
  const path = join(dirname(fileURLToPath(url)), 'oxbow-import.cjs');
  const module = new Module(path) as Module & { _compile(code: string, path: string): void };
  module._compile('module.exports = (name) => import(name);', path);
  const importer = module.exports as Importer;
  importers.set(url, importer);
  return importer;
}

const importers = new Map<string, Importer>();

function resolveFrom(specifier: string, from: string): string {
  if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, from).href;
  const own = OWN_PACKAGE[specifier];
  if (own !== undefined) return ownModule(own);
  if (/^[\w+.-]+:/.test(specifier) || builtinModules.includes(specifier)) return specifier;
  return sourceNamed(specifier, from) ?? specifier;
}

/** A package that ships TypeScript has to be compiled; any other node finds itself, by the conditions of an import. */
function sourceNamed(specifier: string, from: string): string | undefined {
  try {
    const path = createRequire(from).resolve(specifier);
    return kindOf(path) === 'source' ? pathToFileURL(path).href : undefined;
  } catch {
    // Node says best what is wrong with the name of a package.
    return undefined;
  }
}

async function compiled(url: string, from: string): Promise<string> {
  if (!url.startsWith('file:')) return url;
  const path = fileURLToPath(url.replace(/[?#].*$/, ''));
  if (!existsSync(path))
    throw new LoadFlowError(path, `does not exist, but ${fileURLToPath(from)} imports it.`);
  if (!/\.(?:[cm]?ts|[jt]sx)$/.test(path)) return url;
  const { bundleFlow } = await import('./bundle.ts');
  const loaded = [...((globalThis as Holder)[LOADED_MODULES] ?? [])];
  const names = new Map(loaded.map(([module, exports]) => [module, Object.keys(exports)]));
  const { file } = await bundleFlow(path, cacheFolder(), names);
  return pathToFileURL(file).href;
}
