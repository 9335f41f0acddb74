import { closeSync, fsyncSync, openSync } from 'node:fs';
import { OxbowError } from '#store';

/** Node's permission model keeps a flow from being run. */
export class PermissionModelError extends OxbowError {
  override readonly code = 'PermissionModelError';

  constructor(reason: string) {
    super(`Node's permission model keeps flows from being run: ${reason}`);
  }
}

/** What node says of its permission model; it is there only while the model is in force. */
export interface PermissionModel {
  has(scope: string): boolean;
}

const NEEDED = [
  ['fs.read', '--allow-fs-read'],
  ['fs.write', '--allow-fs-write'],
  ['child', '--allow-child-process'],
] as const;

/** Throws PermissionModelError when this process may not do what every run does. */
export function assertPermitted(
  model = (process as { readonly permission?: PermissionModel }).permission,
  maySync: () => boolean = tryToSync,
): void {
  if (model === undefined) return;
  const missing = NEEDED.filter(([scope]) => !model.has(scope)).map(([, option]) => option);
  if (missing.includes('--allow-fs-read') || maySync()) {
    if (missing.length === 0) return;
    throw new PermissionModelError(`it needs ${missing.join(', ')} too.`);
  }
  throw new PermissionModelError(
    'it disables fsync, without which a power cut could take what a run has reported. Run flows without --permission; ' +
      'runs can be read under it.',
  );
}

/** Node disables fsync as a whole, whatever file it is for. */
function tryToSync(): boolean {
  const file = openSync(process.execPath, 'r');
  try {
    fsyncSync(file);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ERR_ACCESS_DENIED';
  } finally {
    closeSync(file);
  }
}
