import { dropCopiesUnusedSince } from '#store';
import type { CurrentTask } from '../flow/current.ts';
import { taskBegins, taskEnds } from '../task/running-tasks.ts';
import { identityOf, runTask } from '../task/task.ts';
import type { TaskOrder, TaskResult } from '../task/worker-protocol.ts';
import type { OwnPrograms } from './own-programs.ts';
import { MARK_VARIABLE } from './programs.ts';
import type { WorkerContext } from './worker-context.ts';
import type { WorkerOutputs } from './worker-output.ts';

/** When the tasks that run began, in milliseconds of the process, the oldest first. */
const begun = new Map<CurrentTask, number>();

/** What an order is worked off with. */
export interface WorkOptions {
  readonly outputs: WorkerOutputs;
  readonly programs: OwnPrograms;
  readonly onReturned: () => void;
}

/** Works an order off: runs the task and collects what it made. Resolves when all of its output is on its way. */
export async function workOn(
  order: TaskOrder,
  context: WorkerContext,
  { outputs, programs, onReturned }: WorkOptions,
): Promise<TaskResult> {
  const { takeSink, giveBack, held, uses, surroundings, ...common } = context;
  const sink = takeSink();
  const task = identityOf(order, common.current);
  const own = context.policies.get(order.step)?.vars ?? {};
  const vars = { ...own, [MARK_VARIABLE]: programs.variableOf(order.id) };
  const begunAt = performance.now();
  begun.set(task, begunAt);
  held.hold(order.objects);
  taskBegins(task);
  outputs.begin(task, order);
  surroundings.enter(task, { vars, isShared: order.isShared });
  const outcome = await runTask(order, { ...common, sink, onReturned }, task);
  surroundings.leave();
  // Before anybody hears of the failure: no program of this attempt runs beside the next one.
  const hasFailed = outcome.isSpoilt || outcome.exception !== undefined;
  const hasLeft = hasFailed && (await programs.endAttempt({ ...order, begunAt }));
  const isSpoilt = outcome.isSpoilt || hasLeft;
  taskEnds(task);
  await outputs.end(order);
  held.release(order.objects);
  const [oldest = 0] = begun.values();
  dropCopiesUnusedSince(oldest);
  begun.delete(task);
  // In this order: what cannot be written to a pack is handed over.
  const packs = sink.takePacks();
  const objects = sink.take();
  giveBack(sink);
  return { type: 'result', id: order.id, ...outcome, isSpoilt, uses: uses.of(task), objects, packs };
}
