import { readdirSync, readFileSync } from 'node:fs';

/** A process of this computer that has not ended. */
export interface ListedProcess {
  readonly pid: number;
  /** The one that started it, or the system's first process once that has ended. */
  readonly parent: number;
  /** The process group it belongs to, named by the pid of its leader. */
  readonly group: number;
  /** When it was started, in clock ticks since the boot: with the pid it names the process for ever. */
  readonly start: number;
}

/** The processes that live now; none where the system has no /proc. */
export function livingProcesses(): ListedProcess[] {
  return pids().flatMap((pid) => statOf(pid)?.process ?? []);
}

/** Whether the environment that a process was started with holds a string. False for processes of other users, which do not show it. */
export function environmentHas({ pid }: ListedProcess, text: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`).includes(text);
  } catch {
    return false;
  }
}

/** When this process was started, in clock ticks since the boot; undefined where that is unknown. */
export const ownStart = (): number | undefined => statOf('self')?.process?.start;

/** Whether this process has waited for a child that ended, as execFileSync does; undefined where that is unknown. */
export function hasWaitedForChildren(): boolean | undefined {
  const own = statOf('self');
  return own && own.faultsOfChildren > 0;
}

/** Sends a process a signal, unless another one has got its pid since. False when it could not be sent. */
export function signalProcess({ pid, start }: ListedProcess, signal: NodeJS.Signals): boolean {
  if (statOf(pid)?.process?.start !== start) return true;
  return send(pid, signal);
}

/** Sends a signal to all processes of the group that a process leads. False when there is no such group. */
export const signalGroup = (leader: number, signal: NodeJS.Signals): boolean =>
  // Of a process that could not be started the pid is 0, which would mean the group of this process.
  leader > 1 && send(-leader, signal);

function send(to: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(to, signal);
  } catch {
    return false;
  }
}

function pids(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? Number(name) : []));
  } catch {
    return [];
  }
}

interface Stat {
  /** Absent for one that has ended and only waits for its parent to notice. */
  readonly process: ListedProcess | undefined;
  /** Page faults of children that it has waited for: no program runs without. */
  readonly faultsOfChildren: number;
}

/** What Linux tells of a process (proc_pid_stat(5)); undefined when it is gone, or this is not Linux. */
function statOf(pid: number | 'self'): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the name in brackets, which may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [parent, group, faults, start] = [fields[1], fields[2], fields[8], fields[19]].map(Number);
    const isGone = /[ZXx]/.test(fields[0] ?? '');
    const entry = {
      ...{ pid: Number.parseInt(text, 10), parent: Number(parent) },
      ...{ group: Number(group), start: Number(start) },
    };
    return { process: isGone ? undefined : entry, faultsOfChildren: Number(faults) };
  } catch {
    return undefined;
  }
}
