import { asTable, concatTables } from '#store';
import { ANY, parseTarget } from '../address.ts';
import { ArgumentError, NotFoundError } from '../errors.ts';
import type { InnerRun, InnerStep, InnerTask } from '../inner.ts';
import type { Artifact, Run, Task } from '../objects.ts';
import { orMissing } from '../or-missing.ts';
import { type RunTable, writable } from './table-file.ts';

/** See `concat` of a list of runs. */
export function concatOfRuns(runs: readonly Run<unknown>[], address: string): RunTable {
  const found = runs.flatMap((run) => artifactsAt(run as InnerRun, address));
  if (found.length === 0) {
    const sentence = `None of ${runs.length === 1 ? 'the 1 run' : `the ${runs.length} runs`} has ${address}.`;
    throw new NotFoundError({ kind: 'artifact', wanted: address, sentence });
  }
  const parts = found.map(({ artifact, run, task }) => {
    const table = asTable(artifact.data);
    if (table) return { table, labels: { run, task } };
    throw new ArgumentError({
      call: 'concat',
      takes: 'the address of an Arrow table within the runs',
      given: `${artifact.pathspec}, which is ${artifact.type}`,
      example: "Flow('TrainFlow').runs().concat('end/0/predictions')",
    });
  });
  const table = concatTables(parts, ({ column, parts: [one, other], types }) => {
    const [a, b] = [one, other].map((part) => found[part]?.artifact.pathspec);
    throw new ArgumentError({
      call: 'concat',
      takes: 'tables whose columns of one name have types that fit together',
      given: `the column ${JSON.stringify(column)} as ${types[0]} in ${a} and as ${types[1]} in ${b}`,
      example: 'a column with the same type in each run',
    });
  });
  return writable(table);
}

interface Located {
  readonly artifact: Artifact;
  readonly run: string;
  readonly task: string;
}

/** The artifacts at an address within a run, where the step and the task may be `*`; none where the run has nothing there. */
function artifactsAt(run: InnerRun, address: string): Located[] {
  const { target, path } = parseTarget(address);
  if (!('name' in target)) {
    throw new ArgumentError({
      call: 'concat',
      takes: 'the address of an artifact within the runs',
      given: address,
      example: "Flow('TrainFlow').runs().concat('end/0/predictions')",
    });
  }
  if (!('step' in target)) {
    const artifact = orMissing(() => run.input(target.kind, target.name, path));
    return artifact ? [{ artifact, run: run.id, task: target.kind }] : [];
  }
  const steps = orMissing(() => (target.step === ANY ? run.steps() : [run.step(target.step)])) ?? [];
  const tasks = steps.flatMap((step): Task<unknown>[] => {
    if (target.task === ANY) return step.tasks();
    const task = orMissing(() => (step as InnerStep).taskAt(target.task));
    return task ? [task] : [];
  });
  return tasks.flatMap((task) => {
    const artifact = orMissing(() => (task as InnerTask).artifact(target.name, path));
    const name = target.step === ANY ? `${task.parent.id}/${task.id}` : task.id;
    return artifact ? [{ artifact, run: run.id, task: name }] : [];
  });
}
