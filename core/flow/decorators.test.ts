import assert from 'node:assert/strict';
import { test } from 'node:test';
import { step } from './decorators.ts';
import { FlowSpec } from './flow-spec.ts';
import { stepMethods } from './steps.ts';

test('a standard decorator and a legacy one mark the same', () => {
  class StandardFlow extends FlowSpec {
    @step start() {}
    helper() {}
  }
  class LegacyFlow extends FlowSpec {
    start() {}
    helper() {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(LegacyFlow.prototype, 'start');
  assert.ok(descriptor);
  step(LegacyFlow.prototype, 'start', descriptor);
  assert.deepEqual([...stepMethods(StandardFlow).keys()], ['start']);
  assert.deepEqual([...stepMethods(LegacyFlow).keys()], ['start']);
});

/** Applies the decorator as a compiler would that knows no types. */
const decorate = step as unknown as (...words: unknown[]) => void;
const method = () => {};

const MISUSES: Readonly<Record<string, readonly unknown[]>> = {
  'a field': [undefined, { kind: 'field', name: 'x', static: false, private: false }],
  'a getter': [method, { kind: 'getter', name: 'x', static: false, private: false }],
  'a class': [class {}, { kind: 'class', name: 'x' }],
  'a static method': [method, { kind: 'method', name: 'x', static: true, private: false }],
  'a private method': [method, { kind: 'method', name: '#x', static: false, private: true }],
  'a symbol': [method, { kind: 'method', name: Symbol('x'), static: false, private: false }],
  'a legacy accessor': [{}, 'x', { get: method }],
  'a legacy field': [{}, 'x', undefined],
};

for (const [name, words] of Object.entries(MISUSES)) {
  test(`@step on ${name} throws`, () => {
    assert.throws(
      () => decorate(...words),
      /^TypeError: @step belongs on a plain method of a flow; ".*" is not one\.$/,
    );
  });
}

test('a generator is no step', () => {
  const context = { kind: 'method', name: 'work', static: false, private: false } as never;
  for (const method of [function* () {}, async function* () {}])
    assert.throws(() => step(method, context), /plain or async method, but "work" is a generator/);
});
