import { type Address, ANY, parseAddress, parseRange } from '../address.ts';
import { ArtifactObject } from '../artifact.ts';
import type { Connection } from '../connection.ts';
import { ArgumentError, NotFoundError } from '../errors.ts';
import { DISPLAY, display, INSPECT, type Picture, picture } from '../inspect.ts';
import { locate } from '../locate.ts';
import type { Artifact, Run, Step, Task } from '../objects.ts';
import { noteRead } from '../reads.ts';
import { isWild, runOf } from '../resolve.ts';
import { RunObject } from '../run.ts';
import { StepObject } from '../step.ts';
import { TaskObject } from '../task.ts';
import type { Change, ChangeStatus, Counts, DamagedPlace, DiffDocument } from './document.ts';
import { globMatcher } from './globs.ts';
import type { DiffOptions } from './options.ts';
import { ValueSide } from './values.ts';
import { compareRuns, compareSides, compareSteps, compareTasks, type Walked } from './walk.ts';

/** What can be compared: an object of the client, or an address. */
export type Comparable = Run<unknown> | Step<unknown> | Task<unknown> | Artifact | string;

/** What a comparison found. */
interface Found {
  readonly a: string;
  readonly b: string;
  readonly changes: readonly Change[];
  readonly damaged: ReadonlyMap<string, DamagedPlace>;
}

/** What two things differ in. `JSON.stringify` gives the document; the `detail` of a change is computed when it is looked at. */
export class Diff implements DiffDocument {
  readonly schema = 'oxbow.diff/1';
  readonly a: string;
  readonly b: string;
  readonly changes: readonly Change[];
  readonly #damaged: ReadonlyMap<string, DamagedPlace>;

  constructor({ a, b, changes, damaged }: Found) {
    this.a = a;
    this.b = b;
    this.changes = changes;
    this.#damaged = damaged;
  }

  get same(): boolean {
    return this.changes.every(({ status }) => status === 'C') && this.#damaged.size === 0;
  }

