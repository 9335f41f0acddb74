import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interruption } from '../interruption.ts';
import { step } from './decorators.ts';
import { FlowSpec } from './flow-spec.ts';
import { callDecorated, type StepContext, type StepHooks, stepDecorator } from './step-hooks.ts';
import { decorationsOf } from './steps.ts';

const context = { step: 'work', attempt: 1 } as StepContext<FlowSpec>;

interface Called {
  /** What was called, in order. */
  readonly calls: readonly string[];
  readonly taken?: unknown;
  readonly thrown?: unknown;
}

/** Calls a step within decorators that note what is called. */
async function called(
  hooks: readonly Partial<StepHooks<FlowSpec>>[],
  work: () => unknown,
  interruption = new Interruption(),
): Promise<Called> {
  const calls: string[] = [];
  const noting = hooks.map(
    (one, i): StepHooks<FlowSpec> => ({
      before(task) {
        calls.push(`before ${i}`);
        return one.before?.(task);
      },
      after(task) {
        calls.push(`after ${i}`);
        return one.after?.(task);
      },
      onError(error, task) {
        calls.push(`onError ${i}: ${(error as Error).message}`);
        return one.onError?.(error, task);
      },
    }),
  );
  const step = () => {
    calls.push('step');
    return work();
  };
  try {
    const taken = await callDecorated({ hooks: noting, context, step, interruption });
    return { calls, ...(taken ? { taken: taken.error } : {}) };
  } catch (thrown) {
    return { calls, thrown };
  }
}

const fail = (message: string) => () => {
  throw new Error(message);
};

test('the outermost decorator comes first before the step and last after it, sync or async', async () => {
  const slow = { before: () => sleep(5), after: () => sleep(5) };
  for (const hooks of [
    [{}, {}],
    [slow, {}],
  ]) {
    const { calls } = await called(hooks, () => sleep(1));
    assert.deepEqual(calls, ['before 0', 'before 1', 'step', 'after 1', 'after 0']);
  }
});

test('an error goes from the inside out, and may be replaced on the way', async () => {
  const { calls, thrown } = await called([{}, { onError: () => new Error('clearer') }, {}], fail('bad'));
  assert.deepEqual(calls.slice(3), ['step', 'onError 2: bad', 'onError 1: bad', 'onError 0: clearer']);
  assert.equal((thrown as Error).message, 'clearer');
});

test('a decorator takes an error with true; those around it see that all went well', async () => {
  const { calls, taken, thrown } = await called([{}, { onError: async () => true }, {}], fail('bad'));
  assert.deepEqual(calls.slice(4), ['onError 2: bad', 'onError 1: bad', 'after 0']);
  assert.equal((taken as Error).message, 'bad');
  assert.equal(thrown, undefined);
});

test('what onError throws comes in place of the error; what it returns but true or an Error does not matter', async () => {
  const { thrown } = await called([{ onError: fail('worse') }], fail('bad'));
  assert.equal((thrown as Error).message, 'worse');
  const odd = { onError: () => 'yes' as unknown as boolean };
  assert.equal(((await called([odd], fail('bad'))).thrown as Error).message, 'bad');
});

test('an error of before keeps the step from being called, and is none of its own onError', async () => {
  const { calls, thrown } = await called([{}, { before: fail('not ready') }, {}], () => {});
  assert.deepEqual(calls, ['before 0', 'before 1', 'onError 0: not ready']);
  assert.equal((thrown as Error).message, 'not ready');
});

test('an error of after fails the attempt', async () => {
  const { calls } = await called([{}, { after: fail('no receipt') }], () => {});
  assert.deepEqual(calls, ['before 0', 'before 1', 'step', 'after 1', 'onError 0: no receipt']);
});

test('a timeout is an error like any other, and over once it was taken', async () => {
  const interruption = new Interruption();
  interruption.limit('work', 0.02);
  const { calls, taken } = await called(
    [{}, { onError: () => true }],
    () => sleep(10_000, undefined, { ref: false }),
    interruption,
  );
  assert.match(calls[3] ?? '', /^onError 1: The step "work" took longer than its @timeout of 0.02 s/);
  assert.equal(calls[4], 'after 0');
  assert.equal((taken as Error).name, 'TimeoutError');
  assert.equal(interruption.happened, true);
});

test('a step that blocks its process beyond its limit has failed when it returns', async () => {
  const interruption = new Interruption();
  interruption.limit('work', 0.01);
  const block = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
  assert.equal(((await called([], block, interruption)).thrown as Error).name, 'TimeoutError');
});

test('a decorator is recorded by its name and options, and may stand several times', () => {
  const tagged = (tag: string) => stepDecorator({ name: 'tagged', options: { tag } });
  class TaggedFlow extends FlowSpec {
    @tagged('a') @step @tagged('b') @stepDecorator({}) work() {}
  }
  assert.deepEqual(
    decorationsOf(TaggedFlow.prototype.work).map(({ name, options }) => [name, options]),
    [
      ['tagged', { tag: 'a' }],
      ['tagged', { tag: 'b' }],
      ['stepDecorator', {}],
    ],
  );
});

const MISTAKES: Readonly<Record<string, readonly [hooks: object, message: string]>> = {
  'a hook of another name': [
    { befor() {} },
    '@stepDecorator on step "work" has an unknown hook "befor". The hooks: before, after, onError.',
  ],
  'a hook that is no function': [
    { name: 'timed', after: true },
    '@timed on step "work" has a hook "after" that is not a function.',
  ],
  'options that are no JSON': [
    { options: { n: 1n } },
    '@stepDecorator on step "work" has options that cannot be stored as JSON. Use plain values only.',
  ],
};

for (const [name, [hooks, message]] of Object.entries(MISTAKES)) {
  test(`${name} is refused when the class is defined`, () => {
    assert.throws(
      () => {
        class WrongFlow extends FlowSpec {
          @stepDecorator(hooks) work() {}
        }
        return WrongFlow;
      },
      { name: 'DecoratorError', message },
    );
  });
}
