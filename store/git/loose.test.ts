import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import type { ObjectId } from '../ids.ts';
import { hasLoose, looseIds, readLoose, writeLoose } from './loose.ts';
import { objectIdOf } from './object.ts';
import { damages, fsck, git, scratchFolder, scratchRepository } from './scratch.ts';

const bodies = fc.uint8Array({ maxLength: 300 });
const types = fc.constantFrom('blob', 'tag');

test('property: an object comes back as it was written', (t) => {
  const objects = scratchFolder(t);
  fc.assert(
    fc.property(types, bodies, (type, body) => {
      const id = writeLoose(objects, type, body);
      assert.ok(hasLoose(objects, id));
      assert.deepEqual(readLoose(objects, id, true), { object: { type, body: Buffer.from(body) } });
    }),
    { numRuns: 30 },
  );
});

test('native git and we read each other’s files', (t) => {
  const { path } = scratchRepository(t);
  const objects = join(path, 'objects');
  const body = Buffer.alloc(100_000, 'text €');
  assert.deepEqual(gitBlob(path, writeLoose(objects, 'blob', body)), body);
  const theirs = git(path, ['hash-object', '-w', '--stdin'], 'theirs').trim() as ObjectId;
  assert.deepEqual(readLoose(objects, theirs, true), {
    object: { type: 'blob', body: Buffer.from('theirs') },
  });
  assert.equal(fsck(path), '');
});

function gitBlob(path: string, id: ObjectId): Buffer {
  return Buffer.from(git(path, ['cat-file', 'blob', id]));
}

test('a file of git that begins with a long table of Huffman codes', (t) => {
  const { path } = scratchRepository(t);
  // Bytes of every value, each as often as no other, so that codes of all lengths are in use.
  const bytes = Array.from({ length: 20_000 }, (_, i) =>
    Math.floor(256 * (((i * 7919) % 20_000) / 20_000) ** 3),
  );
  for (const body of [Buffer.from(bytes), Buffer.from(bytes.reverse())]) {
    const id = git(path, ['hash-object', '-w', '--stdin'], body).trim() as ObjectId;
    assert.deepEqual(readLoose(join(path, 'objects'), id, true), { object: { type: 'blob', body } });
  }
});

test('a torn file heals when the object is written again', (t) => {
  const objects = scratchFolder(t);
  const body = Buffer.from('some content that matters');
  const id = objectIdOf('blob', body);
  const path = join(objects, id.slice(0, 2), id.slice(2));
  mkdirSync(dirname(path));
  writeFileSync(path, deflateSync(`blob ${body.length}\0some`).subarray(0, 10));
  assert.ok('damage' in (readLoose(objects, id, true) ?? {}));
  writeLoose(objects, 'blob', body);
  assert.deepEqual(readLoose(objects, id, true), { object: { type: 'blob', body } });
  assert.equal(readdirSync(dirname(path)).length, 1);
});

test('property: a damaged file gives the right object or says what is wrong', (t) => {
  const objects = scratchFolder(t);
  fc.assert(
    fc.property(bodies, damages, (body, damage) => {
      const id = writeLoose(objects, 'blob', body);
      const path = join(objects, id.slice(0, 2), id.slice(2));
      const bytes = damage(readFileSync(path));
      const place = join(objects, 'ff', 'f'.repeat(38));
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, bytes);
      const finding = readLoose(objects, 'f'.repeat(40) as ObjectId, false);
      assert.ok(finding !== undefined);
      if ('object' in finding && objectIdOf(finding.object.type, finding.object.body) === id) {
        assert.deepEqual(finding.object.body, Buffer.from(body));
      }
      const verified = readLoose(objects, 'f'.repeat(40) as ObjectId, true);
      assert.ok(verified !== undefined && 'damage' in verified);
    }),
    { numRuns: 200 },
  );
});

test('a file whose content has another name is refused', (t) => {
  const objects = scratchFolder(t);
  const id = writeLoose(objects, 'blob', Buffer.from('a'));
  const other = join(objects, 'ff');
  mkdirSync(other, { recursive: true });
  writeFileSync(join(other, 'f'.repeat(38)), readFileSync(join(objects, id.slice(0, 2), id.slice(2))));
  const finding = readLoose(objects, 'f'.repeat(40) as ObjectId, true);
  assert.match(finding !== undefined && 'damage' in finding ? finding.damage : '', /another content/);
});

test('ids are found by prefix, and other files in the folders are passed over', (t) => {
  const objects = scratchFolder(t);
  const ids = Array.from({ length: 30 }, (_, i) => writeLoose(objects, 'blob', Buffer.from(`${i}`)));
  mkdirSync(join(objects, 'pack'));
  writeFileSync(join(objects, ids[0]?.slice(0, 2) ?? '', 'tmp_obj_x'), '');
  assert.deepEqual([...looseIds(objects, '')].sort(), ids.toSorted());
  for (const prefix of [ids[3]?.slice(0, 1), ids[4]?.slice(0, 2), ids[5]?.slice(0, 7), ids[6], 'zz']) {
    const found = [...looseIds(objects, prefix ?? '')].sort();
    assert.deepEqual(found, ids.filter((id) => id.startsWith(prefix ?? '')).sort());
  }
});
