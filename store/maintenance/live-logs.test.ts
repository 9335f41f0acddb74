import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchRepository } from '../git/scratch.ts';
import { attemptPath, liveFolder } from '../history/live-log-file.ts';
import { plainRuns, writeRuns } from './fixture-runs.ts';
import { gc, undoGc } from './gc.ts';
import { maintain } from './maintain.ts';

test('what attempts wrote stays while a run goes on, has crashed or can come back, and goes else', (t) => {
  const repository = scratchRepository(t);
  const live = liveFolder(repository.path).path;
  const [plain] = [...plainRuns(1)];
  assert.ok(plain);
  const made = writeRuns(repository, [
    { ...plain, flow: 'Ended' },
    { ...plain, flow: 'Crashed', status: 'running' },
  ]);
  const names = [...made.map(({ flow, id }) => `${flow}/${id}`), 'Gone/20260101-000000-00000'];
  for (const run of names) {
    const path = attemptPath(run, { step: 'a', task: '0', attempt: 0 });
    const folder = join(live, ...path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'stdout'), 'far');
  }
  const there = () => names.map((run) => existsSync(join(live, run)));
  maintain(repository);
  assert.deepEqual(there(), [false, true, false]);
  gc(repository, { keepLast: 0, flows: ['Crashed'] });
  assert.deepEqual(there(), [false, true, false]);
  undoGc(repository);
  gc(repository, { keepLast: 0, flows: ['Crashed'] }, { grace: 0 });
  maintain(repository);
  assert.deepEqual(there(), [false, false, false]);
  assert.equal(existsSync(join(live, 'Crashed')), false);
});
