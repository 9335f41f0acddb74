import type {
  Digest,
  ExceptionRecord,
  GitRecord,
  GraphRecord,
  RunRecord,
  RunStatus,
  RunTotals,
  TaskRecord,
} from '#store';
import type { StepName, UntypedData } from './data-types.ts';
import type { FeedOptions, LogFeed } from './log-feed.ts';
import type { LogLine, TaskLog } from './log-line.ts';
import type { RunTable } from './tables/table-file.ts';
import type { ValuePath } from './value-path.ts';

/** What a run is doing or how it ended. `crashed`: its process is gone without having recorded an end. */
export type Status = RunStatus | 'crashed';

/** Members that every object of the client has. */
interface Named {
  /** Own name: a flow's or step's name, a run's id, a task's position, an artifact's name. */
  readonly id: string;
  /** Full name, `Flow/run/step/task/artifact` as far as it goes; an address. Also what `String(object)` gives. */
  readonly pathspec: string;
  toString(): string;
}

/**
 * A flow and its runs, those of the namespace in force (see `namespace`). Iterates its runs, newest first, opening each
 * only when it is reached. Everything is looked up anew each time, so a run that starts later is found.
 */
export interface Flow<D = UntypedData, F = unknown> extends Named, Iterable<Run<D, F>> {
  readonly kind: 'flow';
  /** The run that started last, whatever became of it. Throws NotFoundError when there is none. */
  readonly latestRun: Run<D, F>;
  /** The successful run that started last. Throws NotFoundError when there is none. */
  readonly latestSuccessfulRun: Run<D, F>;
  /** All runs that carry all of the tags, user and system tags alike, newest first. */
  runs(...tags: string[]): Runs<D>;
}

/** Runs, newest first: an array, with ways to select among them and to lay them out as a table. */
export interface Runs<D = UntypedData, F = unknown> extends Array<Run<D, F>> {
  /**
   * The runs for which a condition holds: a function, or an expression such as `"parameters/lr < 0.1 && status == 'successful'"`. Throws ExpressionError.
   */
  where(condition: string | ((run: Run<D, F>) => unknown)): Runs<D, F>;
  /** The first `count` of them: those that started last. */
  latest(count: number): Runs<D, F>;
  /**
   * An Arrow table with a row for each run, or for each task of one step: the columns `run`, `status`, `startedAt` and `seconds` (after `run`, `task`
   * when rows are tasks), then those named, each at an address within the run; within the task, when rows are tasks, also by name alone. What is missing is
   * null. Throws AddressError.
   */
  table(columns?: Columns, options?: TableOptions): RunTable;
  /**
   * The Arrow tables at an address within the runs, put under each other, with the columns `run` and `task` first: `concat('end/0/predictions')`. The step and
   * the task may be `*`; runs that have nothing there are passed over. A column that a table lacks is null there, and integers become floats
   * beside floats. Throws NotFoundError when no run has anything there, and ArgumentError for what is no table, or has a column of another type.
   */
  concat(address: string): RunTable;
  /** As of any array: these runs, and more. */
  concat(...items: (Run<D, F> | ConcatArray<Run<D, F>>)[]): Run<D, F>[];
}

/** Columns by name, and the address within the run where each finds its value: `{ lr: 'parameters/lr', loss: 'end/0/loss' }`. */
export type Columns = Readonly<Record<string, string>>;

/** What a row of a table of runs is: a run, or a task of one step. */
export type TableOptions =
  | { readonly per?: 'run'; readonly step?: undefined }
  | { readonly per: 'task'; readonly step: string };

/**
 * A run. While it goes on, every look at a member reads the store again and shows how far it has come; once it has
 * ended it never changes, save for its user tags. Iterates its steps.
 */
