import type { Address } from './address.ts';
import type { InnerRun } from './inner.ts';
import type { Artifact, Run, Step, Task } from './objects.ts';

/** What an address can name. */
export type Found<D> = Run<D> | Step<D> | Task<D> | Artifact;

/** What an address without `*` names in a run. Throws NotFoundError. */
export function locate<D>(run: InnerRun<D>, { target, path }: Pick<Address, 'target' | 'path'>): Found<D> {
  switch (target.kind) {
    case 'run':
      return run;
    case 'step':
      return run.step(target.step);
    case 'task':
      return run.step(target.step).taskAt(target.task);
    case 'artifact':
      return run.step(target.step).taskAt(target.task).artifact(target.name, path);
    default:
      return run.input(target.kind, target.name, path);
  }
}
