import { setTimeout as sleep } from 'node:timers/promises';
import { environmentHas, type ListedProcess, livingProcesses, signalProcess } from './process-table.ts';

/**
 * The environment variable that tells which attempts a program belongs to. Every program inherits it from the one that starts it, so
 * those are found too that have left the process group and whose parents have ended. A run within a step adds its own marks.
 */
export const MARK_VARIABLE = 'OXBOW_ATTEMPT';

/** The marks that a program gets which is started now; undefined before there are any. */
export const marksNow = (): string | undefined => process.env[MARK_VARIABLE];

/** Marks the programs that this process starts from now on. */
export function markPrograms(marks: string): void {
  process.env[MARK_VARIABLE] = marks;
}

/** The mark of all attempts of one worker process; `token` names the scheduler's process. */
export const workerMark = (token: string, pid: number): string => `${token}.${pid}.`;

/** The mark of one attempt: the order that a worker got for it. 0 stands for the loading of the flow. */
export const attemptMark = (token: string, pid: number, order: number): string =>
  `${workerMark(token, pid)}${order};`;

/** How long programs are waited for that have been killed, in milliseconds: one may hang in the kernel. */
const PATIENCE = 2000;

/**
 * Kills what `isMeant` picks among the living processes, until nothing is left of it: what starts another while it is looked for is found the
 * next time. Gives the number of processes.
 */
export async function killProcesses(isMeant: (one: ListedProcess) => boolean): Promise<number> {
  const until = performance.now() + PATIENCE;
  const killed = new Set<number>();
  const refused = new Set<number>();
  for (let pause = 1; performance.now() < until; pause = Math.min(pause * 2, 50)) {
    const found = livingProcesses().filter((one) => !refused.has(one.pid) && isMeant(one));
    if (found.length === 0) break;
    for (const one of found) {
      if (signalProcess(one, 'SIGKILL')) killed.add(one.pid);
      // It has become another user's.
      else refused.add(one.pid);
    }
    await sleep(pause);
  }
  return killed.size;
}

/** Kills the programs that some attempts have started, wherever they are. */
export async function killMarked(marks: readonly string[]): Promise<number> {
  if (marks.length === 0) return 0;
  return killProcesses((one) => one.pid !== process.pid && marks.some((mark) => environmentHas(one, mark)));
}
