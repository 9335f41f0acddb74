import {
  type GraphRecord,
  type RunBrief,
  RunningTaskReader,
  type RunReader,
  type RunRecord,
  type RunTotals,
  type TreeEntry,
} from '#store';
import { ArtifactObject } from './artifact.ts';
import { changeTags } from './change-tags.ts';
import { CodeOfRun } from './code.ts';
import type { Connection } from './connection.ts';
import { dataView, isHidden } from './data-view.ts';
import { NotFoundError } from './errors.ts';
import { inputGroups } from './inputs.ts';
import { DISPLAY, display, INSPECT, orDamage, type Picture, picture, preview } from './inspect.ts';
import { type FeedOptions, LogFeed } from './log-feed.ts';
import type { Artifact, Code, Flow, Run, Status, Step, Task } from './objects.ts';
import { RunState } from './run-state.ts';
import { StepObject } from './step.ts';
import { TaskObject } from './task.ts';
import type { ValuePath } from './value-path.ts';

/** The step every run ends with. */
const END = 'end';

/** How far a run came, in the words of an error message. */
const CAME_TO: Readonly<Record<Status, string>> = {
  running: 'is still running',
  successful: 'was successful',
  failed: 'failed',
  interrupted: 'was interrupted',
  crashed: 'crashed',
};

/** See {@link Run}. */
export class RunObject<D> implements Run<D> {
  readonly kind = 'run';
  readonly parent: Flow<D>;
  readonly #state: RunState;
  #end: TaskObject<D> | undefined;
  #parameters: { readonly of: RunReader; readonly view: object } | undefined;

  constructor(parent: Flow<D>, state: RunState) {
    this.parent = parent;
    this.#state = state;
  }

  get id(): string {
    return this.#state.id;
  }

  get pathspec(): string {
    return this.#state.name;
  }

  /** What its record says in short. */
  get brief(): RunBrief {
    return this.#state.brief;
  }

  /** The value at a place such as `end/0/loss`, by `read` unless it is kept of an earlier look. */
  kept(place: string, read: () => unknown): unknown {
    return this.#state.value(place, read);
  }

  /** What it is read through. */
  get connection(): Connection {
    return this.#state.connection;
  }

  /** The run as it stands now. */
  get reader(): RunReader {
    return this.#state.reader;
  }

