import type { ColumnValues } from '#store';
import { ANY, parseTarget } from '../address.ts';
import { ArgumentError } from '../errors.ts';
import type { InnerTask } from '../inner.ts';
import type { Columns, Run, TableOptions, Task } from '../objects.ts';
import { orMissing } from '../or-missing.ts';
import { FIELD_NAMES, secondsOf, valueIn } from '../runs/fields.ts';
import { type RunTable, runTableOf } from './table-file.ts';

/** Columns that every table of runs has. */
const OWN = ['run', 'status', 'startedAt', 'seconds'];

/** See `table` of a list of runs. */
export function tableOfRuns(
  runs: readonly Run<unknown>[],
  columns: Columns,
  options: TableOptions,
): RunTable {
  const taken = Object.keys(columns).find(
    (name) => OWN.includes(name) || (options.per === 'task' && name === 'task'),
  );
  if (taken !== undefined) {
    throw new ArgumentError({
      call: 'table',
      takes: 'columns of other names than those that every table has',
      given: taken,
      example: `runs.table({ own: ${JSON.stringify(columns[taken])} })`,
    });
  }
  const made =
    options.per === 'task' ? taskColumns(tasksOf(runs, options.step), columns) : runColumns(runs, columns);
  return runTableOf(made);
}

/**
 * Columns as a command line has them: `lr=parameters/lr,loss=end/0/loss`; without a name a column is called by the last part of its address. Throws
 * AddressError, and ArgumentError when two have one name. `perTask`: an artifact's name alone is an address, too.
 */
export function parseColumns(text: string, perTask = false): Columns {
  const columns: Record<string, string> = {};
  for (const word of text.split(',').filter((one) => one !== '')) {
    const named = /^([\p{ID_Start}_$][\p{ID_Continue}$-]*)=(.*)$/su.exec(word);
    const address = named?.[2] ?? word;
    if (!perTask || address.includes('/')) checkPlace(address);
    const last = (address.split('#', 1)[0] ?? '').lastIndexOf('/');
    const name = named?.[1] ?? address.slice(last + 1);
    if (Object.hasOwn(columns, name)) {
      const example = 'first=end/0/loss,second=train/0/loss';
      throw new ArgumentError({
        call: 'columns',
        takes: 'columns of different names',
        given: `${name} twice`,
        example,
      });
    }
    columns[name] = address;
  }
  return columns;
}

/** A mistake in an address must not look like values that are missing. Throws AddressError and ArgumentError. */
function checkPlace(address: string): void {
  if (FIELD_NAMES.includes(address)) return;
  const { target } = parseTarget(address);
  const isMany = Object.values(target).includes(ANY);
  if ('name' in target && !isMany) return;
  const takes = `a value within the run, or one of ${FIELD_NAMES.join(', ')}`;
  throw new ArgumentError({ call: 'columns', takes, given: address, example: 'loss=end/0/loss' });
}

function runColumns(runs: readonly Run<unknown>[], columns: Columns): ColumnValues[] {
  const own = [
    { name: 'run', values: runs.map(({ id }) => id) },
    { name: 'status', values: runs.map(({ status }) => status) },
    { name: 'startedAt', values: runs.map(({ createdAt }) => createdAt) },
    { name: 'seconds', values: runs.map(secondsOf) },
  ];
  const named = Object.entries(columns).map(([name, address]) => {
    checkPlace(address);
    return { name, values: runs.map((run) => valueIn(run, address)) };
  });
  return [...own, ...named];
}

function taskColumns(tasks: readonly Task<unknown>[], columns: Columns): ColumnValues[] {
  const own = [
    { name: 'run', values: tasks.map((task) => task.parent.parent.id) },
    { name: 'task', values: tasks.map(({ id }) => id) },
    { name: 'status', values: tasks.map(({ metadata }) => metadata.status) },
    { name: 'startedAt', values: tasks.map(({ createdAt }) => createdAt) },
    { name: 'seconds', values: tasks.map(secondsOf) },
  ];
  const named = Object.entries(columns).map(([name, address]) => ({
    name,
    values: tasks.map(lookupInTask(address)),
  }));
  return [...own, ...named];
}

/** The artifact of the task when the address is a name alone, with or without a way into its value; else what lies there in its run. */
function lookupInTask(address: string): (task: Task<unknown>) => unknown {
  if (address.split('#', 1)[0]?.includes('/')) {
    checkPlace(address);
    return (task) => valueIn(task.parent.parent, address);
  }
  const { path, target } = parseTarget(`step/0/${address}`);
  const name = 'name' in target ? target.name : address;
  return (task) => orMissing(() => (task as InnerTask).artifact(name, path).data);
}

function tasksOf(runs: readonly Run<unknown>[], step: unknown): Task<unknown>[] {
  if (typeof step !== 'string' || step === '') {
    const example = "runs.table({ loss: 'loss' }, { per: 'task', step: 'train' })";
    throw new ArgumentError({
      call: 'table',
      takes: 'a step whose tasks are the rows',
      given: String(step),
      example,
    });
  }
  const [first] = runs;
  // Throws NotFoundError, which names the steps there are: a wrong word must not look like runs without tasks.
  if (first && !runs.some(({ graph }) => graph.steps.some(({ name }) => name === step))) first.step(step);
  return runs.flatMap((run) => orMissing(() => run.step(step).tasks()) ?? []);
}
