import assert from 'node:assert/strict';
import test from 'node:test';
import { logText } from './log-line.ts';

const logLine = (line: string, isColoured: boolean): string =>
  String(logText(line, { isTerminal: true, isColoured }));

/** What a program writes as one line, and what is seen of it without colours. */
const LINES: readonly (readonly [written: string, seen: string])[] = [
  ['plain', 'plain'],
  ['10 %\r50 %\r100 %', '100 %'],
  ['100 %\r', '100 %'],
  ['long text\rshort', 'short' + 'text'],
  ['long text\r\x1b[Kshort', 'short'],
  ['long text\x1b[2K\rshort', 'short'],
  ['\x1b[2K\x1b[1Gone\x1b[2K\x1b[1Gtwo', 'two'],
  ['abc\b\bX', 'aXc'],
  ['abc\x1b[2DX', 'aXc'],
  ['a\x1b[3Cb', 'a   b'],
  ['abcdef\x1b[3D\x1b[1K', '    ef'],
  ['\x1b[?25l 3/3\x1b[?25h', ' 3/3'],
  ['\x1b[A\rone line up', 'one line up'],
  ['日本\r語', '語本'],
  ['\x1b[2J\rcleared', 'cleared'],
  ['\x1b]0;title\x07\r', '\\x1b]0;title\\x07'],
  ['bar\x1b[999999999G', 'bar'],
];

for (const [written, seen] of LINES) {
  test(`${JSON.stringify(written)} is seen as ${JSON.stringify(seen)}`, () => {
    assert.equal(logLine(written, false), seen);
  });
}

test('colours stay with what they were written for', () => {
  assert.equal(logLine('\x1b[31mred\x1b[0m\r\x1b[32mg', true), '\x1b[32mg\x1b[0m\x1b[31med\x1b[0m\x1b[0m');
});

test('a bar of thousands of states is resolved in no time', () => {
  const states = Array.from({ length: 3000 }, (_, i) => `\r${i}/3000 ${'█'.repeat(i / 100)}`);
  const begun = performance.now();
  assert.match(logLine(states.join(''), false), /^2999\/3000 █+$/);
  assert.ok(performance.now() - begun < 2000);
});
