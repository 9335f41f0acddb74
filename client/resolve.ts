import { type Address, ANY, parseAddress, printAddress, type Target } from './address.ts';
import type { Connection } from './connection.ts';
import { ArgumentError, NotFoundError } from './errors.ts';
import { FlowObject } from './flow.ts';
import { type Found, locate } from './locate.ts';
import type { RunObject } from './run.ts';
import { selectRun } from './select-run.ts';
import type { StepObject } from './step.ts';
import type { TaskObject } from './task.ts';

/** The kinds of things an address can name. */
export type FoundKind = Found<unknown>['kind'];

/**
 * The one thing an address names, below a run of its flow. Throws AddressError when the address is malformed, ArgumentError when it
 * holds a `*`, NotFoundError, AmbiguousRunError or NamespaceError.
 */
export function resolve<D>(connection: Connection, text: string): Found<D> {
  const address = parseAddress(text);
  if (isWild(address.target)) {
    const takes = 'the address of one thing';
    const example = `resolve('ForeachFlow/latest/join/0/results'), or resolveAll('${text}')`;
    throw new ArgumentError({
      call: 'resolve',
      takes,
      given: `${JSON.stringify(text)}, which may name many`,
      example,
    });
  }
  return locate(runOf<D>(connection, address), address);
}

/**
 * Everything an address names, in the order of steps and positions. With a `*`, tasks and artifacts that some of the
 * steps or tasks lack are passed over. Throws like {@link resolve}, and NotFoundError when nothing is left.
 */
export function resolveAll<D>(connection: Connection, text: string): Found<D>[] {
  const address = parseAddress(text);
  const { target } = address;
  if (!('step' in target)) {
    const run = runOf<D>(connection, address);
    if (isWild(target)) return run.inputs(target.kind as 'parameters' | 'constants', address.path);
    return [locate(run, address)];
  }
  const found = [...expand(connection, runOf<D>(connection, address), { ...address, target })];
  if (found.length > 0) return found;
  const sentence = `Nothing in the store matches ${printAddress(address)}.`;
  throw new NotFoundError({ kind: target.kind, wanted: text, sentence });
}

/** Whether an address may name several things. */
export function isWild(target: Target): boolean {
  if (!('step' in target)) return 'name' in target && target.name === ANY;
  return target.step === ANY || ('task' in target && target.task === ANY);
}

/** The run an address begins with, whatever it names in it. */
export function runOf<D>(connection: Connection, { flow, run }: Pick<Address, 'flow' | 'run'>): RunObject<D> {
  return new FlowObject<D>(connection, flow).run(selectRun(connection, flow, run));
}

type StepTarget = Extract<Target, { step: string }>;

function* expand<D>(
  connection: Connection,
  run: RunObject<D>,
  { target, path }: Pick<Address, 'path'> & { target: StepTarget },
): Generator<Found<D>> {
  const steps = target.step === ANY ? run.steps() : [run.step(target.step)];
  for (const step of steps) {
    if (target.kind === 'step') {
      yield step;
      continue;
    }
    for (const task of tasksOf(step, target)) {
      if (target.kind === 'task') yield task;
      else if (!isWild(target) || connection.holds(task.pathspec, () => task.has(target.name)))
        yield task.artifact(target.name, path);
    }
  }
}

function tasksOf<D>(
  step: StepObject<D>,
  { step: wanted, task }: Extract<StepTarget, { task: string }>,
): TaskObject<D>[] {
  if (task === ANY) return step.tasks();
  if (wanted !== ANY) return [step.taskAt(task)];
  const found = step.findTask(task);
  return found ? [found] : [];
}
