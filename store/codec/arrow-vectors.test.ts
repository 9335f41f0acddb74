import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ArrowVector, loadArrow } from './arrow.ts';
import { VECTORS } from './arrow-fixtures.ts';
import { plainRows } from './arrow-rows.ts';
import { type Kept, keep, valueFile } from './fixtures.ts';

const { Vector, vectorFromArray } = loadArrow();

function elementsOf({ reader }: Kept): unknown[] {
  return Array.from({ length: reader.length ?? 0 }, (_, index) => reader.element(index));
}

describe('a vector comes back with its type, its rows and its digest:', () => {
  for (const [name, vector] of VECTORS) {
    test(`${name}: ${vector.type}`, () => {
      const cut = vector.slice(2, vector.length - 1);
      for (const value of [vector, cut, vector.concat(cut as never)]) {
        const kept = keep(value);
        const back = kept.reader.load() as ArrowVector;
        assert.ok(back instanceof Vector);
        assert.equal(String(back.type), String(value.type));
        assert.deepEqual(plainRows(back), plainRows(value));
        assert.deepEqual(elementsOf(kept), plainRows(value));
        assert.equal(keep(back).stored.digest, kept.stored.digest);
        const { $arrow: _, ...skeleton } = valueFile(kept).skeleton as Record<
          string,
          { field: { type: { name: string } } }
        >;
        assert.equal(skeleton['$arrow.Vector']?.field.type.name, name);
      }
    });
  }

  test('equal rows have equal digests wherever they were cut from and whatever lies under nulls', () => {
    const simple = VECTORS.filter(
      ([name, { type }]) => !/union|struct|map|view|date|time/.test(name) && !/Dict/.test(String(type)),
    );
    for (const [, vector] of simple) {
      const fresh = vectorFromArray(plainRows(vector.slice(2, 9)) as never, vector.type as never);
      assert.equal(keep(vector.slice(2, 9)).stored.digest, keep(fresh).stored.digest, String(vector.type));
    }
  });
});
