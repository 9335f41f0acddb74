import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Repository } from '#store';
import { WorkerSink } from './worker-sink.ts';

test('what could not be written to a pack is still handed over', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-sink-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const repository = Repository.create(join(folder, '.flow'));
  const sink = new WorkerSink(repository, 'oxbow\n');
  const small = sink.blob(Buffer.from('small'));
  const full = t.mock.method(repository, 'draftPack', () => {
    throw new Error('no space left');
  });
  assert.throws(() => sink.blob(randomBytes(9 << 20)), /no space/);
  // The task that failed is recorded all the same.
  const tree = sink.tree([]);
  full.mock.restore();
  const ids = sink.take().map(({ id }) => id);
  assert.ok(ids.includes(small) && ids.includes(tree));
  assert.deepEqual(sink.takePacks(), []);
});

test('so is what could not be published in the end, and a task that is to be told of it is told', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-sink-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const repository = Repository.create(join(folder, '.flow'));
  const sink = new WorkerSink(repository, 'oxbow\n');
  const draft = repository.draftPack.bind(repository);
  t.mock.method(repository, 'draftPack', (...args: Parameters<typeof draft>) => {
    const pack = draft(...args);
    const publish = () => assert.fail('no space left');
    return pack && { publish, discard: () => pack.discard() };
  });
  const large = sink.blob(randomBytes(9 << 20));
  assert.throws(() => sink.complete(), /no space/);
  assert.deepEqual(sink.takePacks(), []);
  assert.deepEqual(
    sink.take().map(({ id }) => id),
    [large],
  );
  assert.deepEqual(readdirSync(repository.packFolder), []);
});

test('a pack of a worker is whole before it has a name, and the task has it by then', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-sink-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const repository = Repository.create(join(folder, '.flow'));
  const sink = new WorkerSink(repository, 'oxbow\n');
  const ids = [1, 2, 3].map(() => sink.blob(randomBytes(9 << 20)));
  sink.complete();
  const packs = sink.takePacks();
  assert.equal(packs.length, 3);
  assert.deepEqual(sink.take(), []);
  const reader = Repository.open(repository.path);
  for (const id of ids) assert.equal(reader.blob(id).length, 9 << 20);
  assert.equal(readdirSync(repository.packFolder).length, 9);
});
