import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { graphIn } from './graph-notation.ts';
import { type ChosenTransition, framesOf, Plan, type PlannedTask } from './plan.ts';

type Notation = Readonly<Record<string, string>>;

/** What each task of a step chooses, by `step` or `step/task`: the steps, or the width of a foreach. */
type Choices = (task: PlannedTask) => string | number | undefined;

/** Runs a plan to its end; `pick` says which of the tasks that may start finishes next. Gives the tasks in that order. */
function play(notation: Notation, choices: Choices, pick: (waiting: number) => number): PlannedTask[] {
  const graph = graphIn(notation);
  const plan = new Plan(graph);
  const waiting = [plan.begin()];
  const done: PlannedTask[] = [];
  while (waiting.length > 0) {
    const [task] = waiting.splice(pick(waiting.length), 1);
    assert.ok(task);
    done.push(task);
    const node = graph.steps.get(task.step);
    assert.ok(node);
    const choice = choices(task);
    const chosen: ChosenTransition =
      typeof choice === 'number'
        ? { steps: node.next, numSplits: choice }
        : { steps: choice === undefined ? node.next : [choice] };
    waiting.push(...plan.after(task, chosen));
  }
  return done;
}

/** A task as text: `step/task < inputs`. */
const described = ({ step, task, inputs, namedInputs }: PlannedTask): string =>
  `${step}/${task}${namedInputs ? ' by name' : ''} < ${inputs.map((input) => `${input.step}/${input.task}`).join(' ')}`.trim();

const FIFO = () => 0;

test('linear steps follow one another', () => {
  const tasks = play({ start: 'a', a: 'end', end: '' }, () => undefined, FIFO);
  assert.deepEqual(tasks.map(described), ['start/0 <', 'a/0 < start/0', 'end/0 < a/0']);
});

test('the inputs of a static join come in the order of the call, whoever finishes first', () => {
  const notation = { start: 'b a', a: 'm', b: 'm', m: 'inputs end', end: '' };
  for (const pick of [FIFO, (n: number) => n - 1]) {
    const join = play(notation, () => undefined, pick).find(({ step }) => step === 'm');
    assert.deepEqual(join && described(join), 'm/0 by name < b/0 a/0');
    assert.deepEqual(join?.closes, { step: 'start', task: '0' });
  }
});

test('nested foreaches are named by their indices, and frames tell them, outermost first', () => {
  const notation = {
    start: 'a foreach xs',
    a: 'b foreach ys',
    b: 'm',
    m: 'inputs n',
    n: 'inputs end',
    end: '',
  };
  const tasks = play(
    notation,
    ({ step, task }) => (step === 'start' ? 2 : step === 'a' ? Number(task) * 2 : undefined),
    FIFO,
  );
  assert.deepEqual(tasks.map(described), [
    'start/0 <',
    'a/0 < start/0',
    'a/1 < start/0',
    'm/0 <',
    'b/1.0 < a/1',
    'b/1.1 < a/1',
    'm/1 < b/1.0 b/1.1',
    'n/0 < m/0 m/1',
    'end/0 < n/0',
  ]);
  const inner = tasks.find(({ task }) => task === '1.1');
  assert.deepEqual(inner && framesOf(inner), [
    { step: 'start', task: '0', variable: 'xs', index: 1, numSplits: 2 },
    { step: 'a', task: '1', variable: 'ys', index: 1, numSplits: 2 },
  ]);
});

test('an empty foreach goes on at its join, which has no inputs', () => {
  const tasks = play(
    { start: 'a foreach xs', a: 'm', m: 'inputs end', end: '' },
    ({ step }) => (step === 'start' ? 0 : undefined),
    FIFO,
  );
  assert.deepEqual(tasks.map(described), ['start/0 <', 'm/0 <', 'end/0 < m/0']);
});

test('a loop numbers its turns, in a foreach after the index', () => {
  const notation = { start: 'a foreach xs', a: 'again:a done:m switch v', m: 'inputs end', end: '' };
  const choices: Choices = ({ step, task, iteration = 0 }) =>
    step === 'start' ? 2 : step === 'a' ? (iteration < Number(task[0]) + 1 ? 'a' : 'm') : undefined;
  const tasks = play(notation, choices, FIFO).map(described);
  assert.deepEqual(tasks, [
    'start/0 <',
    'a/0.0 < start/0',
    'a/1.0 < start/0',
    'a/0.1 < a/0.0',
    'a/1.1 < a/1.0',
    'a/1.2 < a/1.1',
    'm/0 < a/0.1 a/1.2',
    'end/0 < m/0',
  ]);
});

