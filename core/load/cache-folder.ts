import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { environment, OxbowError } from '#store';
import { privateFolder } from './private-folder.ts';

/**
 * Folder for compiled flows. What lies in it is executed, so it is one that only this user can write to: `oxbow/compiled` in the user's
 * folder for caches, or, where that cannot be had, one for this process alone.
 */
export function cacheFolder(): string {
  return userCache() ?? processCache();
}

function userCache(): string | undefined {
  const named = environment.cacheHome;
  try {
    const base = named !== undefined && isAbsolute(named) ? named : join(homedir(), '.cache');
    return privateFolder(base, ['oxbow', 'compiled']);
  } catch {
    // A container may run under a uid that has no home.
    return undefined;
  }
}

let own: string | undefined;

/** A folder of this process's own, which goes when the process ends. */
export function processCache(): string {
  if (own === undefined) {
    const made = makeTemporary();
    process.on('exit', () => rmSync(made, { recursive: true, force: true }));
    own = made;
  }
  return own;
}

function makeTemporary(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'oxbow-compiled-'));
  } catch (cause) {
    throw new NoCacheFolderError(tmpdir(), { cause });
  }
}

/** There is no folder at all that compiled flows can be written to. */
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
