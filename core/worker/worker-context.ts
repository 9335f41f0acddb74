import { artifactsByName, PackHolds, Repository } from '#store';
import type { FlowClass } from '../flow/flow-spec.ts';
import { decorationsOf, stepMethods } from '../flow/steps.ts';
import { stepDigests } from '../load/code-digests.ts';
import { decideDecorators } from '../load/config-decorators.ts';
import { importFlow } from '../load/import-flow.ts';
import { inspectStep } from '../task/inspection.ts';
import { RunValues } from '../task/run-values.ts';
import { policyBut } from '../task/set-aside.ts';
import type { TaskContext } from '../task/task.ts';
import { TaskSurroundings } from '../task/task-surroundings.ts';
import { TaskUses } from '../task/task-uses.ts';
import type { ImportMessage, LoadMessage } from '../task/worker-protocol.ts';
import { HeldObjects } from './held-objects.ts';
import { WorkerSink } from './worker-sink.ts';

/** What the tasks of a worker process have in common. */
export interface WorkerContext extends Omit<TaskContext, 'sink' | 'onReturned'> {
  /** What the objects of one task go to; with {@link giveBack} it is another's. */
  readonly takeSink: () => WorkerSink;
  readonly giveBack: (sink: WorkerSink) => void;
  readonly held: HeldObjects;
  readonly uses: TaskUses;
  readonly surroundings: TaskSurroundings;
}

/** Imports the flow, once however often it is asked to. */
export async function importInto({ bundle, flow, store }: Omit<ImportMessage, 'type'>): Promise<FlowClass> {
  process.setSourceMapsEnabled(true);
  // A step that reads other runs finds them in the store its own run is written to.
  process.env.FLOW_STORE = store;
  return importFlow(bundle, flow);
}

/** Loads the flow with all that its tasks have in common. `tellOfInspector` is given where a debugger finds the process. Throws what the
 * flow's own code throws. */
export async function contextOf(
  message: LoadMessage,
  tellOfInspector: (url: string) => Promise<void>,
): Promise<WorkerContext> {
  const flow = await importInto(message);
  const repository = Repository.open(message.store);
  const held = new HeldObjects(repository);
  held.hold(message.objects);
  const values = valuesOf(message, repository);
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
  const sinks: WorkerSink[] = [];
  const holds = new PackHolds(repository, message.keep);
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
      parameterNames: message.parameterFields.map(([, field]) => field),
    },
    takeSink: () => sinks.pop() ?? new WorkerSink(repository, message.keep, holds),
    giveBack: (sink) => sinks.push(sink),
    held,
    uses: new TaskUses(),
    surroundings: new TaskSurroundings(),
  };
}

const valuesOf = (message: LoadMessage, repository: Repository): RunValues =>
  new RunValues({
    repository,
    parameterFields: new Map(message.parameterFields),
    configs: new Set(message.configs),
    fieldReads: message.fieldReads,
    parameters: artifactsByName(message.parameters),
    constants: artifactsByName(message.constants),
    secrets: new Map(message.secrets),
  });