test('a foreach is planned lazily, however wide it is', () => {
  const plan = new Plan(graphIn({ start: 'a foreach xs', a: 'm', m: 'inputs end', end: '' }));
  const tasks = plan.after(plan.begin(), { steps: ['a'], numSplits: 1e9 })[Symbol.iterator]();
  assert.equal(tasks.next().value?.task, '0');
  assert.equal(tasks.next().value?.task, '1');
});

test('alternatives of a switch in a foreach keep the split order', () => {
  const notation = { start: 'a foreach xs', a: 'x:b y:c switch v', b: 'm', c: 'm', m: 'inputs end', end: '' };
  const choices: Choices = ({ step, task }) =>
    step === 'start' ? 3 : step === 'a' ? (task === '1' ? 'b' : 'c') : undefined;
  const join = play(notation, choices, (n) => n - 1).find(({ step }) => step === 'm');
  assert.equal(join && described(join), 'm/0 < c/0 b/1 c/2');
});

/** A random nested graph: the steps of a part, which begins at the first name given to `next` and goes on to `to`. */
interface Shape {
  readonly kind: 'step' | 'split' | 'foreach' | 'switch' | 'loop';
  readonly inner: readonly (readonly Shape[])[];
}

const shapes = fc.letrec<{ shape: Shape; block: Shape[] }>((tie) => ({
  block: fc.array(tie('shape'), { minLength: 1, maxLength: 2 }),
  shape: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Shape>({ kind: 'step', inner: [] }, { kind: 'loop', inner: [] }),
    fc.record({
      kind: fc.constantFrom('split', 'switch'),
      inner: fc.array(tie('block'), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('foreach'), inner: fc.tuple(tie('block')) }),
  ) as fc.Arbitrary<Shape>,
})).block;

/** Writes a block that goes on to `to` into `notation`; returns its first step. */
function write(block: readonly Shape[], to: string, notation: Record<string, string>): string {
  return block.reduceRight((next, { kind, inner }) => {
    const name = `${kind}${Object.keys(notation).length}`;
    notation[name] = '';
    const meet = `${name}m`;
    const firsts = inner.map((one) => write(one, kind === 'switch' ? next : meet, notation));
    if (kind === 'step') notation[name] = next;
    else if (kind === 'loop') notation[name] = `again:${name} done:${next} switch v`;
    else if (kind === 'switch')
      notation[name] = `${firsts.map((first, i) => `${i}:${first}`).join(' ')} switch v`;
    else notation[name] = kind === 'split' ? firsts.join(' ') : `${firsts[0]} foreach xs`;
    if (kind === 'split' || kind === 'foreach') notation[meet] = `inputs ${next}`;
    return name;
  }, to);
}

/** A choice that depends on nothing but the task's name. */
function choiceFor(notation: Notation, task: PlannedTask): string | number | undefined {
  const name = `${task.step}/${task.task}`;
  const hash = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);
  const targets = (notation[task.step] ?? '')
    .split(' ')
    .flatMap((word) => (word.includes(':') ? [word.split(':')[1] ?? ''] : []));
  if (task.step.startsWith('foreach') && !task.step.endsWith('m')) return hash % 4;
  if (targets.length === 0) return undefined;
  const [again, done] = targets;
  if (again === task.step) return (task.iteration ?? 0) < hash % 3 ? again : done;
  return targets[hash % targets.length];
}

test('the same choices give the same tasks with the same inputs, in whatever order tasks finish', () => {
  const orders = fc.infiniteStream(fc.nat(1000));
  fc.assert(
    fc.property(shapes, orders, (block, order) => {
      const notation: Record<string, string> = { end: '' };
      const first = write(block, 'end', notation);
      const whole = { start: first, ...notation };
      const choices = (task: PlannedTask) => choiceFor(whole, task);
      const inOrder = play(whole, choices, FIFO);
      const shuffled = play(whole, choices, (waiting) => (order.next().value ?? 0) % waiting);
      assert.deepEqual(shuffled.map(described).sort(), inOrder.map(described).sort());
      assert.equal(inOrder.at(-1)?.step, 'end');
      const names = inOrder.map(({ step, task }) => `${step}/${task}`);
      assert.equal(new Set(names).size, names.length, 'no two tasks have one name');
      for (const [i, task] of inOrder.entries()) {
        for (const input of task.inputs) assert.ok(names.indexOf(`${input.step}/${input.task}`) < i);
      }
    }),
    { numRuns: 300 },
  );
});
