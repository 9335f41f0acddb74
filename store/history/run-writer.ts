import type { ObjectSink } from '../codec/objects.ts';
import { encodeCommit } from '../git/commit.ts';
import type { LongBlob } from '../git/long-blob-write.ts';
import { type PackedObject, packObject } from '../git/packed-object.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { Digest, ObjectId } from '../ids.ts';
import { EarlierAttempts } from './earlier-attempts.ts';
import { filesTree } from './files-tree.ts';
import { LAYOUT, recordText, refOf } from './layout.ts';
import { moveHead } from './move-head.ts';
import { outputOf } from './outputs.ts';
import { runCommit } from './run-commit.ts';
import { RunLogs } from './run-logs.ts';
import { RunPacks } from './run-packs.ts';
import type { FinishedTask, NewRun, TakenTask } from './run-parts.ts';
import { type MoreTotals, totalsWith } from './run-totals.ts';
import type { RunRecord, RunTotals, TaskRecord } from './schema.ts';
import { addTag, moveTags } from './tags.ts';

import { TaskTree, WIDTH } from './task-tree.ts';
import { Troubles } from './troubles.ts';
import { StepCounts } from './wide-steps.ts';

/** How long a checkpoint waits for another process that holds the lock of the run's ref, in milliseconds. */
const PATIENCE = 1000;
/** The same for the last one, after which nobody tries again. */
const LAST_PATIENCE = 10_000;

/**
 * The only writer of one run's ref. Tasks are recorded in memory with {@link add} and made durable in groups by
 * {@link checkpoint}: pack, index, fsync, ref move. What a checkpoint that returned holds is lost neither to kill -9 nor
 * to power loss.
 */
export class RunWriter {
  /** Where the output of attempts goes before they are recorded. */
  readonly logs: RunLogs;
  /** What failed without changing the run's result. */
  readonly troubles = new Troubles();
  readonly #repository: Repository;
  readonly #packs: RunPacks;
  readonly #steps = new Map<string, TaskTree>();
  readonly #fixed: readonly TreeEntry[];
  readonly #uses = new Map<string, Digest>();
  readonly #attempts = new EarlierAttempts();
  readonly #counts = new StepCounts();
  /** All but the totals, which change with every task. */
  #record: RunRecord;
  #totals: RunTotals;
  #commit: ObjectId | null = null;
  /** Tags that the run is to have and does not have. */
  readonly #untagged: Set<string>;
  #dirty = true;

  private constructor(repository: Repository, run: NewRun) {
    this.#repository = repository;
    this.#record = run.record;
    this.#totals = run.record.totals;
    this.#untagged = new Set(run.record.tags);
    this.#packs = new RunPacks(repository, run.record);
    this.logs = new RunLogs(repository, run.record, this.troubles);
    this.#packs.addValues(run.objects);
    this.#count({ logicalBytes: run.logical ?? 0 });
    this.#fixed = this.#fixedEntries(run);
  }

  /**
   * Records a run as running: when this returns its ref exists. Throws RefChangedError when the id is taken.
   */
  static start(repository: Repository, run: NewRun): RunWriter {
    const writer = new RunWriter(repository, run);
    // Tried again when the run ends: only then it is a trouble.
    writer.#tag(writer.#first(), new Troubles());
    return writer;
  }