  get data(): D {
    return this.endTask?.data ?? (this.#viewWithoutEnd() as D);
  }

  steps(): StepObject<D>[] {
    return this.#state.reader.stepNames().map((name) => new StepObject(this, this.#state, name));
  }

  runningTasks(): TaskObject<D>[] {
    const { reader } = this.#state;
    return RunningTaskReader.list(reader).map(
      (task) => new TaskObject(new StepObject<D>(this, this.#state, task.step), this.#state, task, true),
    );
  }

  logFeed(options: FeedOptions = {}): LogFeed {
    return new LogFeed(this.#state, options);
  }

  step(name: string): StepObject<D> {
    const { reader } = this.#state;
    const names = reader.stepNames();
    if (names.includes(name) || RunningTaskReader.list(reader, name).length > 0)
      return new StepObject(this, this.#state, name);
    const planned = reader.graph.steps.some((step) => step.name === name);
    const sentence = planned
      ? `Run ${this.pathspec} ${CAME_TO[this.status]} and has no task of step ${JSON.stringify(name)}.`
      : `Run ${this.pathspec} has no step ${JSON.stringify(name)}.`;
    const known = planned
      ? { 'Steps it has': names }
      : { 'Its steps': reader.graph.steps.map((step) => step.name) };
    throw new NotFoundError({ kind: 'step', wanted: name, sentence, known });
  }

  get endTask(): Task<D> | null {
    // Kept, so that what its data has loaded stays loaded.
    if (!this.#end) [this.#end] = new StepObject(this, this.#state, END).tasks();
    return this.#end ?? null;
  }

  get status(): Status {
    return this.#state.status;
  }

  get finished(): boolean {
    return this.status !== 'running';
  }

  get successful(): boolean {
    return this.#state.brief.status === 'successful';
  }

  get createdAt(): Date {
    return new Date(this.#state.brief.createdAt);
  }

  get finishedAt(): Date | null {
    const { finishedAt } = this.#state.brief;
    return finishedAt === undefined ? null : new Date(finishedAt);
  }

  get tags(): readonly string[] {
    return [...new Set([...this.userTags, ...this.systemTags])].sort();
  }

  get userTags(): readonly string[] {
    return this.#state.connection.userTags(this.#state.flow, this.id);
  }

  get systemTags(): readonly string[] {
    return [...this.#state.brief.systemTags].sort();
  }

  addTag(...tags: (string | readonly string[])[]): void {
    changeTags(this.#state, { add: tags.flat() });
  }

  removeTag(...tags: (string | readonly string[])[]): void {
    changeTags(this.#state, { remove: tags.flat() });
  }

  replaceTag(remove: string | readonly string[], add: string | readonly string[]): void {
    changeTags(this.#state, { remove: [remove].flat(), add: [add].flat() });
  }

  get code(): Code {
    return new CodeOfRun(this.#state.reader);
  }

  get parameters(): D {
    const { reader } = this.#state;
    if (this.#parameters?.of.commit !== reader.commit)
      this.#parameters = { of: reader, view: this.#viewOfParameters(reader) };
    return this.#parameters.view as D;
  }

  /** All parameters or constants but those that listings hide. */
  inputs(kind: 'parameters' | 'constants', path: ValuePath = []): Artifact[] {
    const entries = [...this.#state.reader[kind]()].filter(([name]) => !isHidden(name));
    return entries.map(([name, entry]) => this.#inputOf(kind, { name, entry }, path));
  }

  /** A parameter or constant. Throws NotFoundError. */
  input(kind: 'parameters' | 'constants', name: string, path: ValuePath = []): ArtifactObject {
    const entries = this.#state.reader[kind]();
    const entry = entries.get(name);
    if (entry) return this.#inputOf(kind, { name, entry }, path);
    const sentence = `Run ${this.pathspec} has no ${kind.slice(0, -1)} ${JSON.stringify(name)}.`;
    const known = { [`Its ${kind}`]: [...entries.keys()].filter((one) => !isHidden(one)) };
    throw new NotFoundError({ kind: 'artifact', wanted: name, sentence, known });
  }

  #inputOf(
    kind: 'parameters' | 'constants',
    { name, entry }: { readonly name: string; readonly entry: TreeEntry },
    path: ValuePath,
  ): ArtifactObject {
    const folder = `${this.pathspec}/${kind}`;
    const { connection: source } = this.#state;
    return new ArtifactObject(this, { name, entry, folder, source, createdAt: () => this.createdAt }, path);
  }

  get origin(): Run<D> | null {
    const { origin } = this.metadata;
    if (origin === undefined) return null;
    const slash = origin.indexOf('/');
    // A run is resumed from a run of its own flow.
    return new RunObject(
      this.parent,
      new RunState(this.#state.connection, origin.slice(0, slash), {
        id: origin.slice(slash + 1),
        commit: undefined,
      }),
    );
  }

  get metadata(): RunRecord {
    return this.#state.reader.record;
  }

  get totals(): RunTotals {
    return this.metadata.totals;
  }

  get graph(): GraphRecord {
    return this.#state.reader.graph;
  }

  [Symbol.iterator](): Iterator<Step<D>> {
    return this.steps().values();
  }

  toString(): string {
    return this.pathspec;
  }

  [INSPECT](_depth: number, options: object, inspect: Picture['inspect']): string {
    return picture(
      `Run ${this.pathspec}`,
      orDamage(() => this.#fields()),
      { options, inspect },
    );
  }

  [DISPLAY](): ReturnType<typeof display> {
    return display(this);
  }

  #fields(): object {
    const { createdAt, finishedAt, failure } = this.metadata;
    const failed = failure ? { failure: `${failure.task ?? ''} ${failure.exception.message}`.trim() } : {};
    const steps = this.#state.reader.stepNames();
    const parameters = Object.fromEntries(
      this.inputs('parameters').map((one) => [one.name, preview((one as ArtifactObject).reader)]),
    );
    const tags = this.userTags;
    return {
      ...{ status: this.status, createdAt, finishedAt, ...failed },
      ...(tags.length > 0 ? { tags } : {}),
      ...{ parameters, steps },
    };
  }

  #viewOfParameters(reader: RunReader): object {
    const [parameters] = inputGroups(reader);
    return dataView({
      owner: `Run ${this.pathspec}`,
      source: this.#state.connection,
      groups: parameters ? [{ ...parameters, heading: 'Its parameters' }] : [],
      missing: (name) => `Run ${this.pathspec} has no parameter ${JSON.stringify(name)}.`,
    });
  }

  #viewWithoutEnd(): object {
    const { reader } = this.#state;
    return dataView({
      owner: `Run ${this.pathspec}`,
      source: this.#state.connection,
      groups: inputGroups(reader),
      missing: (name) =>
        `Run ${this.pathspec} has no data ${JSON.stringify(name)}, because it ${CAME_TO[this.status]} and has no task of ` +
        `the step ${END}. Steps that have data: ${reader.stepNames().join(', ') || 'none'}.`,
    });
  }
}
