import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { AddressError, NotFoundError } from '#client';
import { FlowProblemsError, LoadFlowError, ParameterError } from '#core';
import { EXIT, verdictOf } from './exit.ts';
import { UsageError } from './usage.ts';

const ERRORS: readonly (readonly [error: unknown, code: number, heading: string])[] = [
  [new UsageError('no'), EXIT.usage, 'error'],
  [new ParameterError([{ parameter: 'lr', message: 'no' }]), EXIT.usage, 'error'],
  [new AddressError({ text: 'a//b', position: 2, expected: 'x', example: 'y' }), EXIT.usage, 'error'],
  [new NotFoundError({ kind: 'run', wanted: 'x', sentence: 'no' }), EXIT.no, 'error'],
  [new LoadFlowError('f.ts', 'does not exist.'), EXIT.no, 'error'],
  [new FlowProblemsError('F', [{ check: 'steps', message: 'no steps' }]), EXIT.no, 'error'],
  [systemError(), EXIT.no, 'error'],
  [new TypeError('x is undefined'), EXIT.bug, 'internal error'],
  [Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }), EXIT.bug, 'internal error'],
  ['a text', EXIT.bug, 'internal error'],
  [undefined, EXIT.bug, 'internal error'],
];

for (const [error, code, heading] of ERRORS) {
  const name =
    error instanceof Error ? `${error.name} ${(error as { code?: string }).code ?? ''}` : String(error);
  test(`${name.trim()} ends with ${code}`, () => {
    const verdict = verdictOf(error);
    assert.deepEqual([verdict.code, verdict.heading], [code, heading]);
    assert.notEqual(verdict.message, '');
  });
}

test('a bug shows its stack and asks to be reported', () => {
  const { message } = verdictOf(new TypeError('x is undefined'));
  assert.match(
    message,
    /^x is undefined\n.*report it.*\noxbow \d\S+, Node \d\S+, \w+ \w+\nTypeError: x is undefined\n {4}at /,
  );
});

test('hints of a usage error are passed on', () => {
  assert.deepEqual(verdictOf(new UsageError('no', ['flow --help'])).hints, ['flow --help']);
});

function systemError(): unknown {
  try {
    return readFileSync('/nowhere/at/all');
  } catch (error) {
    return error;
  }
}
