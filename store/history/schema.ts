import type { Digest } from '../ids.ts';

/** Version of the records below, written into every run.json. A reader refuses a greater one. */
export const SCHEMA_VERSION = 1;

/** How far a run has come, as its writer last recorded it. A `running` run whose process is gone is shown as crashed. */
export type RunStatus = 'running' | 'successful' | 'failed' | 'interrupted';

/**
 * How an attempt of a task ended. `killed`: its process died or was ended before the step returned. `running` is never recorded: it
 * is the status of an attempt that is seen while it runs.
 */
export type TaskStatus = 'successful' | 'failed' | 'killed' | 'running';

/** An error as it is kept: plain data, never code. */
export interface ExceptionRecord {
  readonly name: string;
  readonly message: string;
  /** Stable code of an Oxbow error, or Node's `error.code`. */
  readonly code?: string;
  /** Stack trace with source positions of the flow's own files. */
  readonly stack?: string;
  readonly cause?: ExceptionRecord;
}

/** The process that runs, or ran, a run: enough to tell whether it still lives. */
export interface ProcessRecord {
  readonly pid: number;
  readonly host: string;
  /** Linux: the boot id, so that a pid from before a restart is not taken for a living one. */
  readonly boot?: string;
  /** Linux: when it was started, in clock ticks since the boot, so that a pid given away again is not taken for it. */
  readonly start?: number;
  /** Linux: the pid namespace its pid counts in. */
  readonly space?: number;
}

/** The code of a run. */
export interface CodeRecord {
  /** The flow's file within code/. */
  readonly entry: string;
  /** Where that file lay, as a path from the store's folder, with `/`; absent in records of early versions. */
  readonly file?: string;
  /** The flow's class in it. */
  readonly class: string;
  /** The user's repository that the flow's file lies in, as it was when the run began; absent when there is none. */
  readonly git?: GitRecord;
  /** Proof, for the user who made the run, that they did; absent where no key can be kept, and in records of early versions. */
  readonly seal?: CodeSeal;
}

/** Keyed digests in hex; only who has the user's key can make or check them. */
export interface CodeSeal {
  /** Over flow, run id, code, entry and class. */
  readonly code: string;
  /** Over the same and the absolute path of the flow's file. */
  readonly file: string;
}

/** The state of a user's repository. */
export interface GitRecord {
  readonly commit: string;
  /** Absent when no branch is checked out. */
  readonly branch?: string;
  /** Whether files of code/ differ from that commit or are not in it; absent when it was not found out. */
  readonly dirty?: boolean;
}

/** Contents of run.json. Times are ISO 8601 in UTC with milliseconds. */
export interface RunRecord {
  readonly schema: number;
  readonly flow: string;
  readonly id: string;
  readonly status: RunStatus;
  readonly createdAt: string;
  readonly finishedAt?: string;
  readonly user: string;
  readonly process: ProcessRecord;
  readonly versions: { readonly oxbow: string; readonly node: string };
  /** User tags given when the run started; the refs under refs/tags/ say what they are now. */
  readonly tags: readonly string[];
  readonly systemTags: readonly string[];
  /** The run this one was resumed from, as `Flow/id`. */
  readonly origin?: string;
  /** Set in a spin, a run of one task that was executed once more: that task, as `Flow/run/step/task`. */
  readonly spinOf?: string;
  readonly code: CodeRecord;
  /** Names of the parameters, in the order the flow declares them. */
  readonly parameters: readonly string[];
  /** Names of the configs, whose values lie beside the parameters; absent when there are none. */
  readonly configs?: readonly string[];
  /** Names of the parameters that are contents of files (`IncludeFile`); absent when there are none. */
  readonly files?: readonly string[];
  /** What ended a failed run: the task as `step/task` and its exception. */
  readonly failure?: { readonly task?: string; readonly exception: ExceptionRecord };
  /** Earlier runs whose finished tasks this one points at, as `Flow/id`. */
  readonly takenFrom?: readonly string[];
  readonly totals: RunTotals;
}

/** Tasks recorded so far, and what they and earlier attempts of them brought. Records of early versions count no bytes. */
export interface RunTotals {
  readonly tasks: number;
  readonly failed: number;
  /** How many of the tasks were taken over from earlier runs instead of being executed. */
  readonly taken?: number;
  /**
   * Bytes, uncompressed, of the parameters, the constants and all that tasks assigned or changed: of every artifact but
   * those handed on as they were.
   */
  readonly logicalBytes?: number;
  /** How many of the logical bytes the store had already: from other runs, or from this one. */
  readonly knownBytes?: number;
  /** What the rest takes in the store: compressed, each object once. */
  readonly newBytes?: number;
  /** Of steps of more than 256 tasks what their records come to, so that not all of them have to be read. */
  readonly wideSteps?: readonly WideStepTotals[];
}

/** What the recorded tasks of a step came to. */
export interface WideStepTotals {
  readonly step: string;
  readonly tasks: number;
  readonly failed: number;
  /** Attempts that wrote something, or may have. */
  readonly withOutput: number;
  /** When the first attempt began. */
  readonly startedAt: string;
  /** When the last one ended. */
  readonly finishedAt: string;
}

/** One level of the foreach nest a task stands in. */
export interface FrameRecord {
  /** The step that split. */
  readonly step: string;
  /** The task of that step, whose artifact was iterated. */
  readonly task: string;
  /** The artifact that was iterated. */
  readonly variable: string;
  readonly index: number;
  readonly numSplits: number;
}

