import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runFlow } from './engine.ts';
import type { RunOptions } from './run-options.ts';

const FLOW = fileURLToPath(new URL('../fixtures/flows/linear.ts', import.meta.url));
let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'oxbow-run-options-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const WRONG: readonly (readonly [RunOptions, string, RegExp])[] = [
  [{ tags: ['good', ''] }, 'TagError', /A tag cannot be empty/],
  [{ tags: ['x'.repeat(501)] }, 'TagError', /at most 500 characters/],
  [
    { maxWorkers: 0 },
    'RunOptionError',
    /option maxWorkers of the run must be a whole number of at least 1, but is 0/,
  ],
  [{ maxWorkers: Number.NaN }, 'RunOptionError', /but is NaN/],
  [{ maxWorkers: 1.5 }, 'RunOptionError', /but is 1\.5/],
  [{ maxNumSplits: -1 }, 'RunOptionError', /option maxNumSplits/],
];

for (const [options, code, message] of WRONG) {
  test(`${JSON.stringify(options).slice(0, 40)} is refused before anything is recorded`, async () => {
    const store = join(folder, 'refused');
    await assert.rejects(runFlow(FLOW, {}, { store, ...options }), { code, message });
    assert.ok(!existsSync(store));
  });
}

test('a store that cannot be made is told, also where mkdir would never end', async () => {
  for (const store of ['/proc/oxbow-nope/.flow', join(FLOW, '.flow')]) {
    await assert.rejects(runFlow(FLOW, {}, { store }), {
      code: 'StoreFolderError',
      message: /cannot be made: E/,
    });
  }
});
