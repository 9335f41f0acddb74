import type {
  DecoratorRecord,
  GitRecord,
  GraphRecord,
  RunningTaskRecord,
  RunRecord,
  RunStatus,
  StepKind,
  TaskRecord,
  TaskStatus,
} from './schema.ts';

/** What is wrong with a value, as the end of a sentence that begins with its path; undefined when nothing is. */
type Check = (value: unknown) => string | undefined;

/** Checks for the fields of a record, so that a field added to the schema is not forgotten here. */
type Shape<T> = { readonly [Field in keyof T]-?: Check };

/** Deepest chain of causes; writers keep 8. */
const MAX_CAUSES = 100;

/** What is wrong with the contents of run.json, starting with where; undefined when nothing is. */
export const problemOfRun = (record: unknown): string | undefined => problemOf(RUN, record);

/** The same for graph.json. */
export const problemOfGraph = (record: unknown): string | undefined => problemOf(GRAPH, record);

/** The same for task.json. */
export const problemOfTask = (record: unknown): string | undefined => problemOf(TASK, record);

/** The same for the task.json of an attempt that runs. */
export const problemOfRunningTask = (record: unknown): string | undefined => problemOf(RUNNING_TASK, record);

function problemOf(check: Check, record: unknown): string | undefined {
  const problem = check(record);
  return problem?.replace(/^\./, '');
}

const kind =
  (name: string, is: (value: unknown) => boolean): Check =>
  (value) =>
    is(value) ? undefined : ` is not ${name}`;

const text = kind('a text', (value) => typeof value === 'string');
const flag = kind('true or false', (value) => typeof value === 'boolean');
const whole = kind('a whole number from 0 up', (value) => Number.isSafeInteger(value) && Number(value) >= 0);
const number = kind('a number', (value) => typeof value === 'number' && Number.isFinite(value));
const time = kind('a time', (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)));
const stream = kind('0 or 1', (value) => value === 0 || value === 1);
const address = kind(
  'an address of a run',
  (value) => typeof value === 'string' && /^[^/]+\/[^/]+$/.test(value),
);

const oneOf = <T extends string>(known: Readonly<Record<T, true>>): Check =>
  kind(
    `one of ${Object.keys(known).join(', ')}`,
    (value) => typeof value === 'string' && Object.hasOwn(known, value),
  );

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

function inside(key: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : key + problem;
}

const listOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return ' is not a list';
    for (let i = 0; i < value.length; i += 1) {
      const problem = check(value[i]);
      if (problem !== undefined) return inside(`[${i}]`, problem);
    }
    return undefined;
  };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapOf =
  (check: Check): Check =>
  (value) => {
    if (!isObject(value)) return ' is not an object';
    for (const key of Object.keys(value)) {
      const problem = check(value[key]);
      if (problem !== undefined) return inside(`[${JSON.stringify(key)}]`, problem);
    }
    return undefined;
  };

/** Fields of its own only: a record has no say in what its prototype is. */
function objectOf<T>(shape: Shape<T>): Check {
  const fields = Object.entries<Check>(shape);
  return (value) => {
    if (!isObject(value)) return ' is not an object';
    for (const [field, check] of fields) {
      const problem = check(Object.hasOwn(value, field) ? value[field] : undefined);
      if (problem !== undefined) return inside(`.${field}`, problem);
    }
    return undefined;
  };
}

const arrivals: Check = (value) => {
  if (!Array.isArray(value) || value.length !== 3) return ' is not a list of three';
  return number(value[0]) ?? stream(value[1]) ?? whole(value[2]);
};

const exceptionAt =
  (depth: number): Check =>
  (value) => {
    const problem = EXCEPTION(value);
    if (problem !== undefined) return problem;
    const { cause } = value as { readonly cause?: unknown };
    if (cause === undefined) return undefined;
    return depth === 0 ? '.cause goes on for ever' : inside('.cause', exceptionAt(depth - 1)(cause));
  };

