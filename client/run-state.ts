import { isRunAlive, type ObjectId, type RunBrief, type RunReader, readObservers } from '#store';
import type { Connection, ListedRun } from './connection.ts';
import { NotFoundError } from './errors.ts';
import type { Status } from './objects.ts';

/** One run as it stands now: read anew at every look while it runs, once only after it has ended. */
export class RunState {
  readonly connection: Connection;
  readonly flow: string;
  readonly id: string;
  /** The commit the run had when it was listed: that of a run that ended stays. */
  readonly #listedAt: ObjectId | undefined;
  #ended: RunReader | undefined;
  /** Of a run that ended. */
  #brief: RunBrief | undefined;

  constructor(connection: Connection, flow: string, { id, commit }: ListedRun) {
    this.connection = connection;
    this.flow = flow;
    this.id = id;
    this.#listedAt = commit;
  }

  /** `Flow/id`. */
  get name(): string {
    return `${this.flow}/${this.id}`;
  }

  /** The newest state. Throws NotFoundError when the run has been deleted. */
  get reader(): RunReader {
    if (this.#ended) return this.#ended;
    const reader = this.#listed() ?? this.connection.run(this.flow, this.id) ?? this.failDeleted();
    if (reader.record.status !== 'running') this.#ended = reader;
    return reader;
  }

  #listed(): RunReader | undefined {
    const commit = this.#listedAt;
    if (commit === undefined) return undefined;
    const reader = this.connection.runAt(this.flow, this.id, commit);
    return reader.record.status === 'running' ? undefined : reader;
  }

  /** What its record says in short. Throws NotFoundError when the run has been deleted. */
  get brief(): RunBrief {
    if (this.#brief) return this.#brief;
    const { connection, flow, id } = this;
    const at = this.#ended?.commit ?? this.#listedAt;
    const brief = connection.brief(flow, id, at) ?? this.failDeleted();
    if (brief.status !== 'running') this.#brief = brief;
    return brief;
  }

  /** The value at a place in the run, kept for later when the run has ended. */
  value(place: string, read: () => unknown): unknown {
    const commit = this.#ended?.commit ?? this.#listedAt;
    const { connection, flow } = this;
    // Who listens for reads is to hear of this one.
    if (commit === undefined || readObservers.size > 0 || this.brief.status === 'running') return read();
    return connection.summaries.value({ flow, commit }, place, read);
  }

  /** Looks whether the run is still there, which a run that has ended is taken to be. Throws NotFoundError. */
  requireStored(): void {
    if (this.connection.run(this.flow, this.id) === undefined) this.failDeleted();
  }

  /** Throws the NotFoundError of a run that has been deleted. */
  failDeleted(): never {
    const sentence = `Run ${this.name} is not in ${this.connection.repository.path}: it has been deleted.`;
    throw new NotFoundError({ kind: 'run', wanted: this.id, sentence });
  }

  /** What the run is doing, judged by its record and by whether its process lives. */
  get status(): Status {
    const { status } = this.brief;
    if (status !== 'running') return status;
    const { record, commit } = this.reader;
    if (record.status !== 'running') return record.status;
    if (isRunAlive(this.connection.repository.path, record) !== false) return record.status;
    // The process may have recorded the end and gone after the record was read and before the process was looked for.
    const { reader } = this;
    return reader.commit === commit ? 'crashed' : reader.record.status;
  }
}
