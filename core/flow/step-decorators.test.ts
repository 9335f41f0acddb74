import assert from 'node:assert/strict';
import { test } from 'node:test';
import { step } from './decorators.ts';
import { FlowSpec } from './flow-spec.ts';
import { catchError, environment, resources, retry, timeout } from './step-decorators.ts';
import { delayOf, policyOf } from './step-policy.ts';
import { decorationsOf, stepMark } from './steps.ts';

/** Puts decorators on a method as a compiler does for `experimentalDecorators`, the last first; gives the method. */
function legacy(...decorators: readonly unknown[]): () => void {
  class LegacyFlow extends FlowSpec {
    work() {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(LegacyFlow.prototype, 'work');
  for (const decorator of decorators.toReversed())
    (decorator as (...words: readonly unknown[]) => void)(LegacyFlow.prototype, 'work', descriptor);
  return LegacyFlow.prototype.work;
}

test('decorators stack in any order with @step, in both styles, outermost first', () => {
  class StandardFlow extends FlowSpec {
    declare failure: unknown;
    @retry({ times: 2 }) @step @timeout({ minutes: 1, seconds: 30 }) @catchError({ var: 'failure' }) work() {}
    @step @environment({ vars: { A: 1, B: true } }) @resources({ cpu: 2 }) @retry end() {}
  }
  const expected = [
    { name: 'retry', options: { times: 2, minutesBetweenRetries: 2 } },
    { name: 'timeout', options: { minutes: 1, seconds: 30 } },
    { name: 'catchError', options: { var: 'failure', printException: true } },
  ];
  assert.deepEqual(decorationsOf(StandardFlow.prototype.work), expected);
  assert.deepEqual(decorationsOf(StandardFlow.prototype.end), [
    { name: 'environment', options: { vars: { A: '1', B: 'true' } } },
    { name: 'resources', options: { cpu: 2 } },
    { name: 'retry', options: { times: 3, minutesBetweenRetries: 2 } },
  ]);
  const method = legacy(
    retry({ times: 2 }),
    timeout({ minutes: 1, seconds: 30 }),
    step,
    catchError({ var: 'failure' }),
  );
  assert.deepEqual(decorationsOf(method), expected);
  assert.ok(stepMark(method));
});

test('an override has its own decorators only', () => {
  class BaseFlow extends FlowSpec {
    @retry() @step work() {}
  }
  class DerivedFlow extends BaseFlow {
    @step override work() {}
  }
  assert.equal(decorationsOf(BaseFlow.prototype.work).length, 1);
  assert.deepEqual(decorationsOf(DerivedFlow.prototype.work), []);
});

test('a policy says what the decorators mean', () => {
  const method = legacy(
    retry({ times: 5, minutesBetweenRetries: 0.5 }),
    timeout({ hours: 1, minutes: 1, seconds: 1.5 }),
    catchError(),
    environment({ vars: { A: 1 } }),
  );
  assert.deepEqual(policyOf(decorationsOf(method)), {
    retries: 5,
    delay: 30_000,
    limit: 3661.5,
    catches: { printException: true },
    vars: { A: '1' },
  });
  assert.deepEqual(policyOf([]), { retries: 0, delay: 0, vars: {} });
});

test('waits grow by a factor up to the longest', () => {
  const policy = policyOf(decorationsOf(legacy(retry({ seconds: 1, backoff: 2, maxSeconds: 5 }))));
  assert.deepEqual(
    [1, 2, 3, 4, 10_000].map((number) => delayOf(policy, number)),
    [1000, 2000, 4000, 5000, 5000],
  );
  const unbounded = policyOf(decorationsOf(legacy(retry({ seconds: 1, backoff: 10 }))));
  assert.ok(new Date(Date.now() + delayOf(unbounded, 10_000)).toISOString());
  const minutes = policyOf(decorationsOf(legacy(retry({ minutesBetweenRetries: 1, backoff: 3 }))));
  assert.deepEqual([delayOf(minutes, 1), delayOf(minutes, 2)], [60_000, 180_000]);
});

test('a condition is recorded by its source', () => {
  const condition = (error: Error): boolean => error.name === 'RateLimitError';
  const [decoration] = decorationsOf(legacy(retry({ times: 2, seconds: 0, if: condition })));
  assert.ok(decoration);
  assert.equal(decoration.condition, condition);
  const { times, seconds, if: text } = decoration.options as Record<string, unknown>;
  assert.deepEqual([times, seconds], [2, 0]);
  assert.match(String(text), /error.*RateLimitError/);
});

/** Options as somebody writes them whom no compiler stops. */
const wrong = <T>(options: unknown): T => options as T;

const MISTAKES: Readonly<Record<string, readonly [decorator: () => unknown, message: string]>> = {
  'a retry less than never': [
    () => retry({ times: -1 }),
    '@retry on step "work" takes a whole number from 0 up for times, but was given -1.',
  ],
  'a retry a bit': [
    () => retry({ times: 1.5 }),
    '@retry on step "work" takes a whole number from 0 up for times, but was given 1.5.',
  ],
  'a wait that is a text': [
    () => retry(wrong({ minutesBetweenRetries: '2' })),
    '@retry on step "work" takes a number from 0 up for minutesBetweenRetries, but was given "2".',
  ],
  'an unknown option': [
    () => retry(wrong({ time: 3 })),
    '@retry on step "work" has no option "time". Its options: times, minutesBetweenRetries, seconds, backoff, maxSeconds, if.',
  ],
  'a wait in seconds and minutes': [
    () => retry(wrong({ seconds: 1, minutesBetweenRetries: 1 })),
    '@retry on step "work" has both seconds and minutesBetweenRetries. Keep one of the two.',
  ],
  'a wait that shrinks': [
    () => retry({ seconds: 1, backoff: 0.5 }),
    '@retry on step "work" takes a number from 1 up for backoff, but was given 0.5.',
  ],
  'a wait that is no number': [
    () => retry({ seconds: Number.NaN }),
    '@retry on step "work" takes a number from 0 up for seconds, but was given NaN.',
  ],
  'a longest wait below the first': [
    () => retry({ seconds: 10, maxSeconds: 5 }),
    '@retry on step "work" first waits 10 seconds, but has maxSeconds 5, which is less. Give seconds too.',
  ],
  'a condition that is no function': [
    () => retry(wrong({ if: 'always' })),
    '@retry on step "work" takes a function for if, but was given "always".',
  ],
  'options that are a number': [
    () => retry(wrong(3)),
    '@retry on step "work" takes an object of options, but was given 3.',
  ],
  'no time': [
    () => timeout({}),
    '@timeout on step "work" needs a time above 0 and up to 24 days, but has 0 seconds in all. Write @timeout({ minutes: 5 }).',
  ],
  'a time that is not a number': [
    () => timeout({ seconds: Number.NaN }),
    '@timeout on step "work" takes a number from 0 up for seconds, but was given NaN.',
  ],
  'a var that is no name': [
    () => catchError({ var: 'my-error' }),
    '@catchError on step "work" has the var "my-error", which is no name of an artifact. Write @catchError({ var: \'failure\' }).',
  ],
  'no vars': [
    () => environment(wrong({})),
    '@environment on step "work" needs vars, but has undefined. Write @environment({ vars: { NAME: \'value\' } }).',
  ],
  'a variable without a value': [
    () => environment(wrong({ vars: { TOKEN: undefined } })),
    '@environment on step "work" sets TOKEN to undefined, which is neither a text nor a number nor true or false.',
  ],
  'a variable with an odd name': [
    () => environment({ vars: { 'A=B': 'c' } }),
    '@environment on step "work" sets "A=B", which is no name of a variable.',
  ],
  'an unknown resource': [
    () => resources(wrong({ cores: 4 })),
    '@resources on step "work" has no option "cores". Its options: cpu, gpu, memory, disk, sharedMemory.',
  ],
};

for (const [name, [decorator, message]] of Object.entries(MISTAKES)) {
  test(`${name} is refused when the class is defined`, () => {
    assert.throws(() => legacy(decorator(), step), { name: 'DecoratorError', message });
  });
}

test('a decorator that stands twice is refused', () => {
  assert.throws(() => legacy(retry(), retry()), {
    message: '@retry on step "work" stands there twice. Keep one of the two.',
  });
});

test('a decorator on what is no method is refused by its own name', () => {
  const decorate = timeout({ seconds: 1 }) as unknown as (...words: unknown[]) => void;
  assert.throws(() => decorate(undefined, { kind: 'field', name: 'x', static: false, private: false }), {
    message: '@timeout belongs on a plain method of a flow; "x" is not one.',
  });
});
