import {
  ArtifactReader,
  compareTaskIds,
  differingTasks,
  LAYOUT,
  type ObjectId,
  type Repository,
  type RunReader,
  TaskReader,
  type TaskRecord,
  type TreeEntry,
} from '#store';
import { CodeOfRun } from '../code.ts';
import { isDamage } from '../damage.ts';
import { isHidden } from '../data-view.ts';
import { ArgumentError } from '../errors.ts';
import { noteRead } from '../reads.ts';
import type { Change, ChangeKind, ChangeStatus, DamagedPlace, Detail, Side, TaskDetail } from './document.ts';
import { masked } from './masks.ts';
import type { DiffOptions } from './options.ts';
import { compareText } from './text.ts';
import { compareValues, ValueSide } from './values.ts';

/** Two runs in the making of a list of their changes. */
export interface Walked {
  readonly options: DiffOptions;
  /** Whether changes of a path are wanted at all: what is not is not read. */
  readonly wants: (path: string) => boolean;
  readonly changes: Change[];
  /** What could not be read, by path. */
  readonly damaged: Map<string, DamagedPlace>;
}

/** Compares what stands at a path; damage there is noted, and what lies beside it compared all the same. */
function attempt<T>(path: string, { damaged }: Walked, compare: () => T): T | undefined {
  try {
    return compare();
  } catch (error) {
    if (!isDamage(error) || error instanceof ArgumentError) throw error;
    damaged.set(path, { path, problem: error.message });
    return undefined;
  }
}

/** Both ends of a comparison. */
interface Pair<T> {
  readonly a: T;
  readonly b: T;
}

/** Adds what two runs differ in: parameters, constants, code, and the tasks of all steps. */
export function compareRuns({ a, b }: Pair<RunReader>, walked: Walked): void {
  for (const kind of ['parameters', 'constants'] as const)
    attempt(kind, walked, () =>
      compareArtifacts(
        { a: a[kind](), b: b[kind]() },
        { repository: a.repository, runs: { a: a.name, b: b.name }, folder: kind, walked },
      ),
    );
  if (a.code !== b.code) attempt(LAYOUT.code, walked, () => compareCode({ a, b }, walked));
  for (const step of new Set([...a.stepNames(), ...b.stepNames()]))
    attempt(step, walked, () => compareSteps({ a, b }, step, walked));
}

/** Adds what the tasks of a step differ in, by position. Equal tasks, and equal ranges of tasks, are not read. */
export function compareSteps({ a, b }: Pair<RunReader>, step: string, walked: Walked): void {
  const { logs, times } = walked.options;
  const differing = differingTasks({ a, b }, step, { outputsAlone: !logs && !times });
  for (const task of [...differing.keys()].sort(compareTaskIds)) {
    const trees = differing.get(task);
    const reader = (run: RunReader, tree: ObjectId | undefined) =>
      tree === undefined ? undefined : new TaskReader(run, step, task, tree);
    attempt(`${step}/${task}`, walked, () =>
      compareTasks({ a: reader(a, trees?.a), b: reader(b, trees?.b) }, walked),
    );
  }
}

/** Adds what two tasks of one position differ in: status or error, artifacts, and what else is asked for. Either may be absent. */
export function compareTasks({ a, b }: Pair<TaskReader | undefined>, walked: Walked): void {
  const known = a ?? b;
  if (known === undefined) return;
  const path = `${known.step}/${known.task}`;
  if (walked.wants(path)) attempt(path, walked, () => compareRecords({ a, b }, path, walked));
  const artifacts = (task: TaskReader | undefined) => task?.entries.get(LAYOUT.artifacts);
  if (artifacts(a)?.id !== artifacts(b)?.id) {
    const { repository } = known.run;
    const byName = (task: TaskReader | undefined) => task?.artifacts() ?? new Map<string, TreeEntry>();
    const runs = { a: a?.run.name, b: b?.run.name };
    compareArtifacts({ a: byName(a), b: byName(b) }, { repository, runs, folder: path, walked });
  }
  if (walked.options.logs) compareLogs({ a, b }, path, walked);
}

function compareRecords({ a, b }: Pair<TaskReader | undefined>, path: string, walked: Walked): void {
  if (!a || !b) {
    walked.changes.push({ path, status: a ? 'D' : 'A', kind: 'task' });
    return;
  }
  if (a.entries.get(LAYOUT.task)?.id === b.entries.get(LAYOUT.task)?.id) return;
  const detail = taskDetail({ a: a.record, b: b.record }, walked.options);
  const isSame = Object.values(detail).every(([before, after]) => before === after);
  if (!isSame) walked.changes.push({ path, status: 'M', kind: 'task', detail });
}