  /** What could not be compared, as far as it was looked at: the detail of a change may be damaged, too. */
  get damaged(): readonly DamagedPlace[] {
    return [...this.#damaged.values()];
  }

  get counts(): Counts {
    const count = (wanted: ChangeStatus) => this.changes.filter(({ status }) => status === wanted).length;
    return {
      added: count('A'),
      deleted: count('D'),
      modified: count('M'),
      retyped: count('T'),
      close: count('C'),
    };
  }

  toJSON(): DiffDocument {
    const { schema, a, b, counts, changes } = this;
    // All details are looked at, so that all damage is known.
    for (const change of changes) void change.detail;
    const { same, damaged } = this;
    return { schema, a, b, same, counts, changes, ...(damaged.length > 0 ? { damaged } : {}) };
  }

  [DISPLAY](): ReturnType<typeof display> {
    return display(this);
  }

  [INSPECT](_depth: number, options: object, inspect: Picture['inspect']): string {
    const changes = this.changes.slice(0, 50).map(({ status, path, kind }) => `${status} ${path} (${kind})`);
    const more = this.changes.length - changes.length;
    const { same, damaged } = this;
    const fields = {
      same,
      changes: more > 0 ? [...changes, `and ${more} more`] : changes,
      ...(damaged.length > 0 ? { damaged } : {}),
    };
    return picture(`Diff ${this.a}..${this.b}`, fields, { options, inspect });
  }
}

/** See {@link Client.diff}. */
export function diffOf(connection: Connection, a: Comparable, b: unknown, options: unknown): Diff {
  const [left, right] = endsOf(connection, a, b);
  const given = checked(options);
  const changes: Change[] = [];
  const damaged = new Map<string, DamagedPlace>();
  const wants = wanted(given);
  walk(left, right, { options: given, wants, changes, damaged });
  changes.sort((x, y) => (x.path < y.path ? -1 : x.path > y.path ? 1 : 0));
  return new Diff({ a: left.pathspec, b: right.pathspec, changes, damaged });
}

/** The same in the run before. Throws NotFoundError. */
function earlier(
  connection: Connection,
  { before, given, end }: { readonly before: Address; readonly given: Comparable; readonly end: End },
): End {
  try {
    runOf(connection, before);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    const run = end.pathspec.split('/').slice(0, 2).join('/');
    const sentence = `There is no run of flow ${before.flow} before ${run}, with which it could be compared.`;
    throw new NotFoundError({ kind: 'run', wanted: run, sentence });
  }
  return found(connection, before, given);
}

type End = RunObject<unknown> | StepObject<unknown> | TaskObject<unknown> | ArtifactObject;

function walk(a: End, b: End, walked: Walked): void {
  if (a instanceof RunObject && b instanceof RunObject) compareRuns({ a: a.reader, b: b.reader }, walked);
  else if (a instanceof StepObject && b instanceof StepObject) walkSteps(a, b, walked);
  else if (a instanceof TaskObject && b instanceof TaskObject)
    compareTasks({ a: a.reader, b: b.reader }, walked);
  else if (a instanceof ArtifactObject && b instanceof ArtifactObject) walkArtifacts(a, b, walked);
  else failKinds(a, b);
}

function walkSteps(a: StepObject<unknown>, b: StepObject<unknown>, walked: Walked): void {
  if (a.id === b.id) {
    compareSteps({ a: a.reader, b: b.reader }, a.id, walked);
    return;
  }
  // Steps of two names: tasks of one position belong together.
  const tasks = new Map(b.tasks().map((task) => [task.id, task.reader]));
  for (const task of a.tasks()) {
    compareTasks({ a: task.reader, b: tasks.get(task.id) }, walked);
    tasks.delete(task.id);
  }
  for (const task of tasks.values()) compareTasks({ a: undefined, b: task }, walked);
}

function walkArtifacts(a: ArtifactObject, b: ArtifactObject, walked: Walked): void {
  const path = pathInRun(b.pathspec);
  if (walked.wants(path)) compareSides({ a: sideOf(a), b: sideOf(b) }, path, walked);
}

const pathInRun = (pathspec: string): string => pathspec.split('/').slice(2).join('/');

/** The value of an artifact as it is stored; a part of one as if it had been stored alone. */
function sideOf(artifact: ArtifactObject): ValueSide {
  if (artifact.path.length > 0) return ValueSide.of(artifact.name, artifact.data);
  noteRead(artifact.pathspec, () => artifact.digest);
  return new ValueSide(artifact.reader);
}

function endsOf(connection: Connection, a: Comparable, b: unknown): [End, End] {
  if (b !== undefined && b !== null) return [endOf(connection, a), endOf(connection, b)];
  const range = typeof a === 'string' ? parseRange(a) : undefined;
  if (range) return [found(connection, range.from, a), found(connection, range.to, a)];
  const end = endOf(connection, a);
  const address = parseAddress(end.pathspec);
  const before = { ...address, run: { ...address.run, back: address.run.back + 1 } };
  return [earlier(connection, { before, given: a, end }), end];
}

function endOf(connection: Connection, given: unknown): End {
  if (typeof given === 'string') return found(connection, parseAddress(given), given);
  if (isEnd(given)) return given;
  const shown =
    typeof given === 'object' && given !== null ? `a ${given.constructor?.name ?? 'object'}` : String(given);
  throw new ArgumentError({
    call: 'diff',
    takes: 'runs, steps, tasks, artifacts or their addresses',
    given: shown,
    example: "diff('ForeachFlow~1', 'ForeachFlow')",
  });
}

const isEnd = (given: unknown): given is End =>
  [RunObject, StepObject, TaskObject, ArtifactObject].some((made) => given instanceof made);

function found(connection: Connection, address: Address, given: unknown): End {
  if (isWild(address.target)) {
    const example = "diff('ForeachFlow~1', 'ForeachFlow', { paths: ['train/*/loss'] })";
    const shown = `${JSON.stringify(given)}, where ${ANY} may name many`;
    throw new ArgumentError({ call: 'diff', takes: 'the addresses of two things', given: shown, example });
  }
  return locate(runOf(connection, address), address) as End;
}

function failKinds(a: End, b: End): never {
  throw new ArgumentError({
    call: 'diff',
    takes: 'two things of one kind',
    given: `the ${a.kind} ${a.pathspec} and the ${b.kind} ${b.pathspec}`,
    example: "diff('ForeachFlow~1/end/0', 'ForeachFlow/latest/end/0')",
  });
}

function checked(options: unknown): DiffOptions {
  const given = (options ?? {}) as DiffOptions;
  for (const name of ['rtol', 'atol'] as const) {
    const value = given[name];
    if (value === undefined || (typeof value === 'number' && value >= 0)) continue;
    const example = `diff(a, b, { ${name}: 1e-6 })`;
    throw new ArgumentError({
      call: 'diff',
      takes: `a number from 0 as ${name}`,
      given: String(value),
      example,
    });
  }
  return given;
}

function wanted({ paths = [], ignore = [] }: DiffOptions): (path: string) => boolean {
  const isMeant = paths.length === 0 ? () => true : globMatcher(paths);
  const isIgnored = globMatcher(ignore);
  return (path) => isMeant(path) && !isIgnored(path);
}