export interface Run<D = UntypedData, F = unknown> extends Named, Iterable<Step<D>> {
  readonly kind: 'run';
  readonly parent: Flow<D, F>;
  /**
   * The data of the end task: its artifacts, and the run's parameters and constants. A run that has no end task yet, or
   * never will, has parameters and constants only. Names and rules as for {@link Task.data}.
   */
  readonly data: D;
  /** The steps that have recorded tasks, in the order of the graph. */
  steps(): Step<D>[];
  /**
   * The attempts that run, once they have done so for a moment, as they are now; of a crashed run those that ran when it did. Each is looked
   * at here: when it has been recorded, it has nothing more.
   */
  runningTasks(): Task<D>[];
  /** What its tasks write, as it comes: see {@link LogFeed}. */
  logFeed(options?: FeedOptions): LogFeed;
  /** One step. Throws NotFoundError when the run has no task of that step. */
  step<const K extends string>(name: StepName<F, K>): Step<D>;
  /** The task of the step `end`, or null as long as it has not been recorded. */
  readonly endTask: Task<D> | null;
  readonly status: Status;
  /**
   * Whether the run has ended, in whatever way: true for every status but `running`. (Metaflow, which stores no failure,
   * says false of a failed run; here `while (!run.finished)` always comes to an end.)
   */
  readonly finished: boolean;
  /** Whether the run has ended well: its end task was recorded and nothing failed for good. */
  readonly successful: boolean;
  readonly createdAt: Date;
  /** When the run recorded its end; null while it runs and for a crashed run. */
  readonly finishedAt: Date | null;
  /** User and system tags, sorted. */
  readonly tags: readonly string[];
  readonly userTags: readonly string[];
  /** Tags Oxbow gave the run when it started, such as `user:<name>`; they cannot be changed. */
  readonly systemTags: readonly string[];
  /**
   * Adds user tags, one or several or lists of them; one that is there already, or is a system tag, changes nothing. Throws
   * TagError when one is no tag or they become too many, and NotFoundError when the run has been deleted, before any change.
   */
  addTag(...tags: (string | readonly string[])[]): void;
  /** Removes user tags; one that is not there changes nothing. Throws as {@link addTag}, also for a system tag. */
  removeTag(...tags: (string | readonly string[])[]): void;
  /** Removes tags, then adds others. Throws as {@link removeTag}. */
  replaceTag(remove: string | readonly string[], add: string | readonly string[]): void;
  /** The source files the run was made with. */
  readonly code: Code;
  /** The parameters' values, loaded on touch. */
  readonly parameters: D;
  /** The run this one was resumed from, or null. Its members throw NotFoundError if it has been deleted. */
  readonly origin: Run<D, F> | null;
  /** The run's record as stored: user, process, versions, totals, what made it fail. */
  readonly metadata: RunRecord;
  /** Tasks recorded so far, and the bytes they made: how many were new to the store. */
  readonly totals: RunTotals;
  /** The steps of the flow and their transitions, in topological order, run or not. */
  readonly graph: GraphRecord;
}

/** A step of a run. Iterates its tasks in order of position. */
export interface Step<D = UntypedData> extends Named, Iterable<Task<D>> {
  readonly kind: 'step';
  readonly parent: Run<D>;
  /** The recorded tasks in order of position: foreach splits by index, loop iterations by number. */
  tasks(): Task<D>[];
  /** The first task. */
  readonly task: Task<D>;
}

/**
 * One execution of a step. Iterates its artifacts. In a run that goes on, a retried task shows its newest recorded attempt. A task that
 * runs can be opened by its address once it has run for a moment; it has its log, but no artifacts yet.
 */
export interface Task<D = UntypedData> extends Named, Iterable<Artifact> {
  readonly kind: 'task';
  readonly parent: Step<D>;
  /**
   * Values by name, each loaded when it is touched: the task's artifacts, inherited ones included, then the run's
   * parameters and constants. An unknown name throws NotFoundError listing what exists; `'x' in data` asks without
   * throwing. Names that begin with `_` are left out of listings but can be read. What is loaded is kept for the next
   * look within limits, and cannot be assigned to.
   */
  readonly data: D;
  /** The task's artifacts alone, without parameters and constants and without names that begin with `_`. */
  readonly artifacts: NamedArtifacts<D>;
  /** What the task wrote, as text. Throws a TooLargeError for more than 256 MiB: {@link log} is read piece by piece. */
  readonly stdout: string;
  readonly stderr: string;
  /** What the task wrote, line by line in the order it came; of one stream or of both. */
  logLines(stream?: LogLine['stream']): LogLine[];
  /** What the task wrote, or has written so far, for those who read it piece by piece: it may not fit into memory. */
  readonly log: TaskLog;
  /** What made the task fail, or null when it was successful. */
  readonly exception: ExceptionRecord | null;
  /** The error that `@catchError`, or another decorator of the step, caught, or null. Such a task counts as successful. */
  readonly caught: ExceptionRecord | null;
  /** Position in the innermost foreach, or null outside one. */
  readonly index: number | null;
  /** Whether the task has ended, well or not. */
  readonly finished: boolean;
  readonly successful: boolean;
  /** Number of this attempt, counted from 0: how often the task was tried before. */
  readonly attempt: number;
  /**
   * All attempts in order, each with its own data, logs and exception; the last of them is what the task itself shows. They have
   * the task's pathspec, which names the last one only.
   */
  attempts(): Task<D>[];
  readonly createdAt: Date;
  /** Null while the task runs. */
  readonly finishedAt: Date | null;
  /** Whether it was taken over from an earlier run, by a resume or for `--reuse`, instead of being executed. */
  readonly taken: boolean;
  /**
   * Of a task that was taken over: the task whose execution it comes from, as `Flow/run/step/task`. Null for one that was executed, and when
   * the run it comes from has been deleted.
   */
  readonly originPathspec: string | null;
  /** The tasks it continued from, in input order. */
  readonly parentTasks: Task<D>[];
  /** The recorded tasks that continued from it, in order of step and position. */
  readonly childTasks: Task<D>[];
  /** The task's record as stored, and what was true of its run. */
  readonly metadata: TaskRecord & Pick<RunRecord, 'user' | 'versions'> & { readonly host: string };
}

