import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { RefNameError } from './errors.ts';
import { checkRefName } from './ref-name.ts';

const pieces = fc.constantFrom(
  'a',
  'Z',
  '0',
  '/',
  '.',
  '..',
  '@',
  '@{',
  '{',
  '~',
  '^',
  ':',
  '?',
  '*',
  '[',
  '\\',
  ' ',
  '\t',
  '\x7f',
  '.lock',
  'lock',
  '-',
  'é',
  '😀',
  '!',
  '$',
  '%',
);
const names = fc.array(pieces, { minLength: 1, maxLength: 5 }).map((parts) => `refs/${parts.join('')}`);

function legal(name: string): boolean {
  try {
    checkRefName(name);
    return true;
  } catch (error) {
    assert.ok(error instanceof RefNameError, String(error));
    return false;
  }
}

test('property: a name is legal exactly when git check-ref-format says so', () => {
  fc.assert(
    fc.property(names, (name) => {
      assert.equal(
        legal(name),
        spawnSync('git', ['check-ref-format', name]).status === 0,
        JSON.stringify(name),
      );
    }),
    { numRuns: 300 },
  );
});

test('names outside of refs/, half characters and names too long for a file are refused', () => {
  for (const name of [
    '',
    'main',
    '../refs/x',
    '/refs/x',
    'refs',
    'refs/',
    'FETCH_HEAD',
    'refs/\ud800',
    `refs/${'x'.repeat(251)}`,
  ]) {
    assert.equal(legal(name), false, name);
  }
  for (const name of ['HEAD', 'refs/heads/main', 'refs/runs/ForeachFlow/20261122-104755-123k7'])
    assert.ok(legal(name));
});
