import { OxbowError } from '../errors.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { type OnProgress, paced } from './events.ts';
import { gitRoots } from './git-roots.ts';
import { type Target, walk } from './reach.ts';
import type { OnDamaged } from './ref-table.ts';
import { type RunRefOf, runsAmong } from './run-list.ts';
import { StoredObjects } from './stored-objects.ts';
import { isTrash } from './trash.ts';

/** What a run takes on disk, in bytes. */
export interface RunBytes extends RunRefOf {
  /** Of all that the run reaches. */
  readonly reached: number;
  /** Not all of it could be read. */
  readonly isDamaged: boolean;
}

/** No run. */
const NOBODY = -1;
/** All that hold objects and are not runs, taken together: branches and tags made with native git. */
const OTHERS = -2;

/**
 * Which runs reach which objects, from one walk over all runs. Of each object it keeps a few small numbers: how many runs reach
 * it, the last of them (the only one, when there is one), and the flow when there is only one. What lies in the trash counts
 * for nobody: it goes by itself.
 */
export class Usage {
  readonly repository: Repository;
  readonly objects: StoredObjects;
  /** By flow, oldest first. */
  readonly runs: readonly RunBytes[];
  readonly #holders: number[] = [];
  readonly #last: number[] = [];
  readonly #flow: number[] = [];
  readonly #flows: string[];

  /** Throws what reading a damaged object throws; with `onDamaged` runs that cannot be read are told, and left out. */
  constructor(
    repository: Repository,
    refs: ReadonlyMap<string, ObjectId>,
    {
      onProgress,
      onDamaged,
    }: { readonly onProgress?: OnProgress | undefined; readonly onDamaged?: OnDamaged } = {},
  ) {
    this.repository = repository;
    const listed = runsAmong(repository, refs);
    this.#flows = [...new Set(listed.map(({ flow }) => flow))];
    this.objects = StoredObjects.scan(repository);
    const commits = new Set(listed.map(({ commit }) => commit));
    const others = [...refs].filter(([name, id]) => !isTrash(name) && !commits.has(id)).map(([, id]) => id);
    const seen = <T>(pathspec: string, visit: () => T): T | undefined => {
      try {
        return visit();
      } catch (error) {
        if (!onDamaged || !(error instanceof OxbowError)) throw error;
        onDamaged(pathspec, error);
        return undefined;
      }
    };
    for (const id of others) seen(id, () => this.#visit(id, OTHERS));
    for (const root of gitRoots(repository).roots)
      if (repository.has(root.id)) seen(root.id, () => this.#visit(root, OTHERS));
    const tell = paced(onProgress, 'runs', listed.length);
    this.runs = listed.map((run, index) => {
      const pathspec = `${run.flow}/${run.id}`;
      const reached = seen(pathspec, () => this.#visit(run.commit, index, this.#flows.indexOf(run.flow)));
      tell(index + 1);
      return { ...run, reached: reached ?? 0, isDamaged: reached === undefined };
    });
  }

  /** Names of all flows with runs. */
  get flows(): readonly string[] {
    return this.#flows;
  }

  /** Bytes by run index, of what only that run reaches. */
  exclusiveByRun(): number[] {
    const bytes = this.runs.map(() => 0);
    this.#eachReached((number) => {
      const run = this.#holders[number] === 1 ? (this.#last[number] ?? NOBODY) : NOBODY;
      if (run >= 0) bytes[run] = (bytes[run] ?? 0) + this.objects.bytesOf(number);
    });
    return bytes;
  }

  /** Bytes by flow, of what only runs of that flow reach. */
  exclusiveByFlow(): number[] {
    const bytes = this.#flows.map(() => 0);
    this.#eachReached((number) => {
      const flow = this.#flow[number] ?? NOBODY;
      if (flow >= 0) bytes[flow] = (bytes[flow] ?? 0) + this.objects.bytesOf(number);
    });
    return bytes;
  }

  /** Bytes of all that runs of a flow reach. */
  reachedByFlow(flow: string): number {
    return this.bytesReached(
      this.runs.filter((run) => run.flow === flow && !run.isDamaged).map(({ commit }) => commit),
    );
  }

  /** Bytes of all that these commits reach, each object counted once. */
  bytesReached(commits: Iterable<ObjectId>): number {
    let bytes = 0;
    const seen = new Set<number>();
    walk(this.repository, commits, (id) => {
      const number = this.objects.numberOf(id);
      if (seen.has(number)) return false;
      seen.add(number);
      bytes += this.objects.bytesOf(number);
      return true;
    });
    return bytes;
  }

  /** Bytes that nothing reaches but the runs with these indexes: more than the sum of what each has for itself. */
  bytesOnlyOf(indexes: readonly number[]): number {
    const within: number[] = [];
    const last: number[] = [];
    let bytes = 0;
    for (const index of indexes) {
      const run = this.runs[index];
      if (run === undefined) continue;
      walk(this.repository, [run.commit], (id) => {
        const number = this.objects.numberOf(id);
        if (last[number] === index) return false;
        last[number] = index;
        within[number] = (within[number] ?? 0) + 1;
        if (within[number] === this.#holders[number]) bytes += this.objects.bytesOf(number);
        return true;
      });
    }
    return bytes;
  }

  /** Whether one run alone reaches the object. */
  isExclusive(id: ObjectId): boolean {
    const number = this.objects.numberOf(id);
    return this.#holders[number] === 1 && (this.#last[number] ?? NOBODY) >= 0;
  }

  /** Bytes of all objects that runs, or anything else but the trash, reach. */
  get reachedBytes(): number {
    let bytes = 0;
    this.#eachReached((number) => {
      bytes += this.objects.bytesOf(number);
    });
    return bytes;
  }

  #eachReached(look: (number: number) => void): void {
    for (let number = 0; number < this.objects.size; number += 1) if (this.#holders[number]) look(number);
  }

  /** Counts a run in for all it reaches; returns how many bytes that is. */
  #visit(root: ObjectId | Target, holder: number, flow: number = OTHERS): number {
    let bytes = 0;
    walk(this.repository, [root], (id) => {
      const number = this.objects.numberOf(id);
      if (this.#last[number] === holder) return false;
      this.#last[number] = holder;
      this.#holders[number] = (this.#holders[number] ?? 0) + 1;
      const owner = this.#flow[number];
      this.#flow[number] = owner === undefined || owner === flow ? flow : OTHERS;
      bytes += this.objects.bytesOf(number);
      return true;
    });
    return bytes;
  }
}
