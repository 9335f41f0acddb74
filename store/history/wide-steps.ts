import type { FinishedTask, TakenTask } from './run-parts.ts';
import type { TaskRecord, WideStepTotals } from './schema.ts';
import { WIDTH } from './task-tree.ts';

type Counts = Omit<WideStepTotals, 'step'>;

/** Counts what became of the tasks of each step, so that nobody has to read the records of a hundred thousand to tell. */
export class StepCounts {
  readonly #steps = new Map<string, Counts>();

  /** Counts an attempt; with `again` one that comes in place of another, which failed. */
  finished({ record, stdout, stderr }: FinishedTask, again: boolean): void {
    const fails = record.status === 'successful' ? 0 : 1;
    this.#add(record, {
      tasks: again ? 0 : 1,
      failed: again ? fails - 1 : fails,
      withOutput: sizeOf(stdout) + sizeOf(stderr) > 0 ? 1 : 0,
    });
  }

  /** Counts a task that is taken over. Nobody has looked whether it wrote anything. */
  takenOver({ record }: TakenTask): void {
    this.#add(record, { tasks: 1, failed: 0, withOutput: 1 });
  }

  #add(
    { step, startedAt, finishedAt }: TaskRecord,
    { tasks, failed, withOutput }: Omit<Counts, 'startedAt' | 'finishedAt'>,
  ): void {
    const sum = this.#steps.get(step);
    this.#steps.set(step, {
      tasks: (sum?.tasks ?? 0) + tasks,
      failed: (sum?.failed ?? 0) + failed,
      withOutput: (sum?.withOutput ?? 0) + withOutput,
      // Times of one form sort as they follow each other.
      startedAt: sum && sum.startedAt < startedAt ? sum.startedAt : startedAt,
      finishedAt: sum && sum.finishedAt > finishedAt ? sum.finishedAt : finishedAt,
    });
  }

  /** Those of the wide steps; empty when there are none. */
  get wide(): WideStepTotals[] {
    return [...this.#steps].flatMap(([step, sum]) => (sum.tasks > WIDTH ? [{ step, ...sum }] : []));
  }
}

/** Bytes of a log; of a long one some. */
const sizeOf = (log: FinishedTask['stdout']): number => (log instanceof Uint8Array ? log.length : 1);
