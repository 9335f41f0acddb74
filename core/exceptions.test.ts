import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { exceptionOf } from './exceptions.ts';

test('an error is kept with name, message, code, stack and causes', () => {
  const cause = Object.assign(new Error('no such file'), { code: 'ENOENT' });
  const record = exceptionOf(new RangeError('too far', { cause }));
  assert.equal(record.name, 'RangeError');
  assert.equal(record.message, 'too far');
  assert.match(record.stack ?? '', /^RangeError: too far\n {4}at /);
  assert.equal(record.code, undefined);
  assert.deepEqual(
    [record.cause?.name, record.cause?.message, record.cause?.code],
    ['Error', 'no such file', 'ENOENT'],
  );
});

test('a chain of causes that never ends is cut', () => {
  const error = new Error('round');
  error.cause = error;
  let depth = 0;
  for (let record = exceptionOf(error).cause; record; record = record.cause) depth += 1;
  assert.equal(depth, 8);
});

const THROWN: readonly (readonly [unknown, string])[] = [
  ['text', '"text"'],
  [{ status: 404 }, '{"status":404}'],
  [undefined, 'undefined'],
  [null, 'null'],
  [10n, 'bigint'],
  [Symbol('s'), 'Symbol(s)'],
];

for (const [thrown, shown] of THROWN) {
  test(`says that ${shown} was thrown, which is no Error`, () => {
    assert.equal(exceptionOf(thrown).message, `A step threw ${shown}, not an Error.`);
  });
}

test('whatever an error is made of, the record is plain data', () => {
  class Odd extends Error {
    override get message(): string {
      throw new Error('never readable');
    }
  }
  const odd = [
    Object.assign(new Error('x'), { message: { not: 'text' } }),
    Object.assign(new Error('y'), { name: 7 }),
    new Odd(),
  ];
  for (const error of odd) {
    const { name, message } = exceptionOf(error);
    assert.equal(typeof name, 'string');
    assert.equal(typeof message, 'string');
  }
});

test('a cause that is no error is told as it is', () => {
  assert.equal(exceptionOf(new Error('x', { cause: { status: 404 } })).cause?.message, '{"status":404}');
});

test('an error of another realm is an error', () => {
  const { name, message, stack } = exceptionOf(runInNewContext('new TypeError("from afar")'));
  assert.deepEqual([name, message], ['TypeError', 'from afar']);
  assert.match(stack ?? '', /from afar/);
});

test('a large value that was thrown is cut', () => {
  assert.ok(exceptionOf('x'.repeat(1e6)).message.length < 600);
});
