import { OxbowError } from '../errors.ts';
import { RefChangedError, RefCorruptError } from '../git/errors.ts';
import type { Refs } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { headRef } from './layout.ts';

/**
 * Moves a flow's branch to the commit of a run that was successful, unless a run that began later holds it. A branch that is damaged,
 * or points at something that is not a run of the flow, is moved too.
 */
export function moveHead(repository: Repository, flow: string, commit: ObjectId): void {
  const { refs } = repository;
  const name = headRef(flow);
  const own = runNameOf(repository, flow, commit) ?? '';
  for (;;) {
    const from = pointOf(refs, name);
    const held = from && runNameOf(repository, flow, from);
    if (held !== undefined && held > own) return;
    try {
      refs.update(name, { to: commit, from: from ?? null, mends: true });
      aimHead(refs, name);
      return;
    } catch (error) {
      if (!(error instanceof RefChangedError)) throw error;
    }
  }
}

/** Points HEAD at a branch that exists, so that `git log` and `git clone` of the store show something. */
function aimHead(refs: Refs, branch: string): void {
  if (!isAimed(refs)) refs.setSymbolic('HEAD', branch);
}

/** Whether HEAD names a commit, by itself or through a branch. */
function isAimed(refs: Refs): boolean {
  try {
    return refs.symbolic('HEAD') === undefined || refs.read('HEAD') !== undefined;
  } catch (error) {
    if (error instanceof RefCorruptError) return false;
    throw error;
  }
}

/** Undefined for a ref that is missing or damaged. */
function pointOf(refs: Refs, name: string): ObjectId | undefined {
  try {
    return refs.read(name);
  } catch (error) {
    if (error instanceof RefCorruptError) return undefined;
    throw error;
  }
}

/** `Flow/id` from a run commit's subject; ids sort by start time. Undefined for anything else than a run of the flow. */
function runNameOf(repository: Repository, flow: string, commit: ObjectId): string | undefined {
  try {
    const [name = ''] = repository.commit(commit).message.split(':', 1);
    return name.startsWith(`${flow}/`) ? name : undefined;
  } catch (error) {
    if (error instanceof OxbowError) return undefined;
    throw error;
  }
}
