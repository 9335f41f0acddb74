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

/** Picks, among the living processes, those that are to be killed. */
type Choice = (living: readonly ListedProcess[]) => readonly ListedProcess[];

/**
 * Kills what is chosen among the living processes, until nothing is left of it: what starts another while it is looked for is found the
 * next time. Gives the number of processes.
 */
export async function killProcesses(choose: Choice): Promise<number> {
  const until = performance.now() + PATIENCE;
  const killed = new Set<number>();
  const refused = new Set<number>();
  for (let pause = 1; performance.now() < until; pause = Math.min(pause * 2, 50)) {
    if (!killOnce(choose, { killed, refused })) break;
    await sleep(pause);
  }
  return killed.size;
}

/** As {@link killProcesses}, in a process that ends and cannot wait. */
export function killProcessesNow(choose: Choice): void {
  const refused = new Set<number>();
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let round = 0; round < 8 && killOnce(choose, { killed: new Set(), refused }); round += 1)
    Atomics.wait(clock, 0, 0, 5);
}

/** False when there was nothing to kill. */
function killOnce(choose: Choice, { killed, refused }: Record<'killed' | 'refused', Set<number>>): boolean {
  const found = choose(livingProcesses()).filter((one) => !refused.has(one.pid));
  for (const one of found) {
    if (signalProcess(one, 'SIGKILL')) killed.add(one.pid);
    // It has become another user's.
    else refused.add(one.pid);
  }
  return found.length > 0;
}

/**
 * What carries one of the marks, or belongs to some attempt by what else is known of it, and what these have started and carries no mark
 * at all: it has cleared its environment.
 */
export function programsOf(
  marks: readonly string[],
  isKnown: (one: ListedProcess) => boolean = () => false,
): Choice {
  return (living) => {
    const others = living.filter(({ pid }) => pid !== process.pid);
    const found = new Set(
      others.filter((one) => isKnown(one) || marks.some((mark) => environmentHas(one, mark))),
    );
    const pids = new Set([...found].map(({ pid }) => pid));
    for (let size = -1; size < found.size; ) {
      size = found.size;
      for (const one of others) {
        if (found.has(one) || !pids.has(one.parent) || isMarked(one)) continue;
        found.add(one);
        pids.add(one.pid);
      }
    }
    return [...found];
  };
}

/** Whether a program belongs to some attempt of some run by its environment. */
export const isMarked = (one: ListedProcess): boolean => environmentHas(one, `${MARK_VARIABLE}=`);

/** Kills the programs that some attempts have started, wherever they are. */
export async function killMarked(marks: readonly string[]): Promise<number> {
  return marks.length === 0 ? 0 : killProcesses(programsOf(marks));
}
