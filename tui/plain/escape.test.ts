import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { escaped, escapedJson, escapedLines } from './escape.ts';
import { logText } from './log-line.ts';

const logLine = (line: string, isColoured: boolean): string =>
  String(logText(line, { isTerminal: true, isColoured }));

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
  ['a directional override', 'a\u202eb', 'a\\u202eb'],
];

for (const [name, text, shown] of LINES) {
  test(`a line of a log: ${name}`, () => {
    assert.equal(logLine(text, true), shown);
  });
}

test('colours of a log are left out where no colours are shown', () => {
  assert.equal(logLine('\x1b[31mred\x1b[0m \x1b[2J', false), 'red \\x1b[2J');
});

test('a program gets a line of a log as it was written', () => {
  const line = '10 %\r\x1b[2J\u202e';
  assert.equal(String(logText(line, { isTerminal: false, isColoured: true })), line);
});

const SHOWN: readonly (readonly [name: string, text: string, shown: string])[] = [
  ['overrides and isolates', '\u202a\u202e\u2066\u2069', '\\u202a\\u202e\\u2066\\u2069'],
  ['directional marks', '\u200e\u200f\u061c', '\\u200e\\u200f\\u061c'],
  ['what has no width', '\u200b\ufeff\u2060\u00ad', '\\u200b\\ufeff\\u2060\\xad'],
  ['separators of lines and paragraphs', '\u2028\u2029\u0085', '\\u2028\\u2029\\x85'],
  ['half a pair of surrogates', 'a\ud800b\udfff', 'a\\ud800b\\udfff'],
  ['tags, which spell unseen words', '\u{e0041}', '\\u{e0041}'],
  ['what is no character', '\ufffe\ufdd0', '\\ufffe\\ufdd0'],
  ['a joiner between letters that do not join', 'pay\u200dpal', 'pay\\u200dpal'],
  ['a joined emoji', '👩‍👩‍👧 🏳️‍🌈 👩🏽‍🚀', '👩‍👩‍👧 🏳️‍🌈 👩🏽‍🚀'],
  ['a Persian word', 'می\u200cخواهم', 'می\u200cخواهم'],
  ['the form of an ideograph', '葛\u{e0100}', '葛\u{e0100}'],
  ['Hebrew and Arabic letters', 'שלום سلام', 'שלום سلام'],
];

for (const [name, text, shown] of SHOWN) {
  test(`of strings from elsewhere: ${name}`, () => {
    assert.equal(escaped(text), shown);
  });
}

const HARMFUL = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]/;

test('no control byte but those of colours reaches a terminal', () => {
  const nasty = fc.array(
    fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\x1b',
        '\x1b[',
        '\x1b]',
        '\x9b',
        '\r',
        '\n',
        '\x07',
        '\x1b[31m',
        '\x1bP',
        '\u202e',
        '\u200b',
      ),
    ),
  );
  fc.assert(
    fc.property(nasty, (pieces) => {
      const text = pieces.join('');
      const bare = logLine(text, true).replace(/\x1b\[[\d;:]*m/g, '');
      assert.doesNotMatch(bare, HARMFUL);
      assert.doesNotMatch(logLine(text, false), HARMFUL);
      assert.doesNotMatch(escaped(text), HARMFUL);
      assert.equal(escaped(escaped(text)), escaped(text));
    }),
  );
});

test('JSON says the same when it is escaped', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = escapedJson(JSON.stringify(text));
      assert.doesNotMatch(json, HARMFUL);
      assert.equal(JSON.parse(json), text);
    }),
  );
});

test('line breaks of a text stay, those of a name are shown', () => {
  assert.equal(escapedLines('a\r\nb\n\x07'), 'a\nb\n\\x07');
  assert.equal(escaped('a\nb\r'), 'a\\nb\\r');
});
