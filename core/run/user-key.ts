import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, openPlain } from '#store';
import { userFolder } from '../load/private-folder.ts';

const NAME = 'run-key';
/** As text: 32 bytes in hex, and a line feed. */
const KEY = /^([0-9a-f]{64})\n$/;
/** Others than the owner may read or write. */
const OTHERS = 0o077;

/**
 * A secret of this user, kept outside of every store: `oxbow/run-key` in the user's folder for state. Undefined where no file can be kept that
 * nobody else can read.
 */
export function userKey({ make }: { readonly make: boolean }): Buffer | undefined {
  try {
    const folder = userFolder(environment.stateHome, '.local/state', ['oxbow']);
    if (folder === undefined) return undefined;
    const path = join(folder, NAME);
    return read(path) ?? (make ? created(path) : undefined);
  } catch {
    // A run does not fail for it: whoever spins a task of it later is asked which code to execute.
    return undefined;
  }
}

function read(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openPlain(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { uid, mode, size } = fstatSync(fd);
    const isOwn =
      (process.geteuid?.() ?? uid) === uid && (process.platform === 'win32' || (mode & OTHERS) === 0);
    if (!isOwn || size > 100) throw new Error(`${path} is not this user's alone.`);
    const [, key] = KEY.exec(readFileSync(fd, 'latin1')) ?? [];
    if (key === undefined) throw new Error(`${path} does not hold a key.`);
    return Buffer.from(key, 'hex');
  } finally {
    closeSync(fd);
  }
}

/** Of several processes that make one at once, one wins. */
function created(path: string): Buffer | undefined {
  const made = `${path}-${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(made, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
    try {
      linkSync(made, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  } finally {
    rmSync(made, { force: true });
  }
  return read(path);
}
