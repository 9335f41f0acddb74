import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, writeFully } from '../atomic-file.ts';
import { isAlive, thisProcess } from '../environment.ts';
import { OxbowError } from '../errors.ts';
import type { ProcessRecord } from '../history/schema.ts';

/** Another process maintains the store: only one may at a time. */
export class MaintenanceRunningError extends OxbowError {
  override readonly code = 'MaintenanceRunningError';
  /** The lock file. */
  readonly lock: string;

  constructor(lock: string) {
    super(
      `Another process is maintaining the store ("${lock}"). Wait until it has finished; ` +
        'when it runs on a machine that is gone, delete the file.',
    );
    this.lock = lock;
  }
}

/** Git, too, takes a gc for dead after twelve hours (`lock_repo_for_gc` in builtin/gc.c); in milliseconds. */
const LONGEST = 12 * 3_600_000;
/** A file this old that its writer has not filled was left by one killed in between; in milliseconds. */
const FILLED_WITHIN = 10_000;

/** What the lock file says: who holds it, and a word no other holder uses. */
interface Holder extends ProcessRecord {
  readonly token: string;
}

/** The lock of whoever merges or prunes in a store. Runs and readers know nothing of it. */
export class MaintenanceLock {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Takes the lock, or gives undefined when a living process holds it. One whose holder is dead is broken. */
  static take(store: string): MaintenanceLock | undefined {
    const path = join(store, 'oxbow-maintenance.lock');
    const holder: Holder = { ...thisProcess(), token: randomBytes(8).toString('hex') };
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (create(path, `${JSON.stringify(holder)}\n`)) return new MaintenanceLock(path);
      const found = read(path);
      if (found !== undefined && !breakStale(path, found)) return undefined;
    }
    return undefined;
  }

  release(): void {
    rmSync(this.path, { force: true });
  }
}

/** Runs `work` under the lock. Throws {@link MaintenanceRunningError} when another process holds it. */
export function whileMaintaining<T>(store: string, work: () => T): T {
  const lock = MaintenanceLock.take(store);
  if (lock === undefined) throw new MaintenanceRunningError(join(store, 'oxbow-maintenance.lock'));
  try {
    return work();
  } finally {
    lock.release();
  }
}

function create(path: string, text: string): boolean {
  try {
    const fd = openSync(path, 'wx', 0o644);
    try {
      writeFully(fd, Buffer.from(text));
    } finally {
      closeSync(fd);
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** A lock file as found: its text names one holder, because every holder has a token of its own. */
interface Found {
  readonly text: string;
  readonly age: number;
}

function read(path: string): Found | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return { text, age: Date.now() - statSync(path).mtimeMs };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Removes a lock whose holder is dead. Two may find it at once, and the slower one must not remove the lock that the faster
 * one has taken since: only who creates the breaker of this very holder may remove it, and looks again before it does.
 */
function breakStale(path: string, found: Found): boolean {
  if (!isStale(found)) return false;
  const token = holderOf(found.text)?.token ?? 'unfilled';
  const breaker = `${path}-${token}`;
  const before = read(breaker);
  if (before !== undefined && before.age > FILLED_WITHIN) rmSync(breaker, { force: true });
  if (!create(breaker, '')) return false;
  try {
    if (read(path)?.text === found.text) rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(breaker, { force: true });
  }
}

function isStale({ text, age }: Found): boolean {
  const holder = holderOf(text);
  if (holder === undefined) return age > FILLED_WITHIN;
  return isAlive(holder) === false || age > LONGEST;
}

function holderOf(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    const { pid, host, token } = value ?? {};
    if (typeof pid !== 'number' || typeof host !== 'string' || !/^[0-9a-f]{16}$/.test(token ?? ''))
      return undefined;
    return value as Holder;
  } catch {
    // Killed while it wrote; as good as empty.
    return undefined;
  }
}
