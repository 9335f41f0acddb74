import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { OxbowError } from '#store';

/** Whether this is the compiled package; in its own tests it may be the source. */
export const isCompiled: boolean = !import.meta.url.endsWith('.ts');

/** Where `import 'oxbow'` in a flow leads: this very package, so that engine and flow share one copy. */
export const OWN_PACKAGE: Readonly<Record<string, string>> = {
  oxbow: 'index',
  'oxbow/store': 'store/index',
  'oxbow/client': 'client/index',
};

/** URL that those of this package's compiled code begin with, as stacks show them; a bundler's file when it has put them there. */
export function ownPrefix(): string {
  const url = import.meta.url;
  const at = url.lastIndexOf('/dist/');
  return at < 0 ? url : url.slice(0, at + '/dist/'.length);
}

/** URL of one of this package's own modules (`index`, `core/worker/worker`): compiled in dist/ or, in its own tests, as source. */
export function ownModule(name: string): string {
  const here = fileURLToPath(import.meta.url);
  if (!isCompiled) return pathToFileURL(join(dirname(here), '..', '..', `${name}.ts`)).href;
  const file = ownFile(`${name}.js`);
  if (!existsSync(file)) throw new BundledEngineError(here, file);
  return pathToFileURL(file).href;
}

/** Path of a file of the compiled package, by its place in dist/. */
export function ownFile(name: string): string {
  const here = fileURLToPath(import.meta.url);
  // The bundler may put this file anywhere below dist/.
  return join(here.slice(0, here.lastIndexOf('/dist/') + '/dist'.length), name);
}

/** A bundler has put the engine into a file of its own: what it starts and compiles flows with is not beside it. */
export class BundledEngineError extends OxbowError {
  override readonly code = 'BundledEngineError';

  constructor(file: string, missing: string) {
    super(
      `Flows cannot be run from a bundle: ${file} holds Oxbow's engine, and ${missing} is not there. ` +
        'Keep the package "oxbow" out of the bundle ("external"), or read runs only.',
    );
  }
}

/**
 * What compiled flows call for an `import(x)` whose `x` is known only when it runs; registered, so that copies of the package
 * share it.
 */
export const RUN_TIME_IMPORT: unique symbol = Symbol.for('oxbow.import') as never;

/** Where the modules of a compiled flow leave what they export, by URL, for what imports them at run time; registered, for the same reason. */
export const LOADED_MODULES: unique symbol = Symbol.for('oxbow.modules') as never;
