import {
  flowNames,
  latestRunIds,
  type ObjectId,
  type Repository,
  type RunBrief,
  RunReader,
  runCommitOf,
  runCommits,
  runIds,
  Summaries,
  spinIds,
  tagsOf,
  tagsOfFlow,
} from '#store';
import { type Damaged, isDamage, warnOfDamage } from './damage.ts';
import { ValueCache } from './value-cache.ts';

/** Run states kept open; one holds a few kilobytes. */
const KEPT = 512;

/** So many runs are looked for one by one before all are listed at once. */
const FEW = 16;

/** A run of a list. */
export interface ListedRun {
  readonly id: string;
  /** Its commit when the list was made; undefined when it was not looked at, or is damaged. */
  readonly commit: ObjectId | undefined;
}

/** How a store is looked at. */
export interface ConnectionOptions {
  readonly onDamaged?: ((damaged: Damaged) => void) | undefined;
  readonly showUnknownClasses?: boolean | undefined;
}

/** A store and the namespace it is looked at from: what all objects of the client read through. */
export class Connection {
  readonly repository: Repository;
  /** Values that were read through it. They go when it goes. */
  readonly values = new ValueCache();
  /** Instances of classes that this process does not have are shown as they are stored, instead of an error. */
  readonly showsUnknown: boolean;
  /** What is kept of runs, so that lists are quick. */
  readonly summaries: Summaries;
  readonly #namespace: () => string | null;
  readonly #open = new Map<string, RunReader>();
  readonly #onDamaged: (damaged: Damaged) => void;
  /** Addresses of what was reported as damaged. */
  readonly #reported = new Set<string>();

  constructor(
    repository: Repository,
    namespace: () => string | null,
    { onDamaged = warnOfDamage, showUnknownClasses = false }: ConnectionOptions = {},
  ) {
    this.showsUnknown = showUnknownClasses;
    this.repository = repository;
    this.summaries = new Summaries(repository);
    this.#namespace = namespace;
    this.#onDamaged = onDamaged;
  }

  /** The namespace in force now. */
  get namespace(): string | null {
    return this.#namespace();
  }

  /** Names of all flows, in whatever namespace. */
  flows(): string[] {
    return flowNames(this.repository);
  }

  /** Ids of all runs of a flow that begin with `prefix`, newest first, in whatever namespace. Opens no run. */
  runIds(flow: string, prefix = ''): string[] {
    return runIds(this.repository, flow, prefix).reverse();
  }

  /** Ids of all spins of a flow that begin with `prefix`: runs of one task, which no list of runs has. Newest first. */
  spinIds(flow: string, prefix: string): string[] {
    return spinIds(this.repository, flow, prefix).reverse();
  }

  /** Ids of the runs in the namespace, newest first, each looked for and judged only when it is reached. */
  *visibleRunIds(flow: string, before?: string): Generator<string, undefined> {
    for (const { id } of this.visibleRuns(flow, before)) yield id;
  }

  /** As {@link visibleRunIds}, with the commits of those that are not looked for one by one. */
  *visibleRuns(flow: string, before?: string): Generator<ListedRun, undefined> {
    for (const run of this.#latestRuns(flow, before)) if (this.isVisible(flow, run.id, run.commit)) yield run;
  }

  *#latestRuns(flow: string, before?: string): Generator<ListedRun, undefined> {
    let last = before;
    let count = 0;
    for (const id of latestRunIds(this.repository, flow, before)) {
      yield { id, commit: undefined };
      last = id;
      count += 1;
      if (count === FEW) break;
    }
    if (count < FEW) return;
    for (const run of runCommits(this.repository, flow).reverse())
      if (last !== undefined && run.id < last) yield run;
  }

  /** The state of a run now; undefined when there is no such run. */
  run(flow: string, id: string): RunReader | undefined {
    const commit = runCommitOf(this.repository, flow, id);
    if (commit) return this.runAt(flow, id, commit);
    this.#open.delete(`${flow}/${id}`);
    return undefined;
  }

  /** The state of a run that a commit holds. */
  runAt(flow: string, id: string, commit: ObjectId): RunReader {
    const name = `${flow}/${id}`;
    const known = this.#open.get(name);
    this.#open.delete(name);
    const reader = known?.commit === commit ? known : new RunReader(this.repository, name, commit);
    this.#open.set(name, reader);
    const [oldest] = this.#open.keys();
    if (this.#open.size > KEPT && oldest !== undefined) this.#open.delete(oldest);
    return reader;
  }

  /** User tags of a run as they are now, sorted. */
  userTags(flow: string, id: string): string[] {
    return tagsOf(this.repository.refs, flow, id);
  }

  /** User tags of a flow's runs that have some, by id. */
  tagTable(flow: string): ReadonlyMap<string, readonly string[]> {
    return tagsOfFlow(this.repository.refs, flow);
  }

  /** What the record of a run says in short, as it stands now; undefined when there is no such run. `at` is a commit it had: that of an ended run stays. */
  brief(flow: string, id: string, at?: ObjectId): RunBrief | undefined {
    if (at !== undefined) {
      const brief = this.#briefAt(flow, id, at);
      if (brief.status !== 'running') return brief;
    }
    const commit = runCommitOf(this.repository, flow, id);
    return commit && this.#briefAt(flow, id, commit);
  }

  #briefAt(flow: string, id: string, commit: ObjectId): RunBrief {
    return this.summaries.brief({ flow, id, commit }, () => this.runAt(flow, id, commit));
  }

  /** Whether a run carries a tag, given by the user or by Oxbow. False when there is no such run. */
  hasTag(flow: string, id: string, tag: string, at?: ObjectId): boolean {
    try {
      const run = this.brief(flow, id, at);
      if (run === undefined) return false;
      if (run.systemTags.includes(tag)) return true;
    } catch (error) {
      // A tag of the user's is known without the run.
      if (isDamage(error) && this.userTags(flow, id).includes(tag)) return true;
      throw error;
    }
    return this.userTags(flow, id).includes(tag);
  }

  /** Whether something holds of a run or task. What is damaged is reported, once, and passed over: it must not hide the rest. */
  holds(pathspec: string, judge: () => boolean): boolean {
    try {
      return judge();
    } catch (error) {
      if (!isDamage(error)) throw error;
      if (!this.#reported.has(pathspec)) this.#onDamaged({ pathspec, error });
      this.#reported.add(pathspec);
      return false;
    }
  }

  /** Whether a run is in the namespace in force. */
  isVisible(flow: string, id: string, at?: ObjectId): boolean {
    const { namespace } = this;
    if (namespace === null) return true;
    try {
      return this.hasTag(flow, id, namespace, at);
    } catch (error) {
      // One damaged run must not hide the others: it is listed, and says what is wrong when it is opened.
      if (isDamage(error)) return true;
      throw error;
    }
  }
}
