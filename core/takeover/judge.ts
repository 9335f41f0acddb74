import type { TaskRecord, TransitionRecord, WhyRecord } from '#store';
import type { Graph, StepNode } from '../graph/graph.ts';
import type { PlannedTask, TaskKey } from '../graph/plan.ts';
import type { CodeDigests } from '../load/code-digests.ts';
import type { EarlierRun, EarlierTask } from './earlier-run.ts';
import type { Present } from './present.ts';

/** What decides, beside what a task has read, whether it may be taken over. */
export interface Rules {
  readonly graph: Graph;
  /** Steps to execute whatever an earlier run has. */
  readonly asked: ReadonlySet<string>;
  /** The step of {@link asked} that the user named. */
  readonly askedFrom?: string;
  /** The code as it is now. */
  readonly code: CodeDigests;
  /** Whether a changed code, a caught error and reads of other runs forbid it; a resume takes over what has finished, and says what has changed. */
  readonly isReuse: boolean;
  /** Steps that are never taken over from another run unless it is resumed. */
  readonly optedOut: ReadonlySet<string>;
}

/** Why a task is executed; `waitsFor`: not known before this task of the run has finished. */
export type Judgement =
  | { readonly take: EarlierTask }
  | { readonly why: WhyRecord }
  | { readonly waitsFor: TaskKey };

/** Decides whether a finished task of an earlier run can stand for a planned one: gives the first reason against it. */
export function judge(
  planned: PlannedTask,
  { earlier, present, rules }: { earlier: EarlierRun; present: Present; rules: Rules },
): Judgement {
  if (rules.asked.has(planned.step)) {
    return { why: { kind: 'asked', ...(rules.askedFrom ? { name: rules.askedFrom } : {}) } };
  }
  const task = earlier.task(planned);
  if (!task) return { why: { kind: 'never-ran', of: `${earlier.name}/${planned.step}/${planned.task}` } };
  const against = (why: WhyRecord | undefined): Judgement | undefined =>
    why && { why: { ...why, of: task.name } };
  return (
    against(problemOf(task.record, rules)) ??
    against(inputProblem(task.record, planned)) ??
    readProblem({ planned, task, earlier, present }) ?? { take: task }
  );
}

function problemOf(record: TaskRecord, rules: Rules): WhyRecord | undefined {
  const { step, status, transition, uses = {} } = record;
  if (status !== 'successful') return { kind: status === 'killed' ? 'killed' : 'failed' };
  if (rules.isReuse) {
    if (rules.optedOut.has(step)) return { kind: 'opted-out' };
    if (record.exception) return { kind: 'caught' };
    const [used] = Object.keys(uses);
    if (used !== undefined) return { kind: 'uses', name: used };
    const kind = codeChange(record, rules.code);
    if (kind) return { kind };
  }
  const node = rules.graph.steps.get(step);
  return node && isLegal(node, transition) ? undefined : { kind: 'transition' };
}

/** Which code is another now than when the task was executed: that of its step, or code that a step may call. */
export function codeChange({ step, code, sharedCode }: TaskRecord, now: CodeDigests): CodeChange | undefined {
  if (code !== now.steps.get(step)) return 'step-code';
  return sharedCode === now.shared ? undefined : 'shared-code';
}

/** Code that can differ between the runs of a flow. */
export type CodeChange = 'step-code' | 'shared-code';

/** Whether a recorded transition is one that the step of the present graph can make. */
export function isLegal(node: StepNode, transition: TransitionRecord | undefined): boolean {
  const steps = transition?.steps ?? [];
  if ((transition?.foreach?.variable ?? '') !== (node.kind === 'foreach' ? node.variable : '')) return false;
  if (node.kind === 'switch') return steps.length === 1 && steps.every((step) => node.next.includes(step));
  return steps.length === node.next.length && steps.every((step, i) => step === node.next[i]);
}

/** The tasks it continued from must be those that it would continue from now. */
function inputProblem({ parents }: TaskRecord, { inputs }: PlannedTask): WhyRecord | undefined {
  for (let i = 0; i < Math.max(parents.length, inputs.length); i += 1) {
    const input = inputs[i];
    const now = input && `${input.step}/${input.task}`;
    if (now !== parents[i]) return { kind: 'inputs', name: String(now ?? parents[i]) };
  }
  return undefined;
}

interface Reader {
  readonly planned: PlannedTask;
  readonly task: EarlierTask;
  readonly earlier: EarlierRun;
  readonly present: Present;
}

/** What the task has read must be the same now. With inputs that are the same there is nothing to look at. */
function readProblem(reader: Reader): Judgement | undefined {
  const { planned, task, present } = reader;
  const sources = sourcesOf(planned);
  const unknown = sources.find((source) => present.artifactsOf(source) === undefined);
  if (unknown) return { waitsFor: { step: unknown.step, task: unknown.task } };
  const changed = new Set(sources.filter((source) => !isSame(source, reader)).map(keyOf));
  const names = changed.size === 0 ? undefined : nameProblem(reader, changed);
  if (names) return { why: { kind: 'names', name: names, of: task.name } };
  for (const [name, digest] of Object.entries(task.record.reads)) {
    const kind = KINDS[name.slice(0, name.indexOf('/'))] ?? 'artifact';
    if (kind === 'artifact' && changed.size === 0) continue;
    if (present.digestOf(name, planned) !== digest) return { why: { kind, name, of: task.name } };
  }
  return undefined;
}

const KINDS: Readonly<Record<string, WhyRecord['kind']>> = { parameters: 'parameter', constants: 'constant' };

/** The tasks whose artifacts a planned one can see. */
const sourcesOf = ({ inputs, levels, closes }: PlannedTask): TaskKey[] => [
  ...inputs,
  ...levels.filter(({ variable }) => variable !== undefined),
  ...(closes ? [closes] : []),
];

const keyOf = ({ step, task }: TaskKey): string => `${step}/${task}`;

const isSame = (task: TaskKey, { earlier, present }: Reader): boolean =>
  earlier.artifactsOf(task) === present.artifactsOf(task);

/** An artifact that an input has now and had not then, or the other way round: a step can tell, and no read tells of it. */
function nameProblem(
  { planned, earlier, present }: Reader,
  changed: ReadonlySet<string>,
): string | undefined {
  for (const input of planned.inputs) {
    if (!changed.has(keyOf(input))) continue;
    const then = earlier.artifactsOf(input);
    const now = present.artifactsOf(input);
    const before = new Set(then ? earlier.entriesOf(then).keys() : []);
    for (const name of now ? present.entriesOf(now).keys() : []) if (!before.delete(name)) return name;
    for (const name of before) return name;
  }
  return undefined;
}
