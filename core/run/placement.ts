import type { WorkerPool } from '../worker/worker-pool.ts';
import type { WorkerProcess } from '../worker/worker-process.ts';
import type { Attempts } from './attempts.ts';
import type { DueTask, DueTasks } from './due-tasks.ts';
import type { Pace } from './pace.ts';

/** What {@link placements} acts on. */
export interface PlacementOptions {
  readonly due: DueTasks;
  readonly pool: WorkerPool;
  readonly attempts: Attempts;
  /** How long tasks take of late. */
  readonly pace: Pace;
}

/**
 * Tasks that are due, each with a worker that takes it now; who takes a pair starts it before asking for the next. Of the tasks in the
 * queue the first that finds no worker is waited for.
 */
export function* placements(options: PlacementOptions): Iterable<readonly [DueTask, WorkerProcess]> {
  const { due, pool, attempts, pace } = options;
  const { isShort } = pace;
  for (let next = due.next(); next; next = due.next()) {
    const size = due.size + 1;
    const { step } = next.planned;
    const places = attempts.placesOf(next.planned);
    // With few tasks left, each goes to a worker of its own.
    const worker = pool.take({ step, places, isAhead: isShort && size > pool.size * 4 });
    if (!worker) {
      due.hold(next);
      pool.want(Math.ceil(size / places), () => pace.seemsShort);
      yield* sharedPlacements(options);
      return;
    }
    yield [next, worker];
  }
}

/** While a task waits for a process, those of steps that share theirs go on where there is room. A process that is to be free takes no more. */
function* sharedPlacements({
  due,
  pool,
  attempts,
}: PlacementOptions): Iterable<readonly [DueTask, WorkerProcess]> {
  const steps = pool.sharing;
  const kept = steps.size > 0 ? pool.nextFree : undefined;
  for (const step of steps) {
    const places = attempts.placesOf({ step, task: '' });
    for (;;) {
      const worker = pool.take({ step, places, isAhead: false }, kept);
      const next = worker && due.next(step);
      if (!next) break;
      yield [next, worker];
    }
  }
}
