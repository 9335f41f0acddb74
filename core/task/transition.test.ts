import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TransitionError } from '../errors.ts';
import { foreachLength } from '../flow/foreach.ts';
import { markStep, type StepMethod } from '../flow/steps.ts';
import { readTransition, type TransitionContext } from './transition.ts';

function stepNamed(name: string): StepMethod {
  const method = () => {};
  markStep(method, { name, options: {} });
  return method;
}

const [start, a, b, end] = ['start', 'a', 'b', 'end'].map(stepNamed) as [
  StepMethod,
  StepMethod,
  StepMethod,
  StepMethod,
];
const steps = new Map(Object.entries({ start, a, b, end }));

/** A flow that has these values, and its steps where no value covers them. */
function contextOf(values: Readonly<Record<string, unknown>> = {}): TransitionContext {
  const value = (name: string) => (name in values ? values[name] : steps.get(name));
  return { step: 'start', steps, value, length: (name) => foreachLength(value(name)) };
}

test('understands every form', () => {
  assert.deepEqual(readTransition([a], contextOf()), { steps: ['a'] });
  assert.deepEqual(readTransition([b, a], contextOf()), { steps: ['b', 'a'] });
  assert.deepEqual(readTransition([a, { foreach: 'xs' }], contextOf({ xs: [1] })), {
    steps: ['a'],
    foreach: 'xs',
  });
  assert.deepEqual(readTransition([{ yes: a, no: b }, { condition: 'v' }], contextOf({ v: 'no' })), {
    steps: ['b'],
    switch: { variable: 'v', case: 'no' },
  });
});

const CASES: readonly (readonly [unknown, string])[] = [
  [true, 'true'],
  [false, 'false'],
  [1, '1'],
  [-0, '0'],
  [10n, '10'],
  [null, 'null'],
  ['', ''],
  [['a', 'b'], 'a,b'],
  [new Date(0), String(new Date(0))],
];

for (const [value, name] of CASES) {
  test(`a switch on ${JSON.stringify(name)} compares as text`, () => {
    const { switch: chosen } = readTransition(
      [{ [name]: a, other: b }, { condition: 'v' }],
      contextOf({ v: value }),
    );
    assert.deepEqual(chosen, { variable: 'v', case: name });
  });
}

test('what the prototype of an object has is no case', () => {
  assert.throws(
    () => readTransition([{ yes: a }, { condition: 'v' }], contextOf({ v: 'toString' })),
    /is "toString"; its cases are "yes"/,
  );
});

test('the length of an untouched list is asked for before its value', () => {
  const context: TransitionContext = {
    ...contextOf(),
    value: () => assert.fail('the list must not be loaded'),
    length: () => 3,
  };
  assert.deepEqual(readTransition([a, { foreach: 'xs' }], context), { steps: ['a'], foreach: 'xs' });
});

const WRONG: readonly (readonly [string, readonly unknown[], Readonly<Record<string, unknown>>, RegExp])[] = [
  ['nothing', [], {}, /names no step/],
  ['only options', [{ foreach: 'xs' }], {}, /no \{ condition: … \}/],
  ['a name', ['a'], {}, /was given a string, which is not a step/],
  [
    'undefined',
    [undefined],
    {},
    /was given undefined, which is not a step of this flow\. Its steps are: start, a, b, end/,
  ],
  ['a helper', [function helper() {}], {}, /the function "helper", which is not a step/],
  ['a step of another flow', [stepNamed('a')], {}, /not a step of this flow/],
  [
    'an artifact that covers a step',
    ['text'],
    { a: 'text' },
    /given this\.a, but an artifact named "a" \(a string\) hides the step/,
  ],
  ['a step twice', [a, a], {}, /names the step "a" twice/],
  [
    'an unknown option',
    [a, { forEach: 'xs' }],
    {},
    /unknown option "forEach"\. The options are: foreach, condition/,
  ],
  ['both options', [a, { foreach: 'xs', condition: 'v' }], {}, /both foreach and condition/],
  ['a foreach by value', [a, { foreach: [1, 2] }], {}, /needs the name of an artifact as foreach/],
  [
    'a foreach over two steps',
    [a, b, { foreach: 'xs' }],
    { xs: [] },
    /over 2 steps; a foreach goes to exactly one/,
  ],
  [
    'a foreach over nothing set',
    [a, { foreach: 'xs' }],
    {},
    /this\.xs is not set\. Assign it before this\.next/,
  ],
  ['a foreach over null', [a, { foreach: 'xs' }], { xs: null }, /which is null\. A foreach takes an array/],
  ['a foreach over a number', [a, { foreach: 'xs' }], { xs: 3 }, /which is a number/],
  ['a foreach over an object', [a, { foreach: 'xs' }], { xs: {} }, /which is a plain object/],
  ['a foreach over a Date', [a, { foreach: 'xs' }], { xs: new Date() }, /which is a Date/],
  ['a foreach over a generator', [a, { foreach: 'xs' }], { xs: [].values() }, /A foreach takes/],
  [
    'a foreach over input',
    [a, { foreach: 'input' }],
    { input: [1] },
    /no artifact.*this\.list = this\.input/,
  ],
  [
    'a condition by value',
    [{ yes: a }, { condition: true }],
    {},
    /needs the name of an artifact as condition/,
  ],
  ['cases in several objects', [{ yes: a }, { no: b }, { condition: 'v' }], { v: 1 }, /as one object/],
  ['a step with a condition', [a, { condition: 'v' }], { v: 1 }, /as one object/],
  ['a condition not set', [{ yes: a }, { condition: 'v' }], {}, /this\.v is not set/],
  ['a case that is no step', [{ yes: 'a' }, { condition: 'v' }], { v: 'yes' }, /was given a string/],
];

for (const [name, words, values, message] of WRONG) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => readTransition(words, contextOf(values)),
      (error) => error instanceof TransitionError && error.step === 'start' && message.test(error.message),
    );
  });
}