function taskDetail({ a, b }: Pair<TaskRecord>, { times }: DiffOptions): TaskDetail {
  const exception = ({ exception: thrown }: TaskRecord) =>
    thrown === undefined ? null : `${thrown.name}: ${thrown.message}`;
  const seconds = ({ startedAt, finishedAt }: TaskRecord) =>
    (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return {
    status: [a.status, b.status],
    exception: [exception(a), exception(b)],
    ...(times ? { attempts: [a.attempt + 1, b.attempt + 1], seconds: [seconds(a), seconds(b)] } : {}),
  };
}

interface Folder {
  readonly repository: Repository;
  /** `Flow/id` of both. */
  readonly runs: Pair<string | undefined>;
  readonly folder: string;
  readonly walked: Walked;
}

function compareArtifacts(
  { a, b }: Pair<ReadonlyMap<string, TreeEntry>>,
  { repository, runs, folder, walked }: Folder,
): void {
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    const path = `${folder}/${name}`;
    const [before, after] = [a.get(name), b.get(name)];
    if (isHidden(name) || !walked.wants(path) || (before?.id === after?.id && before?.mode === after?.mode))
      continue;
    const side = (entry: TreeEntry | undefined, run: string | undefined) => {
      if (entry === undefined) return undefined;
      const reader = new ArtifactReader(repository, entry, undefined, { plainClasses: 'named' });
      noteRead(`${run}/${path}`, () => reader.digest);
      return new ValueSide(reader);
    };
    attempt(path, walked, () =>
      compareSides({ a: side(before, runs.a), b: side(after, runs.b) }, path, walked),
    );
  }
}

/** Adds how two values differ, if they do. Throws what reading them throws. */
export function compareSides({ a, b }: Pair<ValueSide | undefined>, path: string, walked: Walked): void {
  const { changes, options } = walked;
  if (a && b && a.reader.digest === b.reader.digest) return;
  const sides = { ...(a ? { a: a.summary } : {}), ...(b ? { b: b.summary } : {}) };
  if (!a || !b) {
    const kind = (a ?? b)?.nature.kind ?? 'other';
    changes.push({ path, status: a ? 'D' : 'A', kind, ...sides });
    return;
  }
  const { status, kind, detail } = compareValues(a, b, options);
  changes.push(changeOf({ path, status, kind, ...sides }, () => attempt(path, walked, detail)));
}

/** A change whose detail is computed when somebody looks at it. */
function changeOf(
  change: { path: string; status: ChangeStatus; kind: ChangeKind; a?: Side; b?: Side },
  detail: () => Detail | undefined,
): Change {
  let known: { readonly detail: Detail | undefined } | undefined;
  return Object.defineProperty(change, 'detail', {
    enumerable: true,
    get: () => {
      known ??= { detail: detail() };
      return known.detail;
    },
  });
}

function compareCode({ a, b }: Pair<RunReader>, walked: Walked): void {
  const [before, after] = [new CodeOfRun(a), new CodeOfRun(b)];
  const [idsBefore, idsAfter] = [before.ids(), after.ids()];
  for (const file of new Set([...idsBefore.keys(), ...idsAfter.keys()])) {
    const path = `${LAYOUT.code}/${file}`;
    if (idsBefore.get(file) === idsAfter.get(file) || !walked.wants(path)) continue;
    const text = (code: CodeOfRun, ids: ReadonlyMap<string, ObjectId>) =>
      ids.has(file) ? code.read(file) : undefined;
    attempt(path, walked, () =>
      addText({ a: text(before, idsBefore), b: text(after, idsAfter) }, { path, kind: 'code' }, walked),
    );
  }
}

function compareLogs({ a, b }: Pair<TaskReader | undefined>, folder: string, walked: Walked): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const path = `${folder}/${stream}`;
    if (!walked.wants(path)) continue;
    const written = (task: TaskReader | undefined) => {
      const text = task?.log(stream).toString() ?? '';
      return text === '' ? undefined : masked(text);
    };
    attempt(path, walked, () => addText({ a: written(a), b: written(b) }, { path, kind: 'text' }, walked));
  }
}

function addText(
  { a, b }: Pair<string | undefined>,
  { path, kind }: { readonly path: string; readonly kind: 'code' | 'text' },
  { changes }: Walked,
): void {
  if (a === b) return;
  const status = a === undefined ? 'A' : b === undefined ? 'D' : 'M';
  const side = (text: string) => ValueSide.of(path, text).summary;
  const sides = { ...(a === undefined ? {} : { a: side(a) }), ...(b === undefined ? {} : { b: side(b) }) };
  changes.push(changeOf({ path, status, kind, ...sides }, () => compareText(a ?? '', b ?? '')));
}
