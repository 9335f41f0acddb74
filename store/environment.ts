import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { ProcessRecord } from './history/schema.ts';

/** The only place below the command line that looks at environment variables. */
export const environment = {
  /** Folder of the store when the variable FLOW_STORE names one. */
  get store(): string | undefined {
    return process.env.FLOW_STORE || undefined;
  },
  /** The user: OXBOW_USER, else the login name. */
  get user(): string {
    return process.env.OXBOW_USER?.trim() || loginName();
  },
};

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a uid that no user database knows.
    return process.env.USER || process.env.USERNAME || 'unknown';
  }
}

/** Identity of this process, as run.json keeps it. */
export function thisProcess(): ProcessRecord {
  const boot = bootId();
  return { pid: process.pid, host: hostname(), ...(boot ? { boot } : {}) };
}

/**
 * Whether the process of a record still lives: `undefined` when it ran on another machine, where nothing can be known.
 */
export function isAlive(record: ProcessRecord): boolean | undefined {
  if (record.host !== hostname()) return undefined;
  if (record.boot !== bootId()) return false;
  try {
    process.kill(record.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Not Linux: the pid alone has to do.
    return undefined;
  }
}
