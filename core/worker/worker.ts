import { exceptionOf } from '../exceptions.ts';
import { settledWithout } from '../settling.ts';
import { exitNow, watchStrayErrors } from '../task/stray-errors.ts';
import type { FromWorker, LoadMessage, TaskOrder, ToWorker } from '../task/worker-protocol.ts';
import { killAllAtExit, OwnPrograms } from './own-programs.ts';
import { contextOf, importInto, type WorkerContext } from './worker-context.ts';
import { WorkerOutputs } from './worker-output.ts';
import { workOn } from './worker-task.ts';

/**
 * A worker process: loads the flow once, then runs one task after another as the scheduler orders, those of a step that shares its processes
 * side by side.
 */

let context: WorkerContext | undefined;
/** What the tasks start; known once the first message has named the scheduler. */
let programs: OwnPrograms | undefined;
/** Orders not begun yet. The scheduler sends a few ahead when tasks are short, so that no time is lost between them. */
let orders: TaskOrder[] = [];
const running = new Set<TaskOrder>();
/** Some order is being begun, or worked off alone. */
let isBusy = false;
/** Code of a task that has ended may go on: no other begins. */
let isSpoilt = false;
/** The scheduler has asked it to end. */
let isEnding = false;
const outputs = new WorkerOutputs();
/** The order whose beginning the last result has told of. */
let announced: number | undefined;

process.on('message', (message: ToWorker) => handle(message));
// The scheduler is gone: nobody will ever take the results.
process.on('disconnect', () => {
  if (isEnding) return;
  killAllAtExit(programs);
  exitNow(1);
});
// Somebody interrupts this process: what that means for a task is the scheduler's decision.
process.on('SIGINT', () => {});
// A step that awaits what never comes would keep this process for ever.
if (process.channel) settledWithout(process.channel as unknown as NodeJS.Timeout);
watchStrayErrors((exception, task) => {
  const id = outputs.orderOf(task);
  if (id !== undefined) send({ type: 'last-words', id, exception });
});

function handle(message: ToWorker): void {
  switch (message.type) {
    case 'import':
      programs ??= new OwnPrograms(message.programsToken);
      // A flow that cannot be imported fails again, and then it is told.
      importInto(message).catch(() => {});
      break;
    case 'load':
      void load(message);
      break;
    case 'orders':
      orders.push(...message.orders);
      void workOff();
      break;
    case 'drop':
      send({ type: 'dropped', orders: orders.map(({ id }) => id) });
      orders = [];
      announced = undefined;
      break;
    case 'end':
      void end();
  }
}

async function end(): Promise<void> {
  isEnding = true;
  await programs?.endGroup();
  exitNow(0);
}

async function load(message: LoadMessage): Promise<void> {
  try {
    programs ??= new OwnPrograms(message.programsToken);
    outputs.mark = message.endMark;
    context = await contextOf(message, tellOfInspector);
    send({ type: 'ready' });
  } catch (error) {
    send({ type: 'load-failed', exception: exceptionOf(error) });
  }
}

async function workOff(): Promise<void> {
  if (isBusy || !context || !programs) return;
  isBusy = true;
  for (let order = next(); order; order = next()) {
    orders.shift();
    if (announced !== order.id) send({ type: 'begun', id: order.id });
    const done = perform(order, { context, programs });
    if (!order.isShared) await done;
    // Lets messages in: the orders that follow may have to be dropped.
    await new Promise(setImmediate);
  }
  isBusy = false;
}

/** The order that can be begun now. */
function next(): TaskOrder | undefined {
  const [order] = orders;
  if (isSpoilt || !order) return undefined;
  const [other] = running;
  const fits = !other || (other.isShared && order.isShared && other.step === order.step);
  return fits ? order : undefined;
}

async function perform(
  order: TaskOrder,
  within: { readonly context: WorkerContext; readonly programs: OwnPrograms },
): Promise<void> {
  running.add(order);
  const onReturned = () => send({ type: 'returned', id: order.id });
  const result = await workOn(order, within.context, { outputs, programs: within.programs, onReturned });
  running.delete(order);
  // What its step has begun must not meet another task. The scheduler ends this process.
  if (result.isSpoilt) isSpoilt = true;
  announced = order.isShared ? undefined : next()?.id;
  // At once: should another task end this process, this result is safe.
  send(announced === undefined ? result : { ...result, next: announced });
  if (order.isShared) void workOff();
}

/** Resolves when it is told: then this process may stop to wait for a debugger. */
const tellOfInspector = (url: string): Promise<void> =>
  new Promise((resolve) => {
    process.send?.({ type: 'inspecting', url } satisfies FromWorker, undefined, undefined, () => resolve());
  });

function send(message: FromWorker): void {
  // Fails only when the scheduler is gone, and then "disconnect" ends this process.
  process.send?.(message, undefined, undefined, () => {});
}
