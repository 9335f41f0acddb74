import { RefChangedError } from '../git/errors.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { headRef } from './layout.ts';

/** Moves a flow's branch to the commit of a run that was successful, unless a run that began later holds it. */
export function moveHead(repository: Repository, flow: string, commit: ObjectId): void {
  const name = headRef(flow);
  for (;;) {
    const from = repository.refs.read(name) ?? null;
    if (from && runNameOf(repository, from) > runNameOf(repository, commit)) return;
    try {
      repository.refs.update(name, { to: commit, from });
      aimHead(repository, name);
      return;
    } catch (error) {
      if (!(error instanceof RefChangedError)) throw error;
    }
  }
}

/** Points HEAD at a branch that exists, so that `git log` and `git clone` of the store show something. */
function aimHead({ refs }: Repository, branch: string): void {
  const target = refs.symbolic('HEAD');
  if (target !== undefined && refs.read(target) === undefined) refs.setSymbolic('HEAD', branch);
}

/** `Flow/id` from a run commit's subject; ids sort by start time. */
const runNameOf = (repository: Repository, commit: ObjectId): string =>
  repository.commit(commit).message.split(':', 1)[0] ?? '';
