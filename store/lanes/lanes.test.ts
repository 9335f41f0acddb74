import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { objectIdOf } from '../git/object.ts';
import { PackFolder } from '../git/pack-folder.ts';
import type { ObjectId } from '../ids.ts';
import { openChunkPack } from './chunk-pack.ts';
import { Lanes, takeLanes } from './lanes.ts';
import { SLOTS, Slots } from './slots.ts';

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-lanes-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Chunks that do not shrink, some that do, and a short one. */
const CHUNKS = Array.from({ length: 3 * SLOTS }, (_, i) =>
  i === 7 ? Buffer.alloc(1 << 20, 'abc') : randomBytes(i === 20 ? 5 : 1 << 20),
);

/** A chunk pack of all chunks, checked by reading it; `during` is called before each chunk. */
function packAll(t: TestContext, during: (i: number) => void = () => {}): void {
  const folder = scratch(t);
  const ids: ObjectId[] = [];
  const intake = openChunkPack({
    packFolder: folder,
    keep: 'x',
    count: CHUNKS.length,
    has: () => false,
    onPack: (_, written) => ids.push(...written.map(({ id }) => id)),
  });
  assert.ok(intake, 'there are lanes');
  CHUNKS.forEach((chunk, i) => {
    during(i);
    intake.add(chunk);
  });
  const stored = intake.finish();
  intake.close();
  assert.deepEqual(
    stored,
    CHUNKS.map((chunk) => ({ id: objectIdOf('blob', chunk), compressed: false })),
  );
  assert.deepEqual(
    ids,
    stored.map(({ id }) => id),
  );
  const packs = new PackFolder(folder);
  packs.refresh();
  for (const [i, { id }] of stored.entries()) {
    const finding = packs.read(id, true);
    assert.ok(finding && 'object' in finding);
    assert.deepEqual(finding.object.body, CHUNKS[i]);
  }
  packs.close();
}

const lanesAreThere = takeLanes();
lanesAreThere?.release();
const skip = lanesAreThere === undefined ? 'a machine with one core has no lanes' : false;

test('chunks go through the lanes into a pack, again and again', { skip }, (t) => {
  for (let round = 0; round < 5; round++) packAll(t);
});

test('only one at a time has the lanes, and who gives up on a part gives them back', { skip }, (t) => {
  const packFolder = scratch(t);
  const options = { packFolder, keep: 'x', count: 30, has: () => false, onPack: () => {} };
  for (let given = 0; given < SLOTS + 2; given++) {
    const intake = openChunkPack(options);
    assert.ok(intake);
    assert.equal(openChunkPack(options), undefined);
    for (let i = 0; i < given; i++) intake.add(CHUNKS[i % CHUNKS.length] ?? Buffer.alloc(0));
    intake.close();
  }
  assert.deepEqual(readdirSync(packFolder), []);
  packAll(t);
});

test('a disk that fails in the middle is an error, and the lanes go on', { skip }, (t) => {
  const packFolder = scratch(t);
  let looks = 0;
  const has = () => {
    looks += 1;
    if (looks > 6) throw new Error('no disk');
    return false;
  };
  const intake = openChunkPack({ packFolder, keep: 'x', count: 30, has, onPack: () => {} });
  assert.throws(() => {
    for (const chunk of CHUNKS) intake?.add(chunk);
  }, /no disk/);
  intake?.close();
  assert.deepEqual(readdirSync(packFolder), []);
  packAll(t);
});

test('without any thread that works, everything is made here', () => {
  const lanes = new Lanes({ slots: new Slots(), workers: [], patience: 20 });
  for (let i = 0; i < 2 * SLOTS; i++) {
    const chunk = CHUNKS[i] ?? Buffer.alloc(0);
    lanes.put(i % SLOTS, chunk, true);
    const { id, compressed } = lanes.entry(i % SLOTS);
    assert.equal(compressed, i === 7);
    if (!compressed) assert.equal(id, objectIdOf('blob', chunk));
    lanes.sum(i % SLOTS, i, 2 * SLOTS);
  }
  assert.equal(lanes.checksum(SLOTS - 1), undefined);
  assert.equal(lanes.broken, true);
  lanes.release();
});

test('a chunk that a lane died over is made here, as are all that follow', () => {
  const slots = new Slots();
  const lanes = new Lanes({ slots, workers: [], patience: 20 });
  for (let i = 0; i < 3; i++) {
    lanes.put(i, CHUNKS[i] ?? Buffer.alloc(0), false);
    assert.equal(slots.take(i), true); // As a lane does before it works.
    const { id, bytes } = lanes.entry(i);
    assert.equal(id, objectIdOf('blob', CHUNKS[i] ?? Buffer.alloc(0)));
    slots.room(i).fill(0); // What a lane given up writes later harms nothing.
    assert.equal(
      bytes.subarray(1000, 2000).every((byte) => byte === 0),
      false,
    );
  }
  assert.equal(lanes.broken, true);
});

// Last: after it there are no lanes.
test('lanes that die in the middle of a pack are done without', { skip }, async (t) => {
  const lanes = takeLanes();
  assert.ok(lanes);
  lanes.release();
  packAll(t, (i) => {
    if (i === SLOTS) lanes.giveUp();
  });
  await setTimeout(50);
  assert.equal(takeLanes(), undefined);
});
