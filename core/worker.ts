import { type ArtifactRead, artifactsByName, type Digest, Repository, readObservers } from '#store';
import { stepDigests } from './code-digests.ts';
import { decideDecorators } from './config-decorators.ts';
import { exceptionOf } from './exceptions.ts';
import type { FlowClass } from './flow-spec.ts';
import { importFlow } from './import-flow.ts';
import { RunValues } from './run-values.ts';
import { inspectStep } from './spin/inspection.ts';
import { policyBut } from './spin/set-aside.ts';
import { decorationsOf, stepMethods } from './steps.ts';
import { exitNow, watchStrayErrors } from './stray-errors.ts';
import { runTask, type TaskContext } from './task.ts';
import { TaskSurroundings } from './task-surroundings.ts';
import { boundOutput } from './worker-output.ts';
import type {
  FromWorker,
  ImportMessage,
  LoadMessage,
  TaskOrder,
  TaskResult,
  ToWorker,
} from './worker-protocol.ts';
import { WorkerSink } from './worker-sink.ts';

/** A worker process: loads the flow once, then runs one task after another as the scheduler orders. */
type WorkerContext = TaskContext & {
  readonly sink: WorkerSink;
  readonly endMark: string;
  readonly surroundings: TaskSurroundings;
};

let context: WorkerContext | undefined;
/** Orders not begun yet. The scheduler sends a few ahead when tasks are short, so that no time is lost between them. */
let orders: TaskOrder[] = [];
let working = false;
const outputs = [boundOutput(process.stdout, 1), boundOutput(process.stderr, 2)];
/** How many of the orders were there when the last result was sent: that the first of them begins, the result says. */
let announced = 0;

process.on('message', (message: ToWorker) => handle(message));
// The scheduler is gone: nobody will ever take the results.
process.on('disconnect', () => exitNow(1));
// Ctrl-C reaches the whole process group; what it means for a task is the scheduler's decision.
process.on('SIGINT', () => {});
watchStrayErrors((exception) => send({ type: 'last-words', exception }));

function handle(message: ToWorker): void {
  switch (message.type) {
    case 'import':
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
      send({ type: 'dropped', orders: orders.length });
      orders = [];
      announced = 0;
      break;
    case 'end':
      process.disconnect();
  }
}

async function workOff(): Promise<void> {
  if (working || !context) return;
  working = true;
  for (let order = orders.shift(); order; order = orders.shift()) {
    if (announced > 0) announced -= 1;
    else send({ type: 'begun' });
    const result = await work(order, context);
    // At once: should the next task end this process, this result is safe.
    send(result);
    announced = orders.length;
    // What its step has begun must not meet the next task. The scheduler ends this process.
    if (result.isSpoilt) return;
    // Lets messages in: the orders that follow may have to be dropped.
    await new Promise(setImmediate);
  }
  working = false;
}

async function importInto({ bundle, flow, store }: Omit<ImportMessage, 'type'>): Promise<FlowClass> {
  process.setSourceMapsEnabled(true);
  // A step that reads other runs finds them in the store its own run is written to.
  process.env.FLOW_STORE = store;
  return importFlow(bundle, flow);
}

async function load(message: LoadMessage): Promise<void> {
  try {
    context = await contextOf(message);
    send({ type: 'ready' });
  } catch (error) {
    send({ type: 'load-failed', exception: exceptionOf(error) });
  }
}

async function contextOf(message: LoadMessage): Promise<WorkerContext> {
  const flow = await importInto(message);
  const repository = Repository.open(message.store);
  for (const object of message.objects) repository.hold(object);
  const values = new RunValues({
    repository,
    parameterFields: new Map(message.parameterFields),
    configs: new Set(message.configs),
    fieldReads: message.fieldReads,
    parameters: artifactsByName(message.parameters),
    constants: artifactsByName(message.constants),
  });
  values.bindConstants(flow);
  const configs = message.parameterFields.filter(([, field]) => message.configs.includes(field));
  decideDecorators(
    flow,
    configs.map(([name]) => name),
    (name) => ({ value: values.parameterNamed(name) }),
  );
  const steps = stepMethods(flow);
  const { inspect } = message;
  if (inspect) await inspectStep(inspect, { method: steps.get(inspect.step), told: tellOfInspector });
  const fields = message.parameterFields.map(([, field]) => field);
  return {
    repository,
    flow,
    steps,
    values,
    code: { steps: stepDigests(flow), shared: message.sharedCode },
    policies: new Map(
      [...steps].map(([name, method]) => [name, policyBut(decorationsOf(method), message.setAside)]),
    ),
    current: {
      flowName: message.flow,
      runId: message.runId,
      originRunId: message.originRunId,
      username: message.username,
      tags: message.tags,
      parameterNames: fields,
    },
    sink: new WorkerSink(repository, message.keep),
    onReturned: () => send({ type: 'returned' }),
    endMark: message.endMark,
    surroundings: new TaskSurroundings(),
  };
}

async function work(
  order: TaskOrder,
  { endMark, surroundings, ...task }: WorkerContext,
): Promise<TaskResult> {
  for (const object of order.objects) task.repository.hold(object);
  const uses: Record<string, Digest> = {};
  const observe = ({ address, digest }: ArtifactRead) => {
    uses[address] = digest;
  };
  readObservers.add(observe);
  surroundings.set(task.policies.get(order.step)?.vars ?? {});
  const outcome = await runTask(order, task);
  surroundings.restore();
  readObservers.delete(observe);
  await Promise.all([process.stdout, process.stderr].map(flush));
  // After everything the step wrote: tells the scheduler that no output of this task follows.
  for (const output of outputs) {
    output.write(Buffer.from(endMark));
    output.flush();
  }
  task.repository.release(order.objects.map(({ id }) => id));
  // In this order: what cannot be written to a pack is handed over.
  const packs = task.sink.takePacks();
  return { type: 'result', ...outcome, uses, objects: task.sink.take(), packs };
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

/** Waits until a stream has handed on what was written, as it does at once unless the step has corked it. */
function flush(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0 || !stream.writable) return Promise.resolve();
  return new Promise((resolve) => stream.write('', () => resolve()));
}
