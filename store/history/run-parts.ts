import type { LongBlob } from '../git/long-blob-write.ts';
import type { PackedObject } from '../git/packed-object.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';
import type { LiveLog } from './live-log.ts';
import type { WorkerPack } from './run-packs.ts';
import type { GraphRecord, RunRecord, TaskRecord } from './schema.ts';

/** What a run consists of before its first task. */
export interface NewRun {
  readonly record: RunRecord;
  readonly graph: GraphRecord;
  /** The flow's source files by path within code/. */
  readonly code: ReadonlyMap<string, Uint8Array>;
  /** Artifact entries; their objects are in `objects`. */
  readonly parameters: readonly TreeEntry[];
  readonly constants: readonly TreeEntry[];
  readonly objects: readonly PackedObject[];
  /** Uncompressed bytes of parameters and constants. */
  readonly logical?: number;
}

/** A finished attempt of a task, ready to be recorded. */
export interface FinishedTask {
  readonly record: TaskRecord;
  /** The tree of its artifacts, inherited ones included. */
  readonly artifacts: ObjectId;
  readonly stdout: Uint8Array | LongBlob;
  readonly stderr: Uint8Array | LongBlob;
  /** Objects the task made that are in no pack yet. */
  readonly objects: readonly PackedObject[];
  /** Packs the task's worker wrote, synced but for their names. */
  readonly packs?: readonly WorkerPack[];
  /** Where others read its output until it is durable. */
  readonly live?: LiveLog | undefined;
  /** Uncompressed bytes of the artifacts it made. */
  readonly logical?: number;
}

/** A task of an earlier run that a run takes over instead of executing it. */
export interface TakenTask {
  readonly record: TaskRecord;
  /** Its tree: the earlier task's own, or one made of it. */
  readonly tree: ObjectId;
  /** The earlier run, as `Flow/id`. */
  readonly from: string;
  /** The tree of its artifacts, where it is known. */
  readonly artifacts?: ObjectId;
  /** Objects of a tree that was made of it. */
  readonly objects?: readonly PackedObject[];
}
