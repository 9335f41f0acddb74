import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ObjectId } from '../ids.ts';
import { MalformedObjectError } from './errors.ts';
import { encodeIndex, type IndexRow, PackIndex } from './pack-index.ts';
import { damages, git, objectIds, scratchRepository, snapshot } from './scratch.ts';

const offsets = fc.oneof(
  fc.nat(100_000),
  fc.integer({ min: 2 ** 31 - 2, max: 2 ** 31 + 2 }),
  fc.maxSafeNat(),
);
const rows: fc.Arbitrary<IndexRow[]> = fc.uniqueArray(
  fc.record({ id: objectIds, offset: offsets, crc: fc.nat(0xffffffff) }, { noNullPrototype: true }),
  { selector: (row) => row.id, maxLength: 40 },
);
const pack = Buffer.alloc(20, 0xab);
const raw = (id: ObjectId) => Buffer.from(id, 'hex');

test('property: every row is found again, and nothing else is', () => {
  fc.assert(
    fc.property(rows, objectIds, (given, absent) => {
      const index = new PackIndex(encodeIndex(given, pack));
      assert.equal(index.count, given.length);
      assert.ok(index.intact);
      assert.deepEqual(index.packChecksum, pack);
      for (const { id, offset, crc } of given) {
        const row = index.find(raw(id));
        assert.deepEqual(
          { id: index.idAt(row), offset: index.offsetAt(row), crc: index.crcAt(row) },
          { id, offset, crc },
        );
      }
      if (given.every((row) => row.id !== absent)) assert.equal(index.find(raw(absent)), -1);
      const ids = given.map((row) => row.id).sort();
      assert.deepEqual([...index.startingWith('')], ids);
      assert.deepEqual(
        [...index.startingWith('a')],
        ids.filter((id) => id.startsWith('a')),
      );
    }),
  );
});

test('property: the end of an object is where the next one begins', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const index = new PackIndex(encodeIndex(given, pack));
      const sorted = [...new Set(given.map((row) => row.offset))].sort((a, b) => a - b);
      for (const [i, offset] of sorted.entries()) assert.equal(index.next(offset), sorted[i + 1]);
    }),
  );
});

test('native git reads our index, 64-bit offsets included', () => {
  for (const given of fc.sample(rows, 20)) {
    const shown = execFileSync('git', ['show-index'], { input: encodeIndex(given, pack), encoding: 'utf8' });
    const wanted = given.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    assert.deepEqual(
      shown.split('\n').filter(Boolean),
      wanted.map(({ id, offset, crc }) => `${offset} ${id} (${crc.toString(16).padStart(8, '0')})`),
    );
  }
});

test('our index of a pack is byte for byte the one native git makes', (t) => {
  const repository = scratchRepository(t);
  const written = repository.writePack(snapshot(Array.from({ length: 300 }, (_, i) => `${i}`)).objects, {
    sync: false,
  });
  assert.ok(written);
  const index = written.path.replace('.pack', '.idx');
  const ours = readFileSync(index);
  git(repository.path, ['index-pack', '-o', `${index}.git`, written.path]);
  assert.deepEqual(ours, readFileSync(`${index}.git`));
});

test('an index of native git with 64-bit offsets is read', (t) => {
  const repository = scratchRepository(t);
  const { objects } = snapshot(['a', 'b', 'c'.repeat(1000)]);
  const written = repository.writePack(objects, { sync: false });
  assert.ok(written);
  const path = `${written.path}.wide`;
  git(repository.path, ['index-pack', '--index-version=2,0x10', '-o', path, written.path]);
  const wide = new PackIndex(readFileSync(path));
  const narrow = new PackIndex(readFileSync(written.path.replace('.pack', '.idx')));
  for (const { id } of objects) {
    assert.equal(wide.offsetAt(wide.find(raw(id))), narrow.offsetAt(narrow.find(raw(id))));
  }
  assert.notEqual(wide.bytes, narrow.bytes);
});

test('property: a damaged index is noticed by its checksum at the latest, and never makes a lookup fail otherwise', () => {
  fc.assert(
    fc.property(rows, damages, objectIds, (given, damage, absent) => {
      const bytes = damage(encodeIndex(given, pack));
      try {
        const index = new PackIndex(bytes);
        assert.equal(index.intact, false);
        for (const id of [absent, ...given.map((row) => row.id)]) {
          const row = index.find(raw(id));
          if (row >= 0) assert.ok(Number.isSafeInteger(index.offsetAt(row)));
        }
      } catch (error) {
        assert.ok(error instanceof MalformedObjectError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});
