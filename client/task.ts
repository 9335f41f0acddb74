import { type ExceptionRecord, RunningTaskReader, type TaskReader, type TreeEntry } from '#store';
import { ArtifactObject } from './artifact.ts';
import { dataView, isHidden } from './data-view.ts';
import { NotFoundError } from './errors.ts';
import { inputGroups } from './inputs.ts';
import { DISPLAY, display, INSPECT, orDamage, type Picture, picture, preview } from './inspect.ts';
import type { LogLine, TaskLog } from './log-line.ts';
import { logLines } from './log-lines.ts';
import type { Artifact, NamedArtifacts, Step, Task } from './objects.ts';
import { childrenOf, parentsOf } from './relatives.ts';
import type { RunState } from './run-state.ts';
import { isTaken, taskOrigin } from './task-origin.ts';
import type { ValuePath } from './value-path.ts';

/** See {@link Task}. */
export class TaskObject<D> implements Task<D> {
  readonly kind = 'task';
  readonly parent: Step<D>;
  readonly id: string;
  readonly #run: RunState;
  #reader: TaskReader;
  /** Set for one attempt, which never changes; a task shows the newest. */
  readonly #isFixed: boolean;
  #data: { readonly of: TaskReader; readonly view: object } | undefined;

  constructor(parent: Step<D>, run: RunState, reader: TaskReader, isFixed = false) {
    this.parent = parent;
    this.#isFixed = isFixed;
    this.id = reader.task;
    this.#run = run;
    this.#reader = reader;
  }

  get pathspec(): string {
    return `${this.parent.pathspec}/${this.id}`;
  }

  /** The task as it stands now. */
  get reader(): TaskReader {
    return this.#now();
  }

  get data(): D {
    const reader = this.#now();
    if (this.#data?.of.tree !== reader.tree) this.#data = { of: reader, view: this.#viewOf(reader) };
    return this.#data.view as D;
  }

  get artifacts(): NamedArtifacts<D> {
    const list: Artifact[] = [...this];
    for (const artifact of list) {
      // By name too, but out of the way of the array's own members and of listings.
      if (!(artifact.name in list)) Object.defineProperty(list, artifact.name, { value: artifact });
    }
    return list as unknown as NamedArtifacts<D>;
  }

  *[Symbol.iterator](): Iterator<Artifact> {
    // One reading of the tree, which may be long, serves all.
    for (const [name, entry] of this.#now().artifacts())
      if (!isHidden(name)) yield this.#artifactOf(name, entry);
  }

  /** Whether the task has an artifact of that name. */
  has(name: string): boolean {
    return this.#now().artifacts().has(name);
  }

  /** One artifact, hidden ones too. Throws NotFoundError. */
  artifact(name: string, path: ValuePath = []): ArtifactObject {
    const entries = this.#now().artifacts();
    const entry = entries.get(name);
    if (!entry) {
      const known = { 'Its artifacts': [...entries.keys()].filter((one) => !isHidden(one)) };
      const sentence = `Task ${this.pathspec} has no artifact ${JSON.stringify(name)}.`;
      throw new NotFoundError({ kind: 'artifact', wanted: name, sentence, known });
    }
    return this.#artifactOf(name, entry, path);
  }

  #artifactOf(name: string, entry: TreeEntry, path: ValuePath = []): ArtifactObject {
    const place = {
      name,
      entry,
      source: this.#run.connection,
      folder: this.pathspec,
      createdAt: () => this.finishedAt ?? this.createdAt,
    };
    return new ArtifactObject(this, place, path);
  }

  get stdout(): string {
    return this.#now().log('stdout').toString();
  }

  get stderr(): string {
    return this.#now().log('stderr').toString();
  }

  logLines(stream?: LogLine['stream']): LogLine[] {
    return logLines(this.#now().wholeOutput, stream);
  }

  get log(): TaskLog {
    return this.#now().output;
  }

  get exception(): ExceptionRecord | null {
    return this.successful ? null : (this.#record.exception ?? null);
  }

  get caught(): ExceptionRecord | null {
    return this.successful ? (this.#record.exception ?? null) : null;
  }

  get index(): number | null {
    return this.#record.frames.at(-1)?.index ?? null;
  }

  get finished(): boolean {
    return this.#record.status !== 'running';
  }

  get successful(): boolean {
    return this.#record.status === 'successful';
  }

  get attempt(): number {
    return this.#record.attempt;
  }

  attempts(): Task<D>[] {
    return this.#now()
      .attempts()
      .map((reader) => new TaskObject(this.parent, this.#run, reader, true));
  }

  get createdAt(): Date {
    return new Date(this.#record.startedAt);
  }

  get finishedAt(): Date | null {
    return this.finished ? new Date(this.#record.finishedAt) : null;
  }

  get originPathspec(): string | null {
    const { connection } = this.#run;
    return taskOrigin(this.#now(), (flow, id) => connection.run(flow, id))?.name ?? null;
  }

  get taken(): boolean {
    return isTaken(this.#now());
  }

  get parentTasks(): Task<D>[] {
    return parentsOf(this.#now()).map((reader) => this.#relative(reader));
  }

  get childTasks(): Task<D>[] {
    return childrenOf(this.#now()).map((reader) => this.#relative(reader));
  }

  get metadata(): Task<D>['metadata'] {
    const { user, versions, process } = this.#run.reader.record;
    return { ...this.#record, user, versions, host: process.host };
  }

  toString(): string {
    return this.pathspec;
  }

  [INSPECT](_depth: number, options: object, inspect: Picture['inspect']): string {
    return picture(
      `Task ${this.pathspec}`,
      orDamage(() => this.#fields()),
      { options, inspect },
    );
  }

  [DISPLAY](): ReturnType<typeof display> {
    return display(this);
  }

  #fields(): object {
    const { status, startedAt, finishedAt } = this.#record;
    const artifacts = Object.fromEntries(
      [...this].map((artifact) => [artifact.name, preview((artifact as ArtifactObject).reader)]),
    );
    const failure = this.exception ? { exception: `${this.exception.name}: ${this.exception.message}` } : {};
    return { status, startedAt, finishedAt, attempt: this.attempt, ...failure, artifacts };
  }

  get #record(): TaskReader['record'] {
    return this.#now().record;
  }

  /** The task's newest state: only a run that goes on can have recorded another attempt. */
  #now(): TaskReader {
    if (this.#isFixed) return this.#reader;
    const run = this.#run.reader;
    const isRunning = this.#reader instanceof RunningTaskReader;
    if (isRunning || run.commit !== this.#reader.run.commit)
      this.#reader = run.task(this.parent.id, this.id) ?? this.#reader;
    return this.#reader;
  }

  #relative(reader: TaskReader): Task<D> {
    const { step } = reader;
    const parent = step === this.parent.id ? this.parent : this.parent.parent.step(step);
    return new TaskObject(parent, this.#run, reader);
  }

  #viewOf(reader: TaskReader): object {
    const folder = this.pathspec;
    return dataView({
      owner: `Task ${folder}`,
      source: this.#run.connection,
      groups: [
        { heading: 'Its artifacts', folder, entries: () => reader.artifacts() },
        ...inputGroups(reader.run),
      ],
      missing: (name) => `Task ${folder} has no artifact ${JSON.stringify(name)}.`,
    });
  }
}
