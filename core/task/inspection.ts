import type { InspectOptions } from '../run-options.ts';

/** A step to be looked at in a debugger. */
export interface Inspection extends InspectOptions {
  readonly step: string;
}

/**
 * Opens the inspector of this process and tells where. With `wait` it blocks until a debugger has come, which then stops at the
 * first line of the step. Throws when nothing can listen there.
 */
export async function inspectStep(
  { host, port, wait }: Inspection,
  { method, told }: { readonly method: unknown; readonly told: (url: string) => Promise<void> },
): Promise<void> {
  const inspector = await import('node:inspector');
  inspector.open(port, host);
  const url = inspector.url();
  if (url === undefined)
    throw new Error(`The inspector cannot listen on ${host}:${port}: the port is taken.`);
  await told(url);
  if (!wait) return;
  inspector.waitForDebugger();
  const session = new inspector.Session();
  session.connect();
  session.post('Debugger.enable');
  // As `debug(fn)` in a console does: the way to a breakpoint in a function whose script nobody knows yet.
  Object.defineProperty(globalThis, STEP, { value: method, configurable: true });
  session.post('Runtime.evaluate', { expression: `debug(globalThis.${STEP})`, includeCommandLineAPI: true });
  Reflect.deleteProperty(globalThis, STEP);
}

const STEP = '__oxbowStep';