  #first(): ObjectId {
    try {
      return this.checkpoint();
    } catch (error) {
      this.#packs.discard();
      throw error;
    }
  }

  /** The record as the next checkpoint will write it. */
  get record(): RunRecord {
    const { wide } = this.#counts;
    return { ...this.#record, totals: { ...this.#totals, ...(wide.length > 0 ? { wideSteps: wide } : {}) } };
  }

  /** Adds to what is known of the run's code; the next checkpoint writes it. */
  describeCode(code: Partial<RunRecord['code']>): void {
    this.#record = { ...this.#record, code: { ...this.#record.code, ...code } };
  }

  /** True when something was added since the last checkpoint. */
  get dirty(): boolean {
    return this.#dirty;
  }

  /**
   * Takes a finished attempt of a task in: it comes in place of the one before it, which is kept below it. It is durable only
   * after the next {@link checkpoint}. Returns the id of the task's tree.
   */
  add(task: FinishedTask): ObjectId {
    const { record } = task;
    this.#packs.addValues(task.objects);
    for (const pack of task.packs ?? []) this.#packs.adoptValues(pack);
    const entries: TreeEntry[] = [
      file(LAYOUT.task, this.#packs.blob(recordText(record))),
      folder(LAYOUT.artifacts, task.artifacts),
    ];
    for (const stream of ['stdout', 'stderr'] as const) {
      const id = this.#log(task[stream]);
      if (id) entries.push(file(LAYOUT[stream], id));
    }
    if (task.live) this.logs.recorded(task.live);
    const isAgain = this.#attempts.knows(record);
    const tree = this.#treeOf(record, entries);
    this.#place(record, tree, task.artifacts);
    const fails = record.status === 'successful' ? 0 : 1;
    // An attempt before this one was counted, as failed.
    const more = isAgain ? { tasks: 0, failed: fails - 1 } : { tasks: 1, failed: fails };
    this.#count({ ...more, logicalBytes: task.logical ?? 0 });
    this.#counts.finished(task, isAgain);
    return tree;
  }

  /** Takes a task of an earlier run over: points at its tree, or at one made of it, whose new objects are in `objects`. */
  takeOver(task: TakenTask): void {
    const { record, tree, from, artifacts, objects = [] } = task;
    for (const object of objects) this.#packs.add(object);
    this.#place(record, tree, artifacts);
    const { takenFrom = [] } = this.#record;
    if (!takenFrom.includes(from)) this.#record = { ...this.#record, takenFrom: [...takenFrom, from] };
    this.#count({ tasks: 1, taken: 1 });
    this.#counts.takenOver(task);
  }

  #place(record: TaskRecord, tree: ObjectId, artifacts: ObjectId | undefined): void {
    const { step, task, uses = {} } = record;
    const tasks = this.#steps.get(step) ?? new TaskTree();
    tasks.set(task, tree, outputOf(record, tree, artifacts));
    this.#steps.set(step, tasks);
    for (const [address, digest] of Object.entries(uses)) this.#uses.set(address, digest);
    this.#dirty = true;
  }

  /** The tree of a task: its last attempt, with those before it. */
  #treeOf(record: TaskRecord, entries: readonly TreeEntry[]): ObjectId {
    const earlier = this.#attempts.before(record);
    const isLast = record.status === 'successful';
    const alone = isLast && earlier.length > 0 ? undefined : this.#packs.tree(entries);
    this.#attempts.keep(record, alone);
    if (alone && earlier.length === 0) return alone;
    const attempts = this.#packs.tree(earlier);
    const tree = this.#packs.tree([...entries, folder(LAYOUT.attempts, attempts)]);
    this.#packs.forget(this.#attempts.replace(record, [tree, attempts]));
    return tree;
  }

  #log(log: Uint8Array | LongBlob): ObjectId | undefined {
    if (log instanceof Uint8Array) return log.length > 0 ? this.#packs.blob(log) : undefined;
    if (log.pack) this.#packs.adopt([log.pack.path]);
    return log.id;
  }

  #count(more: MoreTotals): void {
    this.#totals = totalsWith(this.#totals, more, this.#packs.added);
  }

  /** An object that was added and may not be on disk yet, or undefined when it is. */
  pending(id: ObjectId): PackedObject | undefined {
    return this.#packs.get(id);
  }

  /** Id of the tree without entries, made sure to be in the store: the artifacts of a task that left none. */
  emptyTree(): ObjectId {
    return this.#packs.tree([]);
  }

  /** Writes what waits to a pack, so that other processes can read it. Not durable yet. */
  flush(): void {
    this.#packs.flush();
  }

  /** Makes everything added so far durable and moves the run's ref to it. Returns the commit. */
  checkpoint(): ObjectId {
    return this.#move(this.#write(), PATIENCE);
  }

  /**
   * Records how the run ended, in a last checkpoint; a successful run becomes the flow's branch, a spin does not. When this returns,
   * the run is what it is: what else failed is among the {@link troubles}.
   */
  finish(end: Pick<RunRecord, 'status' | 'finishedAt' | 'failure'>): ObjectId {
    this.#record = { ...this.#record, ...end };
    const commit = this.#move(this.#writeLast(), LAST_PATIENCE);
    const { flow, id, status, spinOf } = this.#record;
    this.#tag(commit, this.troubles);
    this.troubles.attempt('tags', () => moveTags(this.#repository.refs, { flow, id, commit }));
    if (status === 'successful' && !spinOf)
      this.troubles.attempt('branch', () => moveHead(this.#repository, flow, commit));
    this.troubles.attempt('clean-up', () => this.#packs.settle());
    return commit;
  }

  /** Gives the run those of its tags that it does not have yet. */
  #tag(commit: ObjectId, troubles: Troubles): void {
    const { flow, id } = this.#record;
    for (const tag of this.#untagged) {
      troubles.attempt('tags', () => {
        addTag(this.#repository.refs, { flow, id, commit }, tag);
        this.#untagged.delete(tag);
      });
    }
  }

  /** The last checkpoint holds all there is in one pack; where there is no room for that, the packs stay as they are. */
  #writeLast(): ObjectId {
    try {
      return this.#write({ isLast: true, whole: true });
    } catch (error) {
      const commit = this.#write({ isLast: true });
      this.troubles.add({ kind: 'merge', error });
      return commit;
    }
  }

  /** Writes a checkpoint, with `whole` one that needs no other pack of the run. Returns the commit. */
  #write({ isLast = false, whole = false } = {}): ObjectId {
    const { structure } = this.#packs;
    const steps = [...this.#steps].map(([name, tasks]) => folder(name, tasks.write(structure, whole)));
    const outputs = isLast ? this.#outputs(structure) : [];
    const tree = structure.tree([
      ...this.#fixed,
      file(LAYOUT.run, structure.blob(recordText(this.record))),
      ...(steps.length > 0 ? [folder(LAYOUT.steps, structure.tree(steps))] : []),
      ...(outputs.length > 0 ? [folder(LAYOUT.outputs, structure.tree(outputs))] : []),
    ]);
    const commit = structure.add(
      packObject('commit', encodeCommit(runCommit(this.#record, tree, this.#uses))),
    );
    if (whole) this.#packs.syncWhole();
    else this.#packs.sync();
    return commit;
  }

  /** What the tasks of wide steps came to, by step. */
  #outputs(structure: ObjectSink): TreeEntry[] {
    return [...this.#steps].flatMap(([name, tasks]) => {
      const outputs = tasks.size > WIDTH ? tasks.writeOutputs(structure) : undefined;
      return outputs === undefined ? [] : [folder(name, outputs)];
    });
  }

  /** Moves the run's ref. Nobody else moves it, so a damaged file of it is overwritten. */
  #move(commit: ObjectId, patience: number): ObjectId {
    const ref = refOf(this.#record);
    this.#repository.refs.update(ref, { to: commit, from: this.#commit, patience, mends: true });
    this.#commit = commit;
    this.#dirty = false;
    // From here on the record tells all that they did.
    this.logs.durable();
    return commit;
  }

  #fixedEntries(run: NewRun): TreeEntry[] {
    const entries = [file(LAYOUT.graph, this.#packs.blob(recordText(run.graph)))];
    if (run.code.size > 0) entries.push(folder(LAYOUT.code, filesTree(run.code, this.#packs)));
    if (run.parameters.length > 0) entries.push(folder(LAYOUT.parameters, this.#packs.tree(run.parameters)));
    if (run.constants.length > 0) entries.push(folder(LAYOUT.constants, this.#packs.tree(run.constants)));
    return entries;
  }
}

const file = (name: string, id: ObjectId): TreeEntry => ({ mode: '100644', name, id });
const folder = (name: string, id: ObjectId): TreeEntry => ({ mode: '40000', name, id });