/** The artifacts of a task in the order of their names; those that the flow's class declares also by name. */
export type NamedArtifacts<D> = readonly Artifact[] & {
  readonly [K in keyof D & string as string extends K ? never : K]: Artifact<D[K]>;
};

/** A stored value: an artifact of a task, or a parameter or constant of a run. */
export interface Artifact<T = UntypedData[string]> extends Named {
  readonly kind: 'artifact';
  /** The same as `id`. */
  readonly name: string;
  /** The task, or the run for a parameter or constant. */
  readonly parent: Task | Run;
  /** The way into the value that the artifact's address gave after `#`; `data` follows it. Usually empty. */
  readonly path: ValuePath;
  /** The value, loaded on touch. Reading never executes code from it. */
  readonly data: T;
  /**
   * A part of the value, by a path such as `opt.lr`, `[-1]` or `rows[10:20]`; no more of the value is read than that takes.
   * Throws NotFoundError or AddressError.
   */
  at(path: string): UntypedData[string];
  /**
   * Some elements, counted as Array.prototype.slice does, without reading the others: of an array, typed array or text the
   * same, of a table a table of those rows, of a file its bytes. The same as `at('[from:to]')`. Throws NotFoundError.
   */
  slice(from?: number, to?: number): UntypedData[string];
  /** A column of a table as an Arrow vector, or some rows of it; other columns are not read. Throws NotFoundError. */
  column(name: string, from?: number, to?: number): UntypedData[string];
  /**
   * How the value at this place changed: the artifact there in each run in which it changed, newest first, starting with this run.
   * Runs that have nothing there are passed over.
   */
  history(): Artifact<T>[];
  /** The artifact where exactly this value was first made: in the earliest run of the flow that has it here, in the task that did not inherit it. */
  blame(): Artifact<T>;
  /**
   * The artifacts of other runs that went into it: read through the client by the task that made it, or by a task before that whose values it read. Those of
   * deleted runs are left out. Empty for parameters and constants.
   */
  uses(): Artifact[];
  /** The tasks of other runs that read this value through the client, here or where a later task of its run inherited it. */
  usedBy(): Task[];
  /** What it was made from: the artifacts of other runs that went into it, what went into those, and so on. */
  lineageUp(options?: LineageOptions): LineageNode[];
  /** Where it was used: the tasks of other runs that read it, or what was made of it, those that read what these tasks made, and so on. */
  lineageDown(options?: LineageOptions): LineageNode[];
  /** Identity of the whole value: equal digests mean equal values. */
  readonly digest: Digest;
  /** Size of the whole value in bytes, uncompressed. */
  readonly size: number;
  /** Bytes the value takes on disk, compressed as it is, parts it shares with other values included. Reads none of them, so damage does not show. */
  readonly storedSize: number;
  /** A few words on the value, such as `array[3]` or `Float64Array[1000]`. */
  readonly type: string;
  /** When the task that has the artifact ended, or the run of a parameter or constant began. */
  readonly createdAt: Date;
}

/** How far a lineage is followed. */
export interface LineageOptions {
  /** Through at most so many runs. */
  readonly depth?: number | undefined;
}

/** An artifact or task in a lineage, and what lies beyond it. */
export interface LineageNode {
  /** An artifact, as `Flow/run/step/task/name`, or a task that read one. */
  readonly address: string;
  /** It was `read` through the client, `reused` instead of being made anew, or is the content of a `file`. */
  readonly how: 'read' | 'reused' | 'file';
  /** On the way up: the task that read it, or that stands in its place. */
  readonly by?: string;
  /** What is damaged there, so that nothing beyond it is known. */
  readonly problem?: string;
  /** Its run has been deleted. */
  readonly isGone: boolean;
  /** It stands in the lineage before, with what lies beyond it. */
  readonly isRepeated: boolean;
  readonly children: readonly LineageNode[];
}

/** The flow's source files as they were when the run began, package.json and lock file of its project with them. */
export interface Code {
  /** Path of the flow's own file. */
  readonly entry: string;
  /** Name of the flow's class in it. */
  readonly class: string;
  /** Where the user's repository stood: commit, branch, and whether these files differ from it; null when there was none. */
  readonly git: GitRecord | null;
  /** Paths of all files, sorted. No path leads out of the folder it is written to. */
  files(): string[];
  /** The text of a file, of the entry when none is named. Throws NotFoundError. */
  read(path?: string): string;
  /** All files: their bytes by path, in the order of the paths. */
  contents(): ReadonlyMap<string, Buffer>;
}
