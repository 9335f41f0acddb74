import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessRecord } from './history/schema.ts';

/** Identity of this process, as run.json, locks and .keep files tell it. */
export function thisProcess(): ProcessRecord {
  own ??= statOf('self');
  return { pid: process.pid, host: hostname(), ...place(), ...(own ? { start: own.start } : {}) };
}

/**
 * Whether the process of a record still lives: `undefined` where nothing can be known, because it ran on another machine or in
 * a container of its own.
 */
export function isAlive(record: ProcessRecord): boolean | undefined {
  const { boot, space } = place();
  if (record.host !== hostname()) return undefined;
  if (record.boot !== boot) return false;
  // Written before there was a space: the same one then, as far as one knew.
  if (record.space !== undefined && record.space !== space) return undefined;
  try {
    process.kill(record.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const stat = statOf(record.pid);
  if (stat === undefined) return true;
  // Another process may have got the pid since.
  return !stat.isZombie && (record.start === undefined || record.start === stat.start);
}

/** A process in one line of text: `pid 12 host h boot b start 345 space 6`, the last two where there are any. */
export function processMark({ pid, host, boot = '', start, space }: ProcessRecord): string {
  const words = [`pid ${pid} host ${host} boot ${boot}`];
  if (start !== undefined) words.push(`start ${start}`);
  if (space !== undefined) words.push(`space ${space}`);
  return words.join(' ');
}

/** Reads what {@link processMark} wrote; undefined for anything else. */
export function parseProcessMark(text: string): ProcessRecord | undefined {
  const [, pid, host = '', boot, start, space] =
    /^pid (\d+) host (\S*) boot (\S*)(?: start (\d+))?(?: space (\d+))?$/.exec(text) ?? [];
  if (pid === undefined) return undefined;
  return {
    pid: Number(pid),
    host,
    ...(boot ? { boot } : {}),
    ...(start ? { start: Number(start) } : {}),
    ...(space ? { space: Number(space) } : {}),
  };
}

/** A word that tells a process from any other that ever was, for the names of files: pid, start, and a hash of the place. */
export function processWord({ pid, start = 0, host, boot, space }: ProcessRecord): string {
  return `${pid}-${start}-${placeHash(host, boot, space)}`;
}

/** Whether the process of a {@link processWord} is known to be gone. */
export function isWordOfDead(word: string): boolean {
  const [, pid, start, hash] = /^(\d+)-(\d+)-([0-9a-f]{8})$/.exec(word) ?? [];
  const { host, boot, space } = thisProcess();
  if (hash !== placeHash(host, boot, space)) return false;
  const record = { pid: Number(pid), host, ...place(), ...(Number(start) ? { start: Number(start) } : {}) };
  return isAlive(record) === false;
}

function placeHash(...words: readonly (string | number | undefined)[]): string {
  return createHash('sha1').update(words.join('\n')).digest('hex').slice(0, 8);
}

type Place = Pick<ProcessRecord, 'boot' | 'space'>;
let here: Place | undefined;
let own: ProcessStat | undefined;

/** Which boot of the machine, and which of its spaces of pids. */
function place(): Place {
  here ??= { ...bootId(), ...pidSpace() };
  return here;
}

function bootId(): Pick<ProcessRecord, 'boot'> {
  try {
    return { boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() };
  } catch {
    // Not Linux: the pid alone has to do.
    return {};
  }
}

/** Containers on one machine may share its name and yet count their processes each from 1. */
function pidSpace(): Pick<ProcessRecord, 'space'> {
  try {
    const [space] = /\d+/.exec(readlinkSync('/proc/self/ns/pid')) ?? [];
    return space === undefined ? {} : { space: Number(space) };
  } catch {
    return {};
  }
}

interface ProcessStat {
  /** Ended, and only waiting for its parent to notice. */
  readonly isZombie: boolean;
  /** When it was started, in clock ticks since the boot. */
  readonly start: number;
}

/** What Linux tells of a process (proc_pid_stat(5)); undefined where that cannot be read. */
function statOf(pid: number | 'self'): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // From field 3 on. The second one is the name in brackets, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const start = Number(fields[19]);
    return Number.isSafeInteger(start) ? { isZombie: /[ZXx]/.test(fields[0] ?? ''), start } : undefined;
  } catch {
    return undefined;
  }
}
