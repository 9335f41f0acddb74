import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Whether this is the compiled package; in its own tests it may be the source. */
export const isCompiled: boolean = !import.meta.url.endsWith('.ts');

/** Where `import 'oxbow'` in a flow leads: this very package, so that engine and flow share one copy. */
export const OWN_PACKAGE: Readonly<Record<string, string>> = {
  oxbow: 'index',
  'oxbow/store': 'store/index',
  'oxbow/client': 'client/index',
};

/** URL of one of this package's own modules (`index`, `core/worker/worker`): compiled in dist/ or, in its own tests, as source. */
export function ownModule(name: string): string {
  const here = fileURLToPath(import.meta.url);
  if (!isCompiled) return pathToFileURL(join(dirname(here), '..', '..', `${name}.ts`)).href;
  // The bundler may put this file anywhere below dist/.
  const dist = here.slice(0, here.lastIndexOf('/dist/') + '/dist'.length);
  return pathToFileURL(join(dist, `${name}.js`)).href;
}

/**
 * What compiled flows call for an `import(x)` whose `x` is known only when it runs; registered, so that copies of the package
 * share it.
 */
export const RUN_TIME_IMPORT: unique symbol = Symbol.for('oxbow.import') as never;
