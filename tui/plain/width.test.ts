import assert from 'node:assert/strict';
import test from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
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
  ['\x1b[31mred\x1b[39m', 3],
  ['a\u200bb', 2],
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
    assert.equal(cut(text, width, '…'), result);
  });
}

test('a cut keeps colour codes, so that what they began ends', () => {
  assert.equal(cutEnd('\x1b[31mtraining\x1b[39m', 4, '…'), '\x1b[31mtra\x1b[39m…');
});

test('a text is never wider than it was cut to, and what is kept are its ends', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 30 });
  fc.assert(
    fc.property(texts, fc.nat(20), (text, width) => {
      const plain = stripVTControlCharacters(text);
      const end = cutEnd(plain, width, '…');
      const middle = cutMiddle(plain, width, '…');
      assert.ok(widthOf(end) <= width && widthOf(middle) <= width);
      assert.ok(plain.startsWith(end.replace(/…$/, '')) || end === plain);
    }),
  );
});

test('padding fills up to a width and never cuts', () => {
  assert.equal(pad('日', 4), '日  ');
  assert.equal(pad('日', 4, 'left'), '  日');
  assert.equal(pad('training', 4), 'training');
});
