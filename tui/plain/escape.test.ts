import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { escapeControls, escapeLines, logLine } from './escape.ts';

const LINES: readonly (readonly [name: string, text: string, shown: string])[] = [
  ['plain text', 'epoch 3\tloss 0.1', 'epoch 3\tloss 0.1'],
  ['colours, ended with the line', '\x1b[1;31mred', '\x1b[1;31mred\x1b[0m'],
  ['a window title', '\x1b]0;owned\x07x', '\\x1b]0;owned\\x07x'],
  ['a cleared screen', 'a\x1b[2Jb', 'a\\x1b[2Jb'],
  ['an 8-bit control sequence', 'a\u009b2Jb', 'a\\x9b2Jb'],
  ['a bell', 'a\x07b', 'a\\x07b'],
  ['a backspace, which goes over what was there', 'ax\bb', 'ab'],
  ['a progress bar: its last state', '10 %\r50 %\r100 %', '100 %'],
  ['a progress bar that ends with a return', '10 %\r50 %\r', '50 %'],
  ['a line that ends as on Windows', 'text\r', 'text'],
  ['nothing but returns', '\r\r', ''],
  ['other letters', '日本語 é 👍', '日本語 é 👍'],
];

for (const [name, text, shown] of LINES) {
  test(`a line of a log: ${name}`, () => {
    assert.equal(logLine(text, true), shown);
  });
}

test('colours of a log are left out where no colours are shown', () => {
  assert.equal(logLine('\x1b[31mred\x1b[0m \x1b[2J', false), 'red \\x1b[2J');
});

test('no control byte but those of colours reaches a terminal', () => {
  const nasty = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom('\x1b', '\x1b[', '\x1b]', '\x9b', '\r', '\n', '\x07', '\x1b[31m', '\x1bP'),
    ),
  );
  fc.assert(
    fc.property(nasty, (pieces) => {
      const text = pieces.join('');
      const bare = logLine(text, true).replace(/\x1b\[[\d;:]*m/g, '');
      assert.doesNotMatch(bare, /[\x00-\x08\x0a-\x1f\x7f-\x9f]/);
      assert.doesNotMatch(logLine(text, false), /[\x00-\x08\x0a-\x1f\x7f-\x9f]/);
      assert.doesNotMatch(escapeControls(text), /[\x00-\x08\x0a-\x1f\x7f-\x9f]/);
    }),
  );
});

test('line breaks of a text stay, those of a name are shown', () => {
  assert.equal(escapeLines('a\r\nb\n\x07'), 'a\nb\n\\x07');
  assert.equal(escapeControls('a\nb\r'), 'a\\nb\\r');
});
