import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import fc from 'fast-check';
import { escaped } from './escape.ts';
import { command, pathWord, quoted } from './shell.ts';

const WORDS: readonly (readonly [word: string, shown: string])[] = [
  ['/data/my-store', '/data/my-store'],
  ['ForeachFlow/20261122-104755-123k7/a/0', 'ForeachFlow/20261122-104755-123k7/a/0'],
  ["it's here", "'it'\\''s here'"],
  ['', "''"],
  ['~root', "'~root'"],
  ['=ls', "'=ls'"],
  ['a;rm -rf $HOME `x`', "'a;rm -rf $HOME `x`'"],
  ['a\nb', "$'a\\012b'"],
  ["\x1b]0;'\\", "$'\\033]0;\\'\\\\'"],
  ['\u202e', "$'\\342\\200\\256'"],
];

for (const [word, shown] of WORDS) {
  test(`${JSON.stringify(word)} is copied as ${shown}`, () => {
    assert.equal(quoted(word), shown);
  });
}

test('a file whose name begins with a dash is not taken for an option', () => {
  assert.equal(pathWord('-x.ts'), './-x.ts');
  assert.equal(pathWord('a b.ts'), "'a b.ts'");
});

test('a command has our words as they are and others quoted', () => {
  assert.equal(command`flow logs ${'F/1/a b'} --store ${'/x'}`, "flow logs 'F/1/a b' --store /x");
  assert.equal(command`flow runs ${['F', '--tag', 'a b']}`, "flow runs F --tag 'a b'");
});

test('bash takes each word as it was, and a terminal is sent nothing harmful', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.string({ unit: fc.constantFrom(...'\'\\$`"!\n\t\x1b\u202e\u200b -~=#*é日7'.split('')), minLength: 1 }),
  );
  const words = fc.sample(
    word.map((one) => one.toWellFormed().replaceAll('\0', '')),
    { numRuns: 300, seed: 1 },
  );
  const shown = words.map(quoted);
  for (const one of shown) assert.equal(escaped(one), one);
  const { stdout } = spawnSync('bash', ['-c', `printf '%s\\0' ${shown.join(' ')}`], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  assert.deepEqual(stdout.toString().split('\0').slice(0, -1), words);
});
