import { existsSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LoadFlowError } from '../errors.ts';
import { cacheFolder } from './cache-folder.ts';
import { OWN_PACKAGE, ownModule, RUN_TIME_IMPORT } from './own-module.ts';

/** Imports a module as the file of `from`, a URL, would: the compiled flow lies elsewhere. */
type RunTimeImport = (specifier: unknown, from: string) => Promise<unknown>;

/** Where the compiled flow finds it. */
interface Holder {
  [RUN_TIME_IMPORT]?: RunTimeImport;
}

/**
 * Lets flows import modules by names made up while they run. TypeScript is compiled then, on its own: modules that it shares with the flow
 * are loaded once more. Such a module is not among the code of the run, since nobody knows of it before.
 */
export function allowRunTimeImports(): void {
  (globalThis as Holder)[RUN_TIME_IMPORT] ??= async (specifier, from) => {
    const url = await compiled(resolveFrom(String(specifier), from), from);
    // As in imports that are compiled, JSON needs no attribute.
    return /\.json(?:[?#]|$)/.test(url) ? import(url, { with: { type: 'json' } }) : import(url);
  };
}

function resolveFrom(specifier: string, from: string): string {
  if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, from).href;
  const own = OWN_PACKAGE[specifier];
  if (own !== undefined) return ownModule(own);
  if (/^[\w+.-]+:/.test(specifier) || builtinModules.includes(specifier)) return specifier;
  try {
    return pathToFileURL(createRequire(from).resolve(specifier)).href;
  } catch {
    // Node says best what is wrong with the name of a package.
    return specifier;
  }
}

async function compiled(url: string, from: string): Promise<string> {
  if (!url.startsWith('file:')) return url;
  const path = fileURLToPath(url.replace(/[?#].*$/, ''));
  if (!existsSync(path))
    throw new LoadFlowError(path, `does not exist, but ${fileURLToPath(from)} imports it.`);
  if (!/\.(?:[cm]?ts|[jt]sx)$/.test(path)) return url;
  const { bundleFlow } = await import('./bundle.ts');
  const { file } = await bundleFlow(path, cacheFolder());
  return pathToFileURL(file).href;
}
