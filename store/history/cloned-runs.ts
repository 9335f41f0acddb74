import { RefChangedError } from '../git/errors.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { runRef } from './layout.ts';
import { isRunId } from './run-id.ts';

/** A run that came with `git clone --bare`. */
export interface ClonedRun {
  readonly flow: string;
  readonly id: string;
  readonly commit: ObjectId;
}

const RUNS = 'refs/runs/';
const BRANCHES = 'refs/heads/';
const TAGS = 'refs/tags/';

/**
 * `git clone --bare` copies branches and tags, and no `refs/runs/`: the latest successful run of each flow comes along, and runs with tags. These are the
 * runs of such a copy as long as it has no refs of runs; none of any other store.
 */
export function clonedRuns(repository: Repository, flow?: string): ClonedRun[] {
  const { refs } = repository;
  if (refs.folders(RUNS).length > 0) return [];
  const names = [
    ...refs.names(BRANCHES).map((name) => ({ name, of: name.slice(BRANCHES.length) })),
    ...refs.names(TAGS).map((name) => ({ name, of: name.slice(TAGS.length).split('/', 1)[0] ?? '' })),
  ];
  const runs = new Map<string, ClonedRun>();
  for (const { name, of } of names) {
    const run = flow === undefined || of === flow ? runAt(repository, name) : undefined;
    if (run?.flow === of) runs.set(`${run.flow}/${run.id}`, run);
  }
  return [...runs.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The run whose commit a branch or tag points at; undefined when it points at something else. */
function runAt(repository: Repository, ref: string): ClonedRun | undefined {
  try {
    const commit = repository.refs.read(ref);
    const message = commit === undefined ? '' : repository.commit(commit).message;
    const [, flow = '', id = ''] =
      /^([^/\s]+)\/([^/\s:]+): [a-z]+$/m.exec(message.split('\n', 1)[0] ?? '') ?? [];
    return commit !== undefined && isRunId(id) ? { flow, id, commit } : undefined;
  } catch {
    // Not a commit, or damaged: `flow fsck` names it.
    return undefined;
  }
}

/** Gives the runs of such a copy refs of their own, before a new run gets one and hides them. */
export function adoptClonedRuns(repository: Repository): void {
  for (const { flow, id, commit } of clonedRuns(repository)) {
    try {
      repository.refs.update(runRef(flow, id), { to: commit, from: null });
    } catch (error) {
      // Another process did the same.
      if (!(error instanceof RefChangedError)) throw error;
    }
  }
}

/** The command that brings the runs which `git clone --bare` left behind. */
export const fetchRuns = (store: string): string =>
  `git --git-dir '${store.replaceAll("'", "'\\''")}' fetch origin '+refs/runs/*:refs/runs/*'`;

/** What to know of a store that is a copy made by `git clone --bare`, a sentence; undefined for any other. */
export function cloneNote(repository: Repository): string | undefined {
  if (clonedRuns(repository).length === 0) return undefined;
  return (
    'This copy of a store was made by "git clone --bare", which leaves most runs behind: it has the latest successful run ' +
    `of each flow, and runs with tags. To fetch all of them: ${fetchRuns(repository.path)}`
  );
}
