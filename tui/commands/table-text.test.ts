import assert from 'node:assert/strict';
import test from 'node:test';
import { tableFromArrays } from 'apache-arrow';
import { paper } from '../rig/paper.ts';
import { tableText } from './table-text.ts';

test('a table is shown by its first rows, and says what is left out', async () => {
  const table = tableFromArrays({ n: Int32Array.from({ length: 7 }, (_, n) => n), s: [...'abcdefg'] });
  const shown = await tableText(table, paper(), 2);
  assert.equal(String(shown), 'n  s\n0  a\n1  b\n… 5 more rows\n');
});

test('names of columns and values cannot harm the terminal', async () => {
  const table = tableFromArrays({ 'a\x1b]0;x\x07': ['v\u202e\x1b[2J'] });
  const shown = String(await tableText(table, paper(), 5));
  assert.equal(shown, 'a\\x1b]0;x\\x07\nv\\u202e\\x1b[2J\n');
});

test('of a great many columns and rows only those that have a place are looked at', async () => {
  let touched = 0;
  const get = (row: number): number => {
    touched += 1;
    return row;
  };
  const fields = Array.from({ length: 200_000 }, (_, index) => ({ name: `column${index}`, type: 0 }));
  const table = { numRows: 1e9, schema: { fields }, get: () => null, getChildAt: () => ({ get }) };
  const shown = String(await tableText(table, paper(), 100));
  assert.match(shown, /… 999999900 more rows; 19999\d more columns: column\d+, .* and 19998\d more\n$/);
  assert.ok(touched < 5000, `${touched} touched`);
});
