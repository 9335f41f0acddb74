import type {
  CodeSeal,
  DecoratorRecord,
  GitRecord,
  GraphRecord,
  RunningTaskRecord,
  RunRecord,
  RunStatus,
  StepKind,
  TaskRecord,
  TaskStatus,
  WideStepTotals,
} from './schema.ts';
import {
  address,
  type Check,
  flag,
  inside,
  listOf,
  mapOf,
  number,
  objectOf,
  oneOf,
  optional,
  problemOf,
  stream,
  text,
  time,
  whole,
} from './shape.ts';

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

const arrivals: Check = (value) => {
  if (!Array.isArray(value) || value.length !== 3) return ' is not a list of three';
  return number(value[0]) ?? stream(value[1]) ?? whole(value[2]);
};

const leftOut: Check = optional((value) => {
  if (!Array.isArray(value) || value.length !== 3) return ' is not a list of three';
  return whole(value[0]) ?? whole(value[1]) ?? whole(value[2]);
});

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
const TASK_STATUS: Readonly<Record<Exclude<TaskStatus, 'running'>, true>> = {
  successful: true,
  failed: true,
  killed: true,
};
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
  spinOf: optional(text),
  code: objectOf<RunRecord['code']>({
    entry: text,
    file: optional(text),
    class: text,
    git: optional(objectOf<GitRecord>({ commit: text, branch: optional(text), dirty: optional(flag) })),
    seal: optional(objectOf<CodeSeal>({ code: text, file: text })),
  }),
  parameters: listOf(text),
  configs: optional(listOf(text)),
  files: optional(listOf(text)),
  failure: optional(objectOf<NonNullable<RunRecord['failure']>>({ task: optional(text), exception })),
  takenFrom: optional(listOf(address)),
  totals: objectOf<RunRecord['totals']>({
    tasks: whole,
    failed: whole,
    taken: optional(whole),
    logicalBytes: optional(whole),
    knownBytes: optional(whole),
    newBytes: optional(whole),
    wideSteps: optional(
      listOf(
        objectOf<WideStepTotals>({
          step: text,
          tasks: whole,
          failed: whole,
          withOutput: whole,
          startedAt: time,
          finishedAt: time,
        }),
      ),
    ),
  }),
});

/** No two steps have one name: what is told of each step is told once. */
const distinctSteps =
  (check: Check): Check =>
  (value) => {
    const problem = check(value);
    if (problem !== undefined) return problem;
    const names = new Set<string>();
    for (const { name } of value as GraphRecord['steps']) {
      if (names.has(name)) return ` has two steps of the name ${JSON.stringify(name.slice(0, 100))}`;
      names.add(name);
    }
    return undefined;
  };

const GRAPH = objectOf<GraphRecord>({
  flow: text,
  doc: optional(text),
  steps: distinctSteps(
    listOf(
      objectOf<GraphRecord['steps'][number]>({
        name: text,
        kind: oneOf(STEP_KIND),
        join: flag,
        next: listOf(text),
        variable: optional(text),
        cases: optional(listOf(objectOf({ case: text, step: text }))),
        options: optional(mapOf(() => undefined)),
        decorators: optional(
          listOf(objectOf<DecoratorRecord>({ name: text, options: mapOf(() => undefined) })),
        ),
        doc: optional(text),
        file: optional(text),
        line: optional(whole),
      }),
    ),
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
  leftOut: optional(objectOf<NonNullable<TaskRecord['leftOut']>>({ stdout: leftOut, stderr: leftOut })),
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
