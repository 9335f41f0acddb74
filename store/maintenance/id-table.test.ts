import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { objectIds } from '../git/scratch.ts';
import { IdTable } from './id-table.ts';

test('ids are numbered in the order they come, and found again', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(objectIds, { maxLength: 3000, minLength: 1500, size: 'max' }),
      objectIds,
      (ids, other) => {
        const table = new IdTable();
        for (const [number, id] of ids.entries()) {
          assert.equal(table.find(id), -1);
          assert.equal(table.add(id), number);
          assert.equal(table.add(id), number);
        }
        assert.equal(table.size, ids.length);
        for (const [number, id] of ids.entries()) {
          assert.equal(table.find(id), number);
          assert.equal(table.idAt(number), id);
        }
        assert.equal(table.find(other), ids.indexOf(other));
      },
    ),
    { numRuns: 3 },
  );
});
