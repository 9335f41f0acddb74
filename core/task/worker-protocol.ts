import type { Digest, ExceptionRecord, ObjectId, PackedObject, TreeEntry, WorkerPack } from '#store';
import type { InputRef } from './inputs-view.ts';
import type { Inspection } from './inspection.ts';

/** Lets a worker import the flow while the run is being recorded. Whether that went well is answered to {@link LoadMessage}. */
export interface ImportMessage {
  readonly type: 'import';
  readonly bundle: { readonly entry: string; readonly file: string };
  /** Name of the flow's class. */
  readonly flow: string;
  readonly store: string;
  /** Names the scheduler's process in the marks of the programs that tasks start. */
  readonly programsToken: string;
}

/** What all tasks of the run share. */
export interface LoadMessage extends Omit<ImportMessage, 'type'> {
  readonly type: 'load';
  readonly runId: string;
  readonly originRunId?: string;
  readonly username: string;
  readonly tags: readonly string[];
  /** Fields of the configs and parameters, by name as declared. */
  readonly parameterFields: readonly (readonly [string, string])[];
  /** Which of those fields are configs. */
  readonly configs: readonly string[];
  /** Which of those fields other field initialisers use. */
  readonly fieldReads: readonly string[];
  readonly parameters: readonly TreeEntry[];
  readonly constants: readonly TreeEntry[];
  /** Values of the secret parameters, by field: they are in no store. */
  readonly secrets: readonly (readonly [string, unknown])[];
  /** SHA-256 of the flow's code around its steps. */
  readonly sharedCode: string;
  /** Objects of parameters and constants. */
  readonly objects: readonly PackedObject[];
  /** Text of the .keep file of packs the worker writes. */
  readonly keep: string;
  /** Random text that ends a task's output on its pipes. */
  readonly endMark: string;
  /** Names of decorators that do not count. */
  readonly setAside?: readonly string[];
  readonly inspect?: Inspection;
}

/** A level of the foreach nest, with where its list is. */
export interface OrderFrame {
  readonly step: string;
  readonly variable: string;
  readonly index: number;
  readonly numSplits: number;
  /** Artifacts of the task that split. */
  readonly artifacts: ObjectId;
}

/** Orders for a worker, to be worked off one after the other, those of a shared step at a time. */
export interface OrdersMessage {
  readonly type: 'orders';
  readonly orders: readonly TaskOrder[];
}

/** Where a step goes by its source. */
export interface StepAhead {
  readonly next: readonly string[];
  /** The artifact a foreach iterates or a switch looks at. */
  readonly variable?: string;
  readonly cases?: readonly { readonly case: string; readonly step: string }[];
}

/** What is to be known of an attempt. */
export interface AttemptOrder {
  /** Counted from 0. */
  readonly attempt: number;
  /** No retry follows: what fails now has failed for good. */
  readonly isLast: boolean;
  /** Where the step goes by its source, for one whose decorators may take its errors. */
  readonly ahead?: StepAhead;
  /** The attempt has ended with the death of its process, which is to be caught: the step is not called. */
  readonly died?: ExceptionRecord;
  /** Others of its step may run in the same process at the same time. */
  readonly isShared: boolean;
}

/** What is to be done in one attempt of one task. */
export interface TaskDraft extends AttemptOrder {
  readonly step: string;
  readonly task: string;
  readonly inputs: readonly InputRef[];
  /** Inputs are static branches, found by step name. */
  readonly namedInputs: boolean;
  /** Outermost first. */
  readonly frames: readonly OrderFrame[];
  /** For a join: artifacts of the task whose split it closes. */
  readonly splitArtifacts?: ObjectId;
  /** Objects the task may read that are in no pack yet. */
  readonly objects: readonly PackedObject[];
}

/** Order to run one attempt of one task. */
export interface TaskOrder extends TaskDraft {
  /** Counted by the worker process that gets it. */
  readonly id: number;
}

/** Asks a worker to give up the orders it has not begun. */
export interface DropMessage {
  readonly type: 'drop';
}

/** Asks a worker to end. */
export interface EndMessage {
  readonly type: 'end';
}

/** Messages to a worker. */
export type ToWorker = ImportMessage | LoadMessage | OrdersMessage | DropMessage | EndMessage;

/** The worker has loaded the flow. */
export interface ReadyMessage {
  readonly type: 'ready';
}

/** The worker cannot load the flow; it ends by itself. */
export interface LoadFailedMessage {
  readonly type: 'load-failed';
  readonly exception: ExceptionRecord;
}

/** A debugger can come, at this URL of the Chrome DevTools protocol. */
export interface InspectingMessage {
  readonly type: 'inspecting';
  readonly url: string;
}

/** How a task's step went. */
export interface TaskResult {
  readonly type: 'result';
  /** Which order it answers. */
  readonly id: number;
  /** The order that begins herewith. */
  readonly next?: number;
  /** How long it took. */
  readonly milliseconds: number;
  /** Where to go on; absent when the task failed, empty after `end`. */
  readonly transition?: ResultTransition;
  readonly exception?: ExceptionRecord;
  /** The exception was taken by a decorator: the task is successful, and has a transition. */
  readonly isCaught: boolean;
  /** The condition of its retries says that none follows. */
  readonly isFinal?: boolean;
  /** Code of the step may go on behind the worker's back: the worker ends after this. */
  readonly isSpoilt: boolean;
  /** Tree of the task's artifacts. */
  readonly artifacts: ObjectId;
  readonly entries: readonly TreeEntry[];
  /** Objects the task made that are in no pack. */
  readonly objects: readonly PackedObject[];
  /** Packs the worker wrote for the task: not synced, with a .keep. */
  readonly packs: readonly WorkerPack[];
  /** Bytes of the artifacts it made, uncompressed: of all that it did not hand on as they were. */
  readonly logical: number;
  readonly reads: { readonly [name: string]: Digest };
  readonly assigned?: readonly string[];
  readonly uses: { readonly [address: string]: Digest };
  /** SHA-256 of the step's source text, and of what is around the steps. */
  readonly code: string;
  readonly sharedCode: string;
}

/** A transition as a worker reports it. */
export interface ResultTransition {
  readonly steps: readonly string[];
  readonly foreach?: { readonly variable: string; readonly numSplits: number };
  readonly switch?: { readonly variable: string; readonly case: string };
}

/** The worker has given up orders, none of which it had begun. */
export interface DroppedMessage {
  readonly type: 'dropped';
  readonly orders: readonly number[];
}

/** The worker begins an order. Of one that begins right after another the result of that one says so. */
export interface BegunMessage {
  readonly type: 'begun';
  readonly id: number;
}

/** A step that has a limit has returned or was ended for taking too long: what follows is the engine's. */
export interface ReturnedMessage {
  readonly type: 'returned';
  readonly id: number;
}

/** The process is about to end, and why: by the code of which order, which may have ended before. */
export interface LastWordsMessage {
  readonly type: 'last-words';
  readonly id: number;
  readonly exception: ExceptionRecord;
}

/** Messages from a worker. */
export type FromWorker =
  | ReadyMessage
  | LoadFailedMessage
  | InspectingMessage
  | DroppedMessage
  | BegunMessage
  | ReturnedMessage
  | LastWordsMessage
  | TaskResult;
