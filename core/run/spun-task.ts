import { openStore, readRun } from '#store';
import { SpinError } from '../errors.ts';
import type { Graph, StepNode } from '../graph/graph.ts';
import type { PlannedTask, TaskKey } from '../graph/plan.ts';
import { structureOf } from '../graph/structure.ts';
import type { SpinOptions } from '../run-options.ts';
import { EarlierRun, type EarlierTask } from '../takeover/earlier-run.ts';

/** A task of an earlier run that is executed once more, alone. */
export interface SpunTask {
  /** `Flow/run/step/task`. */
  readonly name: string;
  readonly planned: PlannedTask;
  /** The tasks whose artifacts it sees: those it continues from, those whose lists it is an element of, the split that a join closes. */
  readonly inputs: readonly EarlierTask[];
}

/** Opens the run of a task that is to be executed once more. Throws SpinError when it is not there or another flow's; NoStoreError. */
export function openSpun(
  graph: Graph,
  { task }: SpinOptions,
  { store }: { readonly store?: string | undefined },
): EarlierRun {
  const { flow, id } = partsOf(task);
  if (flow !== graph.flow)
    throw new SpinError(task, `is a task of ${flow}, but the file holds the flow ${graph.flow}.`);
  const reader = readRun(openStore({ store }), flow, id);
  if (!reader) throw new SpinError(task, 'is not in the store. `flow runs` lists the runs there are.');
  return new EarlierRun(reader);
}

/** Plans a recorded task as it was: its place, and its inputs. Throws SpinError when the flow or the run lacks what that takes. */
export function spunTask(earlier: EarlierRun, graph: Graph, { task: name }: SpinOptions): SpunTask {
  const { step, task } = partsOf(name);
  const node = graph.steps.get(step);
  if (!node)
    throw new SpinError(name, `cannot be executed: the flow has no step "${step}" now. ${stepsOf(graph)}`);
  const recorded = earlier.task({ step, task });
  if (!recorded) throw new SpinError(name, 'is not recorded: it has not run yet, or is still running.');
  const { parents, frames, iteration } = recorded.record;
  const inputs = parents.map(keyOf);
  const levels = frames.map(({ index, numSplits, ...frame }) => ({
    ...frame,
    position: index,
    width: numSplits,
  }));
  const split = node.join ? splitClosedBy(graph, node, name) : undefined;
  // A join stands where its split stood.
  const closes = split && { step: split.name, task: frames.map(({ index }) => index).join('.') || '0' };
  if (!node.join && inputs.length > 1)
    throw new SpinError(
      name,
      `was a join of ${inputs.length} tasks, but the step "${step}" takes no inputs now.`,
    );
  const seen = new Map([...inputs, ...frames, ...(closes ? [closes] : [])].map((key) => [textOf(key), key]));
  return {
    name,
    planned: {
      ...{ step, task, levels, inputs },
      namedInputs: split?.kind === 'split',
      ...(iteration === undefined ? {} : { iteration }),
      ...(closes ? { closes } : {}),
    },
    inputs: [...seen.values()].map((key) => inputOf(earlier, key, name)),
  };
}

function inputOf(earlier: EarlierRun, key: TaskKey, name: string): EarlierTask {
  const found = earlier.task(key);
  if (found?.artifacts && found.record.status === 'successful') return found;
  throw new SpinError(
    name,
    `cannot be executed: its input ${textOf(key)} is not in the run ${earlier.name}.`,
  );
}

function splitClosedBy(graph: Graph, { name: join }: StepNode, task: string): StepNode {
  const [split] = [...structureOf(graph).joinOf].find(([, one]) => one === join) ?? [];
  const node = graph.steps.get(split ?? '');
  if (node) return node;
  throw new SpinError(task, `cannot be executed: the step "${join}" closes no split.`);
}

function partsOf(name: string): { readonly flow: string; readonly id: string } & TaskKey {
  const [flow = '', id = '', step = '', task = ''] = name.split('/');
  return { flow, id, step, task };
}

function keyOf(text: string): TaskKey {
  const [step = '', task = ''] = text.split('/');
  return { step, task };
}

const textOf = ({ step, task }: TaskKey): string => `${step}/${task}`;

const stepsOf = ({ steps }: Graph): string => `Its steps: ${[...steps.keys()].join(', ')}.`;
