import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolutionOf, wordsOf } from './node-options.ts';

const WORDS: readonly (readonly [string, readonly string[]])[] = [
  ['', []],
  ['  --a   --b=c ', ['--a', '--b=c']],
  ['--require "/home/a b/x.cjs"', ['--require', '/home/a b/x.cjs']],
  ['--import="a \\"b\\" \\\\c"', ['--import=a "b" \\c']],
  ['--x="" y', ['--x=', 'y']],
  ['C:\\x', ['C:\\x']],
];

for (const [text, words] of WORDS)
  test(`the words of NODE_OPTIONS=${text}`, () => assert.deepEqual(wordsOf(text), words));

test('conditions are given in every form that node takes', () => {
  const { conditions } = resolutionOf([
    '--conditions=a',
    '-C',
    'b',
    '--conditions',
    'c',
    '-C=d',
    '--import=x',
  ]);
  assert.deepEqual(
    conditions.filter((name) => name.length === 1),
    ['a', 'b', 'c', 'd'],
  );
});

test('addons and links are as node was told', () => {
  const plain = resolutionOf([]);
  assert.equal(plain.preserveSymlinks, false);
  assert.ok(plain.conditions.includes('node-addons'));
  const told = resolutionOf(['--preserve_symlinks', '--no-addons']);
  assert.equal(told.preserveSymlinks, true);
  assert.ok(!told.conditions.includes('node-addons'));
});
