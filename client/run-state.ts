import { isRunAlive, type RunReader } from '#store';
import type { Connection } from './connection.ts';
import { NotFoundError } from './errors.ts';
import type { Status } from './objects.ts';

/** One run as it stands now: read anew at every look while it runs, once only after it has ended. */
export class RunState {
  readonly connection: Connection;
  readonly flow: string;
  readonly id: string;
  #ended: RunReader | undefined;

  constructor(connection: Connection, flow: string, id: string) {
    this.connection = connection;
    this.flow = flow;
    this.id = id;
  }

  /** `Flow/id`. */
  get name(): string {
    return `${this.flow}/${this.id}`;
  }

  /** The newest state. Throws NotFoundError when the run has been deleted. */
  get reader(): RunReader {
    if (this.#ended) return this.#ended;
    const reader = this.connection.run(this.flow, this.id) ?? this.failDeleted();
    if (reader.record.status !== 'running') this.#ended = reader;
    return reader;
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
    const { record, commit } = this.reader;
    if (record.status !== 'running') return record.status;
    if (isRunAlive(this.connection.repository.path, record) !== false) return record.status;
    // The process may have recorded the end and gone after the record was read and before the process was looked for.
    const { reader } = this;
    return reader.commit === commit ? 'crashed' : reader.record.status;
  }
}