/** What a task's `this.next(...)` chose. */
export interface TransitionRecord {
  readonly steps: readonly string[];
  readonly foreach?: { readonly variable: string; readonly numSplits: number };
  readonly switch?: { readonly variable: string; readonly case: string };
}

/**
 * Why a task was executed though an earlier run was there to take it over from: the first reason found. `of`: the earlier
 * task that was looked at, as `Flow/run/step/task`.
 */
export interface WhyRecord {
  readonly kind:
    | 'asked' // this step, or one before it, was to run again
    | 'never-ran' // the earlier run has no such task
    | 'failed' // it failed there
    | 'killed' // its process died there, or was ended
    | 'caught' // it counted as successful there only because its error was caught
    | 'parameter' // a parameter it read has another value
    | 'constant' // a class constant it read has another value
    | 'artifact' // an artifact it read came out different
    | 'names' // there is an artifact more, or one less, than it could see
    | 'inputs' // it continued from other tasks
    | 'step-code' // the step's own code changed
    | 'shared-code' // code of the flow outside of its steps changed
    | 'transition' // it went on to steps that the flow does not have there any more
    | 'uses' // it read other runs, of which there may be newer ones
    | 'opted-out' // the step is never to be taken over
    | 'damaged'; // what the earlier run recorded of it cannot be read
  /** What changed: the step asked for, the name of the parameter, artifact or input, the address of the other run. */
  readonly name?: string;
  readonly of?: string;
}

/** Bytes in the middle of a log that were not kept: where, how many, and the length of the line that stands there instead. */
export type LeftOut = readonly [at: number, bytes: number, mark: number];

/** Contents of task.json. */
export interface TaskRecord {
  readonly step: string;
  readonly task: string;
  readonly attempt: number;
  readonly status: TaskStatus;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly pid?: number;
  /** The tasks it continued from, as `step/task`, in input order. */
  readonly parents: readonly string[];
  /** Outermost first; empty outside a foreach. */
  readonly frames: readonly FrameRecord[];
  /** Iteration of a loop step, counted from 0. */
  readonly iteration?: number;
  readonly transition?: TransitionRecord;
  /** SHA-256 of the step's source text. */
  readonly code?: string;
  /** SHA-256 of the flow's compiled code around its steps: what every step shares. */
  readonly sharedCode?: string;
  /**
   * What the task read of this run, by name, with digests: `name` of the task before, `step/task/name` of an input,
   * `step/list#[3]` one element of a foreach and `step/list` the whole of it, `parameters/name`, `constants/name`, and `*` all
   * inputs at once, as merging looks at them.
   */
  readonly reads: { readonly [name: string]: Digest };
  /** Artifacts that were assigned without being read and came out as they were before. */
  readonly assigned?: readonly string[];
  /** Artifacts of other runs the task read, by address. */
  readonly uses?: { readonly [address: string]: Digest };
  /** In a run that could take tasks over from earlier ones: why this one was executed. */
  readonly why?: WhyRecord;
  /** The task this one was made of without being executed, as `Flow/run/step/task`; one taken over whole has its tree instead. */
  readonly madeFrom?: string;
  /** What made it fail; of a successful task the error that was caught. */
  readonly exception?: ExceptionRecord;
  /** When the next attempt was due, for one that failed and was to be followed by another. */
  readonly retryAt?: string;
  /** When output arrived: [milliseconds since startedAt, 0 stdout | 1 stderr, bytes]; the bytes are in the logs. */
  readonly output?: readonly (readonly [number, 0 | 1, number])[];
  /** What of a log that grew too long is missing. */
  readonly leftOut?: { readonly stdout?: LeftOut; readonly stderr?: LeftOut };
}

/** What is known of an attempt that runs. Not part of a run's tree: see live-log.ts. */
export interface RunningTaskRecord
  extends Pick<TaskRecord, 'step' | 'task' | 'attempt' | 'startedAt' | 'pid' | 'parents' | 'frames'> {
  readonly status: 'running';
  /** Most bytes of each stream that are kept; absent when there is no limit. */
  readonly maxLogSize?: number;
}

/** The way a step hands on. */
export type StepKind = 'linear' | 'split' | 'foreach' | 'switch' | 'end';

/** A decorator of a step beside `@step`. */
export interface DecoratorRecord {
  /** Without the `@`. */
  readonly name: string;
  /** Its options, plain JSON. */
  readonly options: { readonly [name: string]: unknown };
}

/** One step in graph.json. */
export interface StepRecord {
  readonly name: string;
  readonly kind: StepKind;
  /** True when the step takes `inputs`. */
  readonly join: boolean;
  readonly next: readonly string[];
  /** The artifact a foreach iterates or a switch looks at. */
  readonly variable?: string;
  /** Switch cases, in source order. */
  readonly cases?: readonly { readonly case: string; readonly step: string }[];
  /** Options of its `@step`, plain JSON; absent when there are none. */
  readonly options?: { readonly [name: string]: unknown };
  /** Outermost first; absent when there are none. */
  readonly decorators?: readonly DecoratorRecord[];
  readonly doc?: string;
  /** Path within code/ and line, counted from 1. */
  readonly file?: string;
  readonly line?: number;
}

/** Contents of graph.json: the steps in topological order. */
export interface GraphRecord {
  readonly flow: string;
  readonly doc?: string;
  readonly steps: readonly StepRecord[];
}
