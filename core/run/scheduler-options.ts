import type { RunWriter } from '#store';
import type { RunEvent } from '../events.ts';
import type { Graph } from '../graph/graph.ts';
import type { MakeTakeover } from '../takeover/sources.ts';
import type { WorkerPool } from '../worker/worker-pool.ts';
import type { SpunTask } from './spun-task.ts';

/** What a scheduler acts on. */
export interface SchedulerOptions {
  readonly graph: Graph;
  readonly writer: RunWriter;
  readonly pool: WorkerPool;
  /** Widest foreach allowed. */
  readonly maxNumSplits: number;
  /** Most bytes kept of each stream of a task. */
  readonly maxLogSize: number | undefined;
  /** A promise holds up the task whose output the event tells of. */
  readonly emit: (event: RunEvent) => void | Promise<void>;
  /** Set when tasks may be taken over from earlier runs. */
  readonly takeover?: MakeTakeover;
  /** The only task to be executed, and the tasks of an earlier run that it continues from. */
  readonly only?: Pick<SpunTask, 'planned' | 'inputs'>;
  /** Takes over what it can and executes nothing. */
  readonly takeOnly?: boolean;
}
