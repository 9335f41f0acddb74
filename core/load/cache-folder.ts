import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment, OxbowError } from '#store';
import { userFolder } from './private-folder.ts';

/**
 * Folder for compiled flows. What lies in it is executed, so it is one that only this user can write to: `oxbow/compiled` in the user's
 * folder for caches, or, where that cannot be had, one for this process alone.
 */
export function cacheFolder(): string {
  return userFolder(environment.cacheHome, '.cache', ['oxbow', 'compiled']) ?? processCache();
}

let own: string | undefined;

/** A folder of this process's own, which goes when the process ends. */
export function processCache(): string {
  if (own === undefined) {
    const made = makeTemporary('oxbow-compiled-');
    process.on('exit', () => rmSync(made, { recursive: true, force: true }));
    own = made;
  }
  return own;
}

/** A new folder of this user among the temporary ones, for code that is executed. Throws {@link NoCacheFolderError}. */
export function makeTemporary(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (cause) {
    throw new NoCacheFolderError(tmpdir(), { cause });
  }
}

/** There is no folder at all that code which is executed can be written to. */
export class NoCacheFolderError extends OxbowError {
  override readonly code = 'NoCacheFolderError';

  constructor(temporary: string, options: ErrorOptions) {
    super(
      `Compiled flows can be written neither to the cache of this user nor to the temporary folder ${temporary}. ` +
        'Name a folder that only this user can write to, with XDG_CACHE_HOME.',
      options,
    );
  }
}
