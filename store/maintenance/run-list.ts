import { OxbowError } from '../errors.ts';
import type { Repository } from '../git/repository.ts';
import { clonedRuns } from '../history/cloned-runs.ts';
import { RunReader } from '../history/run-reader.ts';
import type { RunRecord } from '../history/schema.ts';
import { tagsOf } from '../history/tags.ts';
import type { ObjectId } from '../ids.ts';
import { goesOn } from './keep.ts';

/** What became of a run, judged by its record and its process. */
export type RunState = 'running' | 'successful' | 'failed' | 'interrupted' | 'crashed';

/** A ref of a run, before anything of it is read. */
export interface RunRefOf {
  readonly flow: string;
  readonly id: string;
  readonly commit: ObjectId;
}

/** A run of the store with what maintenance wants to know of it. */
export interface ListedRun extends RunRefOf {
  readonly state: RunState;
  readonly createdAt: number;
  /** User tags. */
  readonly tags: readonly string[];
  readonly systemTags: readonly string[];
}

const RUNS = 'refs/runs/';
const TAGS = 'refs/tags/';

/** The runs among refs, by flow, oldest first. Reads none of them. */
export function runRefs(refs: ReadonlyMap<string, ObjectId>): RunRefOf[] {
  const found: RunRefOf[] = [];
  for (const [name, commit] of refs) {
    const [flow, id, ...more] = name.startsWith(RUNS) ? name.slice(RUNS.length).split('/') : [];
    if (flow !== undefined && id !== undefined && more.length === 0) found.push({ flow, id, commit });
  }
  return found.sort((a, b) => compare(a.flow, b.flow) || compare(a.id, b.id));
}

/** The same; or, in a copy made by `git clone --bare`, the runs that came with it. */
export function runsAmong(repository: Repository, refs: ReadonlyMap<string, ObjectId>): RunRefOf[] {
  const found = runRefs(refs);
  return found.length > 0 ? found : clonedRuns(repository);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The runs among refs whose records can be read, and the others: those are left alone, and fsck says what is wrong. */
export function listRuns(
  repository: Repository,
  refs: ReadonlyMap<string, ObjectId>,
): { readonly runs: ListedRun[]; readonly damaged: RunRefOf[] } {
  const tagged = new Set<string>();
  for (const name of refs.keys()) if (name.startsWith(TAGS)) tagged.add(runOfTag(name));
  const runs: ListedRun[] = [];
  const damaged: RunRefOf[] = [];
  for (const ref of runsAmong(repository, refs)) {
    const run = listRun(repository, ref, tagged.has(`${ref.flow}/${ref.id}`));
    if (run === undefined) damaged.push(ref);
    else runs.push(run);
  }
  return { runs, damaged };
}

const runOfTag = (name: string): string => name.slice(TAGS.length).split('/', 2).join('/');

/** Reads the record of a run; undefined when it is damaged. */
export function listRun(
  repository: Repository,
  { flow, id, commit }: RunRefOf,
  isTagged: boolean,
): ListedRun | undefined {
  let record: RunRecord;
  try {
    record = new RunReader(repository, `${flow}/${id}`, commit).record;
  } catch (error) {
    if (error instanceof OxbowError) return undefined;
    throw error;
  }
  return {
    flow,
    id,
    commit,
    state: stateOf(record, repository.commit(commit).committer.seconds * 1000),
    createdAt: Date.parse(record.createdAt),
    tags: isTagged ? tagsOf(repository.refs, flow, id) : [],
    systemTags: record.systemTags,
  };
}

function stateOf(record: RunRecord, checkpointAt: number): RunState {
  if (record.status !== 'running') return record.status;
  return goesOn(record, checkpointAt) ? 'running' : 'crashed';
}
