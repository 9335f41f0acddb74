import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workerArguments } from './worker-arguments.ts';

const TSX = [
  '--require',
  '/x/node_modules/tsx/dist/preflight.cjs',
  '--import',
  'file:///x/node_modules/tsx/dist/loader.mjs',
];

const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['nothing', [], []],
  ['a script given as text', ['--input-type=module', '-e', 'code'], []],
  ['the same, the option’s value apart', ['--input-type', 'module', '--eval', 'code'], []],
  ['a debugger', ['--inspect-brk=9229', '--inspect-port', '0'], []],
  ['tests and watching', ['--test', '--watch', '--watch-path=src', '--test-name-pattern=x'], []],
  ['tsx', TSX, []],
  ['tsx by name', ['--import', 'tsx', '--import=tsx/esm'], []],
  ['memory', ['--max-old-space-size=100', '--expose-gc'], ['--max-old-space-size=100', '--expose-gc']],
  [
    'other preloads',
    ['-r', './trace.cjs', '--import=./tsx-free.mjs'],
    ['-r', './trace.cjs', '--import=./tsx-free.mjs'],
  ],
  ['conditions and files', ['-C', 'dev', '--env-file=.env'], ['-C', 'dev', '--env-file=.env']],
];

for (const [name, given, kept] of CASES) {
  test(`a worker of a process started with ${name}`, () =>
    assert.deepEqual(workerArguments(given, false), kept));
}

test('a worker that is not compiled needs the loader', () => {
  assert.deepEqual(workerArguments([...TSX, '-e', 'code'], true), TSX);
});
