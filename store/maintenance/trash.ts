import type { Repository } from '../git/repository.ts';
import { headRef, runRef } from '../history/layout.ts';
import type { ObjectId } from '../ids.ts';
import { addRefs, allRefs, dropRefs, moveRefs, type RefMove, swapRef } from './ref-table.ts';
import { listRun, type RunRefOf, runRefs } from './run-list.ts';

/** Deleted runs keep their refs here until their grace ends: `<deleted>_<until>/runs/<Flow>/<id>`, tags beside. */
const TRASH = 'refs/oxbow/trash/';

/** A run that was deleted and can come back. */
export interface TrashedRun extends RunRefOf {
  /** Milliseconds since 1970. */
  readonly deletedAt: number;
  /** When the grace ends; milliseconds since 1970. */
  readonly until: number;
  /** Its refs in the trash, and what they were called. */
  readonly refs: readonly RefMove[];
}

/** Moves runs with their tags to the trash, in a crash-safe order. What they hold stays until the grace, in ms, has ended. */
export function moveToTrash(
  repository: Repository,
  runs: readonly RunRefOf[],
  { now, grace }: { readonly now: number; readonly grace: number },
): void {
  const folder = `${TRASH}${stamp(now)}_${stamp(now + grace)}/`;
  const into = (from: string, id: ObjectId): RefMove => ({
    from,
    to: folder + from.slice('refs/'.length),
    id,
  });
  const tagsOf = ({ flow, id, commit }: RunRefOf): RefMove[] =>
    repository.refs
      .names(`refs/tags/${flow}/${id}/`)
      .map((name) => into(name, repository.refs.read(name) ?? commit));
  moveRefs(
    repository,
    runs.flatMap((run) => [...tagsOf(run), into(runRef(run.flow, run.id), run.commit)]),
  );
  // Tags that came in between: from now on nobody can add one.
  const late = runs.flatMap(tagsOf);
  if (late.length > 0) moveRefs(repository, late);
  aimHeads(repository, new Set(runs.map(({ flow }) => flow)));
}

/** The runs in the trash, latest deleted first. */
export function trashedRuns(refs: ReadonlyMap<string, ObjectId>): TrashedRun[] {
  const byRun = new Map<string, TrashedRun & { readonly refs: RefMove[] }>();
  // "runs" sorts before "tags", so a run comes before its tags.
  for (const [name, id] of refs) {
    const place = parseTrash(name);
    if (place === undefined) continue;
    const { batch, deletedAt, until, original } = place;
    const [kind = '', flow = '', run = ''] = original.split('/').slice(1);
    const key = `${batch} ${flow}/${run}`;
    if (kind === 'runs') byRun.set(key, { flow, id: run, commit: id, deletedAt, until, refs: [] });
    byRun.get(key)?.refs.push({ from: name, to: original, id });
  }
  return [...byRun.values()].sort((a, b) => b.deletedAt - a.deletedAt || (a.id < b.id ? -1 : 1));
}

/** Refs in the trash whose grace has ended by `now`. */
export function expiredRefs(refs: ReadonlyMap<string, ObjectId>, now: number): Map<string, ObjectId> {
  return new Map([...refs].filter(([name]) => (parseTrash(name)?.until ?? Number.POSITIVE_INFINITY) <= now));
}

/** Whether a ref lies in the trash. */
export const isTrash = (name: string): boolean => name.startsWith(TRASH);

/** Brings deleted runs back exactly as they were, tags and branch too. Returns those that came back. */
export function bringBack(repository: Repository, trashed: readonly TrashedRun[]): TrashedRun[] {
  const back = trashed.filter(({ flow, id }) => repository.refs.read(runRef(flow, id)) === undefined);
  const moves = back.flatMap(({ refs }) => refs);
  // Until the names in the trash go, both hold the objects: nobody who lists refs meanwhile can miss both.
  addRefs(
    repository,
    moves.map(({ to, id }) => [to, id] as const),
  );
  dropRefs(repository, new Map(moves.map(({ from, id }) => [from, id])));
  aimHeads(repository, new Set(back.map(({ flow }) => flow)));
  return back;
}

/**
 * Drops names in the trash of runs that are there after all: the gc that deleted them was killed before it had removed the
 * old name.
 */
export function dropUndeleted(repository: Repository): void {
  const refs = allRefs(repository);
  const stale = [...refs].filter(([name, id]) => {
    const place = parseTrash(name);
    return place !== undefined && refs.get(place.original) === id;
  });
  dropRefs(repository, new Map(stale));
}

interface TrashPlace {
  readonly batch: string;
  readonly deletedAt: number;
  readonly until: number;
  /** The name the ref had. */
  readonly original: string;
}

function parseTrash(name: string): TrashPlace | undefined {
  const match = /^refs\/oxbow\/trash\/((\d{8}-\d{6}-\d{3})_(\d{8}-\d{6}-\d{3}))\/((?:runs|tags)\/.+)$/.exec(
    name,
  );
  const [, batch, deletedAt, until, rest] = match ?? [];
  if (batch === undefined || deletedAt === undefined || until === undefined) return undefined;
  return { batch, deletedAt: timeOf(deletedAt), until: timeOf(until), original: `refs/${rest}` };
}

/** A time as run ids write it: `20261122-104755-123`, UTC. */
function stamp(time: number): string {
  const [year, month, day, hours, minutes, seconds, milliseconds] = new Date(time)
    .toISOString()
    .split(/[-T:.Z]/);
  return `${year}${month}${day}-${hours}${minutes}${seconds}-${milliseconds}`;
}

function timeOf(text: string): number {
  return Date.parse(text.replace(/^(....)(..)(..)-(..)(..)(..)-(...)$/, '$1-$2-$3T$4:$5:$6.$7Z'));
}

/** Lets the branches of flows follow their newest successful run that is left; a branch without one is deleted. */
function aimHeads(repository: Repository, flows: Iterable<string>): void {
  const runs = runRefs(allRefs(repository));
  for (const flow of flows) {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const head = repository.refs.read(headRef(flow));
      const wanted = newestSuccessful(
        repository,
        runs.filter((run) => run.flow === flow),
      );
      if (head === wanted || isOwnBranch(repository, flow, head)) break;
      if (head === undefined && wanted !== undefined) addRefs(repository, [[headRef(flow), wanted]]);
      else if (head === undefined || swapRef(repository, headRef(flow), head, wanted)) break;
    }
  }
  aimHEAD(repository);
}

/** A branch that happens to be called like a flow is none of ours. */
function isOwnBranch(repository: Repository, flow: string, head: ObjectId | undefined): boolean {
  return head !== undefined && !repository.commit(head).message.startsWith(`${flow}/`);
}

function newestSuccessful(repository: Repository, runs: readonly RunRefOf[]): ObjectId | undefined {
  return runs.findLast((run) => listRun(repository, run, false)?.state === 'successful')?.commit;
}

/** HEAD shall name a branch that exists, if there is one, so that `git log` and `git clone` show something. */
function aimHEAD({ refs }: Repository): void {
  const target = refs.symbolic('HEAD');
  const [branch] = refs.names('refs/heads/');
  if (target !== undefined && refs.read(target) === undefined && branch !== undefined)
    refs.setSymbolic('HEAD', branch);
}
