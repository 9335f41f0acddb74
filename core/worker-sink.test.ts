import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
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
  const full = t.mock.method(repository, 'writePack', () => {
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
