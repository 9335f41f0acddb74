import {
  flowNames,
  latestRunIds,
  OxbowError,
  type Repository,
  RunReader,
  runCommitOf,
  runIds,
  spinIds,
  tagsOf,
} from '#store';
import { ValueCache } from './value-cache.ts';

/** Run states kept open; one holds a few kilobytes. */
const KEPT = 512;

/** A store and the namespace it is looked at from: what all objects of the client read through. */
export class Connection {
  readonly repository: Repository;
  /** Values that were read through it. They go when it goes. */
  readonly values = new ValueCache();
  readonly #namespace: () => string | null;
  readonly #open = new Map<string, RunReader>();

  constructor(repository: Repository, namespace: () => string | null) {
    this.repository = repository;
    this.#namespace = namespace;
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
    for (const id of latestRunIds(this.repository, flow, before)) if (this.isVisible(flow, id)) yield id;
  }

  /** The state of a run now; undefined when there is no such run. */
  run(flow: string, id: string): RunReader | undefined {
    const name = `${flow}/${id}`;
    const commit = runCommitOf(this.repository, flow, id);
    const known = this.#open.get(name);
    this.#open.delete(name);
    if (!commit) return undefined;
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

  /** Whether a run carries a tag, given by the user or by Oxbow. False when there is no such run. */
  hasTag(flow: string, id: string, tag: string): boolean {
    const run = this.run(flow, id);
    return (
      run !== undefined && (run.record.systemTags.includes(tag) || this.userTags(flow, id).includes(tag))
    );
  }

  /** Whether a run is in the namespace in force. */
  isVisible(flow: string, id: string): boolean {
    const { namespace } = this;
    if (namespace === null) return true;
    try {
      return this.hasTag(flow, id, namespace);
    } catch (error) {
      // One damaged run must not hide the others: it is listed, and says what is wrong when it is opened.
      if (error instanceof OxbowError) return true;
      throw error;
    }
  }
}
