import assert from 'node:assert/strict';
import test from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { escaped } from './escape.ts';
import { Text } from './text.ts';
import { cutEnd, cutMiddle, pad, widthOf } from './width.ts';

const WIDTHS: readonly (readonly [text: string, width: number])[] = [
  ['', 0],
  ['plain', 5],
  ['日本語', 6],
  ['ｆｕｌｌ', 8],
  ['한국어', 6],
  ['e\u0301', 1],
  ['\u0301', 0],
  ['👍', 2],
  ['👩‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['❤️', 2],
  ['❤', 1],
  ['✔ ✘ … →', 7],
  ['a\u200bb', 8],
  ['a\x1bb', 6],
];

for (const [text, width] of WIDTHS) {
  test(`${JSON.stringify(text)} takes ${width} columns`, () => {
    assert.equal(widthOf(text), width);
  });
}

const CUTS: readonly (readonly [cut: typeof cutEnd, text: string, width: number, result: string])[] = [
  [cutEnd, 'training', 8, 'training'],
  [cutEnd, 'training', 5, 'trai…'],
  [cutEnd, '日本語', 5, '日本…'],
  [cutEnd, '日本語', 4, '日…'],
  [cutEnd, 'training', 1, '…'],
  [cutEnd, 'training', 0, ''],
  [cutMiddle, '20261122-104755-123k7', 11, '20261…123k7'],
  [cutMiddle, '日本語日本語', 8, '日本…語'],
  [cutMiddle, 'abcdef', 2, 'a…'],
];

for (const [cut, text, width, result] of CUTS) {
  test(`${cut.name} of ${text} to ${width} columns`, () => {
    assert.equal(String(cut(text, width, '…')), result);
  });
}

test('a cut keeps colour codes, so that what they began ends', () => {
  const red = Text.trusted('\x1b[31mtraining\x1b[39m');
  assert.equal(widthOf(red), 8);
  assert.equal(String(cutEnd(red, 4, '…')), '\x1b[31mtra\x1b[39m…');
});

test('a text is never wider than it was cut to, and what is kept are its ends', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 30 });
  fc.assert(
    fc.property(texts, fc.nat(20), (text, width) => {
      const plain = escaped(stripVTControlCharacters(text));
      const end = String(cutEnd(plain, width, '…'));
      const middle = String(cutMiddle(plain, width, '…'));
      assert.ok(widthOf(end) <= width && widthOf(middle) <= width);
      assert.ok(plain.startsWith(end.replace(/…$/, '')) || end === plain);
    }),
  );
});

test('padding fills up to a width and never cuts', () => {
  assert.equal(String(pad('日', 4)), '日  ');
  assert.equal(String(pad('日', 4, 'left')), '  日');
  assert.equal(String(pad('training', 4)), 'training');
});

test('a long string is cut before it is measured: no more of it is looked at than could fit', () => {
  const endless = '\u0301'.repeat(1_000_000);
  const words = 'é日👍 '.repeat(1_000_000);
  for (const long of [words, `a${endless}`]) {
    for (const cut of [cutEnd, cutMiddle]) {
      const shown = String(cut(long, 40, '…'));
      assert.ok(shown.length < 3000 && widthOf(shown) <= 40, `${cut.name} kept ${shown.length} characters`);
      assert.ok(shown.includes('…'));
    }
  }
  assert.ok(widthOf(words, 40) < 50);
});
