import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { paintFor } from './paint.ts';
import { firstLines, joined, linesOf, multiline, type Part, text } from './text.ts';

const paint = paintFor(true);

test('literals of ours stand as they are, and strings between them escaped', () => {
  assert.equal(String(text`a\n${'b\n\x1b[2J'} ${7}`), 'a\nb\\n\\x1b[2J 7');
});

test('a text in a text keeps its colours, and is escaped once', () => {
  assert.equal(String(text`${paint.bad('x\x07')}: ${text`${'\x07'}`}`), '\x1b[31mx\\x07\x1b[39m: \\x07');
});

test('lines, parts with something between them, and the first of many lines', () => {
  assert.equal(String(linesOf(['a\nb', text`c`])), 'a\\nb\nc\n');
  assert.equal(String(joined(['a', 'b\x1b'], text`\n`)), 'a\nb\\x1b');
  assert.equal(String(multiline('a\r\nb\x1b')), 'a\nb\\x1b');
  assert.equal(String(firstLines(text`a\nb\nc`, 2, '…')), 'a\nb\n…');
  assert.equal(String(firstLines(text`a\nb`, 2, '…')), 'a\nb');
});

test('whatever stands where a string should, no control character of it passes', () => {
  const nasty = fc.anything({
    withBigInt: true,
    values: [fc.string({ unit: 'binary' }), fc.constant('\x1b[2J\u202e')],
  });
  fc.assert(
    fc.property(
      nasty.filter((value) => typeof value !== 'symbol' && isPrintable(value)),
      (value) => {
        assert.doesNotMatch(String(text`${value as Part}`), /[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e]/);
      },
    ),
  );
});

function isPrintable(value: unknown): boolean {
  try {
    return typeof String(value) === 'string';
  } catch {
    return false;
  }
}
