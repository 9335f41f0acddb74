import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { Digest, ObjectId } from '../ids.ts';
import { checkLog } from '../limits.ts';
import { type AttemptLog, recordedLog } from './attempt-log.ts';
import { clonedRuns } from './cloned-runs.ts';
import { artifactsByName, LAYOUT, runRef, spinRef } from './layout.ts';
import type { LogStream } from './live-log.ts';
import { RecordError, readRecord } from './read-record.ts';
import { problemOfGraph, problemOfRun, problemOfTask } from './record-shape.ts';
import type { GraphRecord, RunRecord, TaskRecord } from './schema.ts';
import { findTask, listTasks, taskTrees } from './task-tree.ts';

const RUNS = 'refs/runs/';

/** Names of the flows that have runs, sorted. */
export function flowNames(repository: Repository): string[] {
  const names = repository.refs.folders(RUNS);
  if (names.length > 0) return names;
  return [...new Set(clonedRuns(repository).map(({ flow }) => flow))].sort();
}

/** Ids of a flow's runs that begin with `prefix`, oldest first. Reads no run. */
export function runIds(repository: Repository, flow: string, prefix = ''): string[] {
  const folder = runRef(flow, '');
  const ids = repository.refs
    .names(runRef(flow, prefix))
    .map((ref) => ref.slice(folder.length))
    .sort();
  if (ids.length > 0) return ids;
  return clonedRuns(repository, flow)
    .map(({ id }) => id)
    .filter((id) => id.startsWith(prefix));
}

/** Ids of a flow's runs, newest first, each looked for when it is reached; with `before`, those of runs older than that one. */
export function* latestRunIds(
  repository: Repository,
  flow: string,
  before?: string,
): Generator<string, undefined> {
  const folder = runRef(flow, '');
  const from = before === undefined ? undefined : runRef(flow, before);
  let count = 0;
  for (const ref of repository.refs.latest(folder, from)) {
    count += 1;
    yield ref.slice(folder.length);
  }
  if (count > 0) return;
  for (const { id } of clonedRuns(repository, flow).reverse())
    if (before === undefined || id < before) yield id;
}

/** All runs of a flow with their commits, oldest first; undefined where the ref is damaged. Reads no run. */
export function runCommits(
  repository: Repository,
  flow: string,
): { readonly id: string; readonly commit: ObjectId | undefined }[] {
  const folder = runRef(flow, '');
  const refs = repository.refs.all(folder);
  if (refs.length > 0) return refs.map(([name, commit]) => ({ id: name.slice(folder.length), commit }));
  return clonedRuns(repository, flow);
}

/** The commit of a run, or of a spin, as it stands now; undefined when the store has none of that id. */
export const runCommitOf = (repository: Repository, flow: string, id: string): ObjectId | undefined =>
  repository.refs.read(runRef(flow, id)) ??
  repository.refs.read(spinRef(flow, id)) ??
  clonedRuns(repository, flow).find((run) => run.id === id)?.commit;

/** Opens a run, or a spin, as it stands now, or gives undefined when the store has no such run. */
export function readRun(repository: Repository, flow: string, id: string): RunReader | undefined {
  const commit = runCommitOf(repository, flow, id);
  return commit && new RunReader(repository, `${flow}/${id}`, commit);
}

/** One state of a run: its commit, read only where asked. A run that goes on is read anew with {@link readRun}. */
export class RunReader {
  readonly repository: Repository;
  /** `Flow/id`. */
  readonly name: string;
  readonly commit: ObjectId;
  #opened: { readonly entries: Map<string, TreeEntry>; readonly message: string } | undefined;
  #record: RunRecord | undefined;
  #graph: GraphRecord | undefined;

  constructor(repository: Repository, name: string, commit: ObjectId) {
    this.repository = repository;
    this.name = name;
    this.commit = commit;
  }

