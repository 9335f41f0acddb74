import assert from 'node:assert/strict';
import test from 'node:test';
import { parseSize } from './size.ts';

const SIZES: readonly (readonly [text: string, bytes: number | undefined])[] = [
  ['10', 10_000_000],
  ['0.5', 500_000],
  ['100MB', 100_000_000],
  ['100mb', 100_000_000],
  ['1G', 1_000_000_000],
  ['1.5 GiB', 1_610_612_736],
  ['4k', 4000],
  ['2Ki', 2048],
  ['999', 999_000_000],
  ['0', undefined],
  ['0.9k', undefined],
  ['-1', undefined],
  ['i', undefined],
  ['10i', undefined],
  ['1e3', undefined],
  ['', undefined],
  ['MB', undefined],
  ['100000000T', undefined],
];

for (const [text, bytes] of SIZES) {
  test(`a size of ${JSON.stringify(text)}`, () => assert.equal(parseSize(text), bytes));
}
