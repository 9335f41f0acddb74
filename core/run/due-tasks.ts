import type { ObjectId, WhyRecord } from '#store';
import type { PlannedTask, TaskKey } from '../graph/plan.ts';
import type { MakeTakeover } from '../takeover/sources.ts';
import type { TakenOver, Takeover } from '../takeover/takeover.ts';
import type { ReadyQueue } from './ready-queue.ts';

/** A task to be executed. */
export interface DueTask {
  readonly planned: PlannedTask;
  /** Why it is executed, in a run that could have taken it over from an earlier one. */
  readonly why?: WhyRecord;
}

/** How long tasks are taken over in one go, in milliseconds, before other work has its turn. */
const SLICE = 40;

/** What {@link DueTasks} acts on. */
export interface DueTasksOptions {
  readonly ready: ReadyQueue;
  /** Absent: every task is executed. */
  readonly takeover?: MakeTakeover;
  /** Takes over what it can, and leaves out the tasks that would have to be executed. */
  readonly takeOnly?: boolean;
  /** Tree of the artifacts a task of this run has left. */
  artifactsOf(task: TaskKey): ObjectId | undefined;
  /** Takes a task over; what follows it may be added to the queue. */
  take(planned: PlannedTask, taken: TakenOver): void;
  /** Called later, when {@link DueTasks.next} has stopped in the middle of taking tasks over. */
  goOn(): void;
}

/** The tasks of a queue that have to be executed; on the way to each, those that need not are taken over. */
export class DueTasks {
  readonly #options: DueTasksOptions;
  readonly #takeover: Takeover | undefined;
  #held: DueTask | undefined;
  #left = 0;
  #pause: NodeJS.Immediate | undefined;

  constructor(options: DueTasksOptions) {
    this.#options = options;
    this.#takeover = options.takeover?.(options.artifactsOf);
  }

  /** Number of tasks that were left out. */
  get left(): number {
    return this.#left;
  }

  /** Number of tasks that wait, those among them that will be taken over. */
  get size(): number {
    return this.#options.ready.size + (this.#held ? 1 : 0);
  }

  /**
   * The next task to execute; undefined when there is none, or none is found soon: then `goOn` is called later. With a step, the next task of a
   * foreach over that step, past one that is held.
   */
  next(step?: string): DueTask | undefined {
    if (this.#held && step === undefined) return this.#release();
    const { ready, takeOnly, take, goOn } = this.#options;
    const takeover = this.#takeover;
    const started = takeover ? performance.now() : 0;
    for (let planned = this.#pause ? undefined : ready.take(step); planned; planned = ready.take(step)) {
      if (!takeover) return { planned };
      const verdict = takeover.verdictOn(planned);
      if ('why' in verdict && !takeOnly) return { planned, why: verdict.why };
      if ('why' in verdict) {
        this.#left += 1;
        continue;
      }
      // Everything a ready task continues from has finished.
      if ('waitsFor' in verdict) throw new Error(`${planned.step}/${planned.task} was ready too early.`);
      take(planned, verdict.take);
      if (performance.now() - started < SLICE) continue;
      this.#pause = setImmediate(() => {
        this.#pause = undefined;
        goOn();
      });
      return undefined;
    }
    return undefined;
  }

  /** Gives a task back that cannot be executed now; {@link next} gives it again. */
  hold(due: DueTask): void {
    this.#held = due;
  }

  #release(): DueTask | undefined {
    const held = this.#held;
    this.#held = undefined;
    return held;
  }
}