  get #entries(): Map<string, TreeEntry> {
    return this.#open().entries;
  }

  #open() {
    if (!this.#opened) {
      const { tree, message } = this.repository.commit(this.commit);
      this.#opened = { entries: entriesOf(this.repository, tree), message };
    }
    return this.#opened;
  }

  /** What its tasks read of other runs, as the trailers of the commit have it: addresses of artifacts, each with its digest then. */
  get uses(): { readonly address: string; readonly digest: Digest }[] {
    const lines = this.#open().message.matchAll(/^Uses: (\S+) ([0-9a-f]{64})$/gm);
    return Array.from(lines, ([, address = '', digest = '']) => ({ address, digest: digest as Digest }));
  }

  /** run.json. Throws {@link RecordError}. */
  get record(): RunRecord {
    this.#record ??= this.#checked();
    return this.#record;
  }

  /** graph.json. Throws {@link RecordError}. */
  get graph(): GraphRecord {
    this.#graph ??= this.#readRecord<GraphRecord>(LAYOUT.graph, problemOfGraph);
    return this.#graph;
  }

  /** The parameters' artifacts by name. */
  parameters(): Map<string, TreeEntry> {
    return artifactsByName(this.#treeOf(LAYOUT.parameters));
  }

  /** The class constants' artifacts by name. */
  constants(): Map<string, TreeEntry> {
    return artifactsByName(this.#treeOf(LAYOUT.constants));
  }

  /** The tree of the flow's source files, or undefined. */
  get code(): ObjectId | undefined {
    return this.#entries.get(LAYOUT.code)?.id;
  }

  /** Names of the steps that have at least one recorded task, in the order of the graph. */
  stepNames(): string[] {
    const present = new Set(this.#treeOf(LAYOUT.steps).map((entry) => entry.name));
    const ordered = this.graph.steps.map((step) => step.name).filter((name) => present.delete(name));
    return [...ordered, ...present];
  }

  /** The recorded tasks of a step, ordered by position; empty when it has none. */
  tasks(step: string): TaskReader[] {
    const tree = this.stepTree(step);
    if (!tree) return [];
    return listTasks(this.repository, tree).map(([task, id]) => new TaskReader(this, step, task, id));
  }

  /** The trees of a step's recorded tasks, by task, in no particular order: for those who look up many. */
  taskTrees(step: string): Map<string, ObjectId> {
    const tree = this.stepTree(step);
    return tree ? taskTrees(this.repository, tree) : new Map();
  }

  /** One recorded task, or undefined. */
  task(step: string, task: string): TaskReader | undefined {
    const tree = this.stepTree(step);
    const id = tree && findTask(this.repository, tree, task);
    return id && new TaskReader(this, step, task, id);
  }

  /** The tree of a step's tasks; undefined when it has none. Equal ids mean equal tasks. */
  stepTree(step: string): ObjectId | undefined {
    return this.#treeOf(LAYOUT.steps).find((entry) => entry.name === step)?.id;
  }

  /**
   * What the tasks of a step came to, as {@link TaskTree.writeOutputs} has it: equal ids mean equal artifacts of tasks that succeeded. Undefined
   * when that was not recorded: of steps of few tasks, of runs that did not end, and of early ones.
   */
  outputTree(step: string): ObjectId | undefined {
    return this.#treeOf(LAYOUT.outputs).find((entry) => entry.name === step)?.id;
  }

  #treeOf(name: string): readonly TreeEntry[] {
    const entry = this.#entries.get(name);
    return entry ? this.repository.tree(entry.id) : [];
  }

  #checked(): RunRecord {
    const record = this.#readRecord<RunRecord>(LAYOUT.run, problemOfRun);
    const { flow, id } = record;
    if (`${flow}/${id}` === this.name) return record;
    // A ref that was damaged, or moved by hand, leads to the run of another.
    const problem = `is of the run ${flow}/${id}: the ref is damaged. Run \`flow fsck\`.`;
    throw new RecordError(`${this.name}/${LAYOUT.run}`, problem);
  }

  #readRecord<T>(file: string, problemOf: (record: unknown) => string | undefined): T {
    return readRecord<T>(this.repository, { of: this.name, file, entry: this.#entries.get(file), problemOf });
  }
}

/** One recorded task, read only where asked. */
export class TaskReader {
  readonly run: RunReader;
  readonly step: string;
  readonly task: string;
  /** The task's tree: equal ids mean equal tasks. */
  readonly tree: ObjectId;
  #entries: Map<string, TreeEntry> | undefined;
  #record: TaskRecord | undefined;

  constructor(run: RunReader, step: string, task: string, tree: ObjectId) {
    this.run = run;
    this.step = step;
    this.task = task;
    this.tree = tree;
  }

  /** `Flow/run/step/task`. */
  get name(): string {
    return `${this.run.name}/${this.step}/${this.task}`;
  }

  /** task.json. Throws {@link RecordError}. */
  get record(): TaskRecord {
    this.#record ??= readRecord<TaskRecord>(this.run.repository, {
      of: this.name,
      file: LAYOUT.task,
      entry: this.entries.get(LAYOUT.task),
      problemOf: problemOfTask,
    });
    return this.#record;
  }

  /** The task's artifacts by name, inherited ones included. */
  artifacts(): Map<string, TreeEntry> {
    const entry = this.entries.get(LAYOUT.artifacts);
    return artifactsByName(entry ? this.run.repository.tree(entry.id) : []);
  }

  /** What the task wrote to a stream; empty when nothing. Throws a TooLargeError: {@link output} is read piece by piece. */
  log(stream: LogStream): Buffer {
    const { output } = this;
    checkLog(output.size(stream), `What ${this.name} wrote to ${stream}`, { asString: true });
    const pieces: Buffer[] = [];
    for (let at = 0, size = output.size(stream); at < size; ) {
      const from = output.readable(stream, at);
      const piece = output.read(stream, from, size);
      if (piece.length === 0) break;
      pieces.push(piece);
      at = from + piece.length;
    }
    const [only] = pieces;
    return pieces.length === 1 && only ? only : Buffer.concat(pieces);
  }

  /** What the task wrote, for those who keep all of it. Throws a TooLargeError. */
  get wholeOutput(): AttemptLog {
    const { output } = this;
    checkLog(output.size('stdout') + output.size('stderr'), `What ${this.name} wrote`, { asString: false });
    return output;
  }

  /** What the task wrote, to be read piece by piece. */
  get output(): AttemptLog {
    return recordedLog(this.run.repository, this.entries, () => this.record);
  }

  /** The attempts of the task in order, the last of them, which is this one, included. */
  attempts(): TaskReader[] {
    const folder = this.entries.get(LAYOUT.attempts);
    const earlier = folder ? [...this.run.repository.tree(folder.id)] : [];
    earlier.sort((a, b) => Number(a.name) - Number(b.name));
    return [...earlier.map((entry) => new EarlierAttemptReader(this, entry)), this];
  }

  /** The entries of the task's tree by name. */
  get entries(): Map<string, TreeEntry> {
    this.#entries ??= entriesOf(this.run.repository, this.tree);
    return this.#entries;
  }
}

/** An attempt of a task that was followed by another. */
class EarlierAttemptReader extends TaskReader {
  readonly #number: string;

  constructor({ run, step, task }: TaskReader, { name, id }: TreeEntry) {
    super(run, step, task, id);
    this.#number = name;
  }

  override get name(): string {
    return `${super.name}/${LAYOUT.attempts}/${this.#number}`;
  }
}

function entriesOf(repository: Repository, tree: ObjectId): Map<string, TreeEntry> {
  return new Map(repository.tree(tree).map((entry) => [entry.name, entry]));
}
