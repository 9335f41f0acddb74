import type { ExceptionRecord, RunRecord, TroubleKind, WhyRecord } from '#store';

/** A task as events name it. */
export interface TaskName {
  readonly step: string;
  readonly task: string;
  readonly attempt: number;
}

/** Everything that happens while a run goes on, in order. The engine prints nothing: presenters choose the words. */
export type RunEvent =
  | RunStarted
  | InspectorListening
  | TaskStarted
  | TaskTaken
  | TaskOutput
  | TaskOpenLine
  | ForeachSplit
  | TaskFinished
  | TaskFailed
  | TaskRetrying
  | RunStopping
  | RunTrouble
  | RunFinished;

interface Timed {
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** The run's ref exists, with status running. */
export interface RunStarted extends Timed {
  readonly type: 'run-started';
  readonly flow: string;
  readonly runId: string;
  /** Folder of the store. */
  readonly store: string;
  /** The run it is resumed from, as `Flow/id`. */
  readonly origin?: string;
  /** The task that this spin executes once more, as `Flow/run/step/task`. */
  readonly spinOf?: string;
}

/** A debugger can come to the process of the task. */
export interface InspectorListening extends Timed {
  readonly type: 'inspector-listening';
  /** A WebSocket of the Chrome DevTools protocol. */
  readonly url: string;
  /** Nothing goes on before one has come. */
  readonly waits: boolean;
}

/** A worker has taken the task up. */
export interface TaskStarted extends Timed {
  readonly type: 'task-started';
  readonly task: TaskName;
  readonly pid: number;
  /** In a run that could have taken it over from an earlier one: why it is executed. */
  readonly why?: WhyRecord;
  /** This attempt was started before, beside others of its step, and one of these, or maybe it itself, ended the process. */
  readonly isAgain?: boolean;
}

/** The task was taken over from an earlier run, given as `Flow/id`, and is durable in this one. */
export interface TaskTaken extends Timed {
  readonly type: 'task-taken';
  readonly task: TaskName;
  readonly from: string;
  /** In a resumed run: the code of its step, or code outside of the steps, has changed since the task was executed. */
  readonly changed?: 'step-code' | 'shared-code';
}

/**
 * A task has written something; `text` is whole lines, or what was left at the end, without the last newline.
 */
export interface TaskOutput extends Timed {
  readonly type: 'task-output';
  readonly task: TaskName;
  readonly pid: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** The text is a piece of a very long line, which goes on in the next text of the stream. */
  readonly goesOn?: true;
}

/**
 * A task has begun a line, or gone on with it, and not ended it: a prompt, a progress bar. `text` is the end of the line so far. Told
 * now and then, and not instead of {@link TaskOutput}, which follows with the whole line.
 */
export interface TaskOpenLine extends Timed {
  readonly type: 'task-open-line';
  readonly task: TaskName;
  readonly pid: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** A foreach yields `splits` tasks of step `next`. */
export interface ForeachSplit extends Timed {
  readonly type: 'foreach-split';
  readonly task: TaskName;
  readonly next: string;
  readonly splits: number;
}

/** The task is done and durable. */
export interface TaskFinished extends Timed {
  readonly type: 'task-finished';
  readonly task: TaskName;
  readonly pid: number;
  readonly milliseconds: number;
  /** The error of its step, which a decorator took: the run goes on as if there had been none. */
  readonly caught?: ExceptionRecord;
}

/**
 * The task's step threw, its result could not be kept, or its process died, and no retry follows; recorded and durable. Also
 * told of a task whose retry is given up because the run stops.
 */
export interface TaskFailed extends Timed {
  readonly type: 'task-failed';
  readonly task: TaskName;
  readonly pid: number;
  readonly exception: ExceptionRecord;
  /** It failed only because the engine ended its process, for the run was stopping. */
  readonly isStopped: boolean;
}

/** An attempt failed, is recorded and durable, and another follows it. */
export interface TaskRetrying extends Timed {
  readonly type: 'task-retrying';
  /** The attempt that failed. */
  readonly task: TaskName;
  readonly pid: number;
  readonly exception: ExceptionRecord;
  /** Which retry follows, from 1, and how many there may be. */
  readonly retry: number;
  readonly retries: number;
  /** How long it waits, from when the attempt failed. */
  readonly delayMilliseconds: number;
}

/** No new tasks start: a task failed or the user asked. `active` tasks get `graceSeconds` to finish. */
export interface RunStopping extends Timed {
  readonly type: 'run-stopping';
  readonly reason: 'failed' | 'interrupted';
  readonly active: number;
  readonly graceSeconds: number;
}

/**
 * Something beside the tasks failed, which does not change the result of the run: a pointer to it, the order of its packs, the removal
 * of what is needless. The next run, `flow gc` or `flow fsck` makes good for it. May follow {@link RunFinished}.
 */
export interface RunTrouble extends Timed {
  readonly type: 'run-trouble';
  readonly kind: TroubleKind;
  readonly exception: ExceptionRecord;
}

/** The run's last checkpoint is durable. */
export interface RunFinished extends Timed {
  readonly type: 'run-finished';
  readonly record: RunRecord;
}
