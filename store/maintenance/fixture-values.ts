// What tests compare before and after maintenance; nothing of it is part of the package.
import { ArtifactReader } from '../artifact.ts';
import type { Repository } from '../git/repository.ts';
import { git } from '../git/scratch.ts';
import { RunReader } from '../history/run-reader.ts';
import { allRefs } from './ref-table.ts';

/** Every value of every run, by address. */
export function valuesOf(repository: Repository): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [name, commit] of allRefs(repository)) {
    if (!name.startsWith('refs/runs/')) continue;
    const run = new RunReader(repository, name.slice('refs/runs/'.length), commit);
    values.set(run.name, run.record);
    for (const task of run.stepNames().flatMap((step) => run.tasks(step))) {
      values.set(task.name, task.record);
      for (const [artifact, entry] of task.artifacts()) {
        values.set(`${task.name}/${artifact}`, new ArtifactReader(repository, entry).load());
      }
    }
  }
  return values;
}

/** What native git finds that no ref reaches. */
export function unreachable(repository: Repository): string[] {
  const lines = git(repository.path, ['fsck', '--unreachable', '--no-reflogs']).split('\n');
  return lines.filter((line) => line.startsWith('unreachable'));
}