const EXCEPTION = objectOf({ name: text, message: text, code: optional(text), stack: optional(text) });
const exception = exceptionAt(MAX_CAUSES);

const RUN_STATUS: Readonly<Record<RunStatus, true>> = {
  running: true,
  successful: true,
  failed: true,
  interrupted: true,
};
const TASK_STATUS: Readonly<Record<TaskStatus, true>> = { successful: true, failed: true, killed: true };
const STEP_KIND: Readonly<Record<StepKind, true>> = {
  linear: true,
  split: true,
  foreach: true,
  switch: true,
  end: true,
};

const RUN = objectOf<RunRecord>({
  schema: whole,
  flow: text,
  id: text,
  status: oneOf(RUN_STATUS),
  createdAt: time,
  finishedAt: optional(time),
  user: text,
  process: objectOf<RunRecord['process']>({
    pid: whole,
    host: text,
    boot: optional(text),
    start: optional(whole),
    space: optional(whole),
  }),
  versions: objectOf<RunRecord['versions']>({ oxbow: text, node: text }),
  tags: listOf(text),
  systemTags: listOf(text),
  origin: optional(address),
  code: objectOf<RunRecord['code']>({
    entry: text,
    class: text,
    git: optional(objectOf<GitRecord>({ commit: text, branch: optional(text), dirty: optional(flag) })),
  }),
  parameters: listOf(text),
  configs: optional(listOf(text)),
  failure: optional(objectOf<NonNullable<RunRecord['failure']>>({ task: optional(text), exception })),
  takenFrom: optional(listOf(address)),
  totals: objectOf<RunRecord['totals']>({
    tasks: whole,
    failed: whole,
    taken: optional(whole),
    logicalBytes: optional(whole),
    knownBytes: optional(whole),
    newBytes: optional(whole),
  }),
});

const GRAPH = objectOf<GraphRecord>({
  flow: text,
  doc: optional(text),
  steps: listOf(
    objectOf<GraphRecord['steps'][number]>({
      name: text,
      kind: oneOf(STEP_KIND),
      join: flag,
      next: listOf(text),
      variable: optional(text),
      cases: optional(listOf(objectOf({ case: text, step: text }))),
      decorators: optional(
        listOf(objectOf<DecoratorRecord>({ name: text, options: mapOf(() => undefined) })),
      ),
      doc: optional(text),
      file: optional(text),
      line: optional(whole),
    }),
  ),
});

const frames = listOf(
  objectOf<TaskRecord['frames'][number]>({
    step: text,
    task: text,
    variable: text,
    index: whole,
    numSplits: whole,
  }),
);

type Transition = NonNullable<TaskRecord['transition']>;

const TASK = objectOf<TaskRecord>({
  step: text,
  task: text,
  attempt: whole,
  status: oneOf(TASK_STATUS),
  startedAt: time,
  finishedAt: time,
  pid: optional(whole),
  parents: listOf(text),
  frames,
  iteration: optional(whole),
  transition: optional(
    objectOf<Transition>({
      steps: listOf(text),
      foreach: optional(objectOf<NonNullable<Transition['foreach']>>({ variable: text, numSplits: whole })),
      switch: optional(objectOf<NonNullable<Transition['switch']>>({ variable: text, case: text })),
    }),
  ),
  code: optional(text),
  sharedCode: optional(text),
  reads: mapOf(text),
  assigned: optional(listOf(text)),
  uses: optional(mapOf(text)),
  why: optional(
    objectOf<NonNullable<TaskRecord['why']>>({ kind: text, name: optional(text), of: optional(text) }),
  ),
  madeFrom: optional(text),
  exception: optional(exception),
  retryAt: optional(time),
  output: optional(listOf(arrivals)),
});

const RUNNING_TASK = objectOf<RunningTaskRecord>({
  step: text,
  task: text,
  attempt: whole,
  status: oneOf({ running: true }),
  startedAt: time,
  pid: optional(whole),
  parents: listOf(text),
  frames,
  maxLogSize: optional(whole),
});
