import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ObjectId } from '../ids.ts';
import { MalformedObjectError } from './errors.ts';
import { openIndex } from './open-index.ts';
import { encodeIndex, type IndexRow, PackIndex } from './pack-index.ts';
import { scratchFolder } from './scratch.ts';

const rows: IndexRow[] = Array.from({ length: 20_000 }, (_, i) => ({
  id: createHash('sha1').update(String(i)).digest('hex') as ObjectId,
  offset: i % 7 === 0 ? 2 ** 31 + i * 100 : 12 + i * 100,
  crc: i * 7919,
}));
const bytes = encodeIndex(rows, Buffer.alloc(20, 0xab));
const raw = (id: string) => Buffer.from(id, 'hex');

test('a large index that is read while it is used says what it says when it is read whole', (t) => {
  const path = join(scratchFolder(t), 'large.idx');
  writeFileSync(path, bytes);
  const whole = new PackIndex(bytes);
  const each = (check: (index: PackIndex) => unknown): void =>
    assert.deepEqual(check(openIndex(path)), check(whole));
  each((index) => index.count);
  each((index) => index.intact);
  each((index) => index.packChecksum.toString('hex'));
  each((index) => index.next(rows[5]?.offset ?? 0));
  each((index) => [...index.startingWith('ab')]);
  for (const row of [0, 1, 9999, 19_999]) {
    each((index) => index.idAt(row));
    each((index) => index.crcAt(row));
    each((index) => index.offsetAt(row));
  }
  const one = openIndex(path);
  for (const { id } of rows.slice(0, 2000)) {
    each((index) => index.find(raw(id)));
    const row = one.find(raw(id));
    assert.deepEqual([one.idAt(row), one.offsetAt(row)], [id, whole.offsetAt(row)]);
    assert.equal(one.find(raw(`${id.slice(0, 38)}00`)), whole.find(raw(`${id.slice(0, 38)}00`)));
  }
});

test('one that was cut short is refused, at once or when it is read there', (t) => {
  const path = join(scratchFolder(t), 'large.idx');
  writeFileSync(path, bytes);
  const before = openIndex(path);
  truncateSync(path, 200_000);
  assert.throws(() => openIndex(path), MalformedObjectError);
  assert.throws(() => before.intact, MalformedObjectError);
});
