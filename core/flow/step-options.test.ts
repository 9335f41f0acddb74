import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecoratorError } from '../errors.ts';
import { checkedStepOptions } from './step-options.ts';

test('options are taken as they are given', () => {
  for (const options of [{}, { reuse: false }, { concurrency: 1 }, { concurrency: 500, reuse: undefined }])
    assert.deepEqual(checkedStepOptions('call', options), options);
});

test('a concurrency is a whole number from 1 up', () => {
  for (const concurrency of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '10', null, true])
    assert.throws(
      () => checkedStepOptions('call', { concurrency }),
      (error) =>
        error instanceof DecoratorError &&
        /@step on step "call" takes a whole number from 1 up as concurrency, but was given/.test(
          error.message,
        ),
    );
});

test('others than those there are, are refused', () => {
  assert.throws(
    () => checkedStepOptions('call', { parallel: 3 }),
    /no option "parallel".*reuse, concurrency/,
  );
  assert.throws(() => checkedStepOptions('call', 3), /takes options as an object/);
});
