import { OxbowError } from '#store';

/** A place in the flow's source. */
export interface SourcePlace {
  /** Path of the file, as given or absolute. */
  readonly file: string;
  /** Line, counted from 1. */
  readonly line: number;
}

/** Something wrong with a flow that can be said before it runs. */
export interface Problem {
  /** Stable name of the check that found it. */
  readonly check: string;
  /** One sentence that names the step and says what to do. */
  readonly message: string;
  readonly step?: string;
  readonly place?: SourcePlace;
}

/** A flow's graph or parameters are wrong; carries every problem found. */
export class FlowProblemsError extends OxbowError {
  override readonly code = 'FlowProblemsError';
  readonly problems: readonly Problem[];

  constructor(flow: string, problems: readonly Problem[]) {
    const lines = problems.map(
      ({ message, place }) => (place ? `${place.file}:${place.line}: ` : '') + message,
    );
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super(`${flow} has ${count}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/** A flow file cannot be loaded: it is not there, does not compile, throws, or holds no flow. */
export class LoadFlowError extends OxbowError {
  override readonly code = 'LoadFlowError';
  readonly file: string;

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(`The flow file ${file} ${problem}`, options);
    this.file = file;
  }
}

/** A flow was given by its class, and no file is known that defines it: other processes could not load it. */
export class FlowClassError extends OxbowError {
  override readonly code = 'FlowClassError';

  constructor(flow: string) {
    super(
      `The file that defines the flow ${flow || 'without a name'} was not found. ` +
        "Export the class from a file of its own and give that file: new Runner('file.ts').",
    );
  }
}

/** What is wrong with the value of one parameter or config. */
export interface ParameterProblem {
  /** Name of the field, or the unknown name as it was given. */
  readonly parameter: string;
  /** One sentence that names it and says what to do. */
  readonly message: string;
}

/** Parameters or configs are missing, unknown, or have values that do not fit; carries every problem found. */
export class ParameterError extends OxbowError {
  override readonly code = 'ParameterError';
  readonly problems: readonly ParameterProblem[];

  constructor(problems: readonly ParameterProblem[], options?: ErrorOptions) {
    super(problems.map(({ message }) => message).join('\n'), options);
    this.problems = problems;
  }

  /** The first parameter that has a problem. */
  get parameter(): string {
    return this.problems[0]?.parameter ?? '';
  }
}

/** An option of a run is out of range; nothing has run. */
export class RunOptionError extends OxbowError {
  override readonly code = 'RunOptionError';
  readonly option: string;

  constructor(option: string, problem: string) {
    super(`The option ${option} of the run ${problem}`);
    this.option = option;
  }
}

/** A decorator of a step was written wrongly; thrown when its class is defined. */
export class DecoratorError extends OxbowError {
  override readonly code = 'DecoratorError';
  /** Without the `@`. */
  readonly decorator: string;
  readonly step: string;

  constructor(decorator: string, step: string, problem: string) {
    super(`@${decorator} on step "${step}" ${problem}`);
    this.decorator = decorator;
    this.step = step;
  }
}

/** A run cannot be resumed; nothing has run. */
export class ResumeError extends OxbowError {
  override readonly code = 'ResumeError';
  /** The run, as `Flow/id`. */
  readonly origin: string;

  constructor(origin: string, problem: string) {
    super(`The run ${origin} ${problem}`);
    this.origin = origin;
  }
}

/** A task cannot be executed once more. */
export class SpinError extends OxbowError {
  override readonly code = 'SpinError';
  /** The task, as `Flow/run/step/task`. */
  readonly task: string;

  constructor(task: string, problem: string) {
    super(`The task ${task} ${problem}`);
    this.task = task;
  }
}

/** A step called `this.next(...)` wrongly, or not at all. */
export class TransitionError extends OxbowError {
  override readonly code = 'TransitionError';
  readonly step: string;

  constructor(step: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.step = step;
  }
}

/** A parameter or constant was assigned to in a task. */
export class ReadOnlyError extends OxbowError {
  override readonly code = 'ReadOnlyError';
  /** The parameter's or constant's name. */
  readonly field: string;

  constructor(field: string, kind: 'parameter' | 'constant' | 'property' | 'config' | 'part of a config') {
    super(
      `"${field}" is ${kind === 'part of a config' ? kind : `a ${kind}`} of the flow and cannot be assigned to in a step. ` +
        'Assign the new value to a different name.',
    );
    this.field = field;
  }
}

/** An artifact has a name that cannot be stored or is taken. */
export class ArtifactNameError extends OxbowError {
  override readonly code = 'ArtifactNameError';
  readonly artifact: string;

  constructor(artifact: string, problem: string) {
    super(`The artifact "${artifact}" ${problem}`);
    this.artifact = artifact;
  }
}

/** `mergeArtifacts` was called where or how it cannot be. */
export class MergeUsageError extends OxbowError {
  override readonly code = 'MergeUsageError';
}

/** One artifact that branches disagree about. */
export interface MergeConflict {
  readonly artifact: string;
  /** The branches, as `step/task`, by digest of the value they hold. */
  readonly values: readonly { readonly digest: string; readonly branches: readonly string[] }[];
}

/** Branches hold different values of artifacts that `mergeArtifacts` was to merge; nothing was merged. */
export class MergeConflictError extends OxbowError {
  override readonly code = 'MergeConflictError';
  readonly conflicts: readonly MergeConflict[];

  constructor(step: string, conflicts: readonly MergeConflict[]) {
    const lines = conflicts.map(
      ({ artifact, values }) =>
        `  ${artifact}: ${values.map(({ digest, branches }) => `${digest.slice(0, 12)} in ${some(branches)}`).join(', ')}`,
    );
    super(
      `The step "${step}" cannot merge artifacts whose values differ between its branches:\n${lines.join('\n')}\n` +
        'Assign them on `this` before mergeArtifacts, or list them in `exclude`.',
    );
    this.conflicts = conflicts;
  }
}

/** `include` of `mergeArtifacts` names artifacts that no branch has; nothing was merged. */
export class MergeMissingError extends OxbowError {
  override readonly code = 'MergeMissingError';
  readonly artifacts: readonly string[];

  constructor(step: string, artifacts: readonly string[], known: readonly string[]) {
    super(
      `mergeArtifacts in step "${step}" includes ${artifacts.map((name) => `"${name}"`).join(', ')}, which no branch has. ` +
        `The branches have: ${known.length > 0 ? known.join(', ') : 'no artifacts'}.`,
    );
    this.artifacts = artifacts;
  }
}

/** A join read an artifact that its inputs have and that it has neither merged nor set. */
export class UnmergedReadError extends OxbowError {
  override readonly code = 'UnmergedReadError';
  readonly step: string;
  readonly artifact: string;

  /** `branch` is the first branch of a static split: its inputs have names. */
  constructor(step: string, artifact: string, branch?: string) {
    const input = branch === undefined ? 'inputs[0]' : `inputs.${branch}`;
    super(
      `The join "${step}" reads "${artifact}", which its inputs have but which it has neither merged nor set. ` +
        `Call this.mergeArtifacts(inputs) first, or take it from one input: this.${artifact} = ${input}.${artifact}.`,
    );
    this.step = step;
    this.artifact = artifact;
  }
}

/** An attempt of a task took longer than `@timeout` allows. */
export class TimeoutError extends OxbowError {
  override readonly code = 'TimeoutError';
  readonly step: string;
  /** The limit. */
  readonly seconds: number;

  constructor(step: string, seconds: number) {
    super(
      `The step "${step}" took longer than its @timeout of ${seconds} s. ` +
        'Raise the limit, or do less in one task: split with foreach.',
    );
    this.step = step;
    this.seconds = seconds;
  }
}

/** A foreach is wider than `--max-num-splits` allows. */
export class TooManySplitsError extends OxbowError {
  override readonly code = 'TooManySplitsError';

  constructor(step: string, found: { readonly splits: number; readonly allowed: number }) {
    super(
      `The foreach in step "${step}" yields ${found.splits} tasks, more than the ${found.allowed} allowed. ` +
        `Raise the limit with --max-num-splits ${found.splits} if that is meant.`,
    );
  }
}

function some(branches: readonly string[]): string {
  const shown = branches.slice(0, 5).join(' and ');
  return branches.length > 5 ? `${shown} and ${branches.length - 5} more` : shown;
}
