// Random stores and random retention.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { packObject } from '../git/packed-object.ts';
import { Repository } from '../git/repository.ts';
import { fsck, scratchFolder } from '../git/scratch.ts';
import { writeRuns } from './fixture-runs.ts';
import { unreachable, valuesOf } from './fixture-values.ts';
import { fsck as ownFsck } from './fsck.ts';
import { gc, planGc } from './gc.ts';
import { listPacks } from './pack-file.ts';
import type { RetentionPolicy } from './retention.ts';

const storedRuns = fc.array(
  fc.record({
    flow: fc.constantFrom('F', 'G'),
    status: fc.constantFrom('successful', 'failed', 'running' as const),
    tags: fc.subarray(['one', 'two']),
    values: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 10 },
);

const policies: fc.Arbitrary<RetentionPolicy> = fc.record(
  {
    keepLast: fc.integer({ min: 0, max: 4 }),
    states: fc.subarray(['failed', 'successful', 'crashed'] as const, { minLength: 1 }),
    tags: fc.subarray(['one', 'two'], { minLength: 1 }),
    includeTagged: fc.boolean(),
    flows: fc.constant(['F']),
  },
  { requiredKeys: [] },
);

test('after any gc the runs that are left read as before, and nothing else is left', (t) => {
  fc.assert(
    fc.property(
      storedRuns,
      fc.array(policies, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 4 }),
      (runs, asked, perPack) => {
        const repository = Repository.create(join(scratchFolder(t), 'store'));
        // Values above 3 are large, so that they are trees of parts.
        const stored = (value: number) => (value > 3 ? 'large '.repeat(20_000 + value) : { value });
        const made = runs.map(({ flow, status, tags, values }, at) => ({
          flow,
          status,
          tags,
          createdAt: 1e12 + at * 1000,
          steps: { start: Object.fromEntries(values.map((value, n) => [`v${n}`, stored(value)])) },
        }));
        writeRuns(repository, made, perPack);
        repository.writePack([packObject('blob', Buffer.from('nobody needs this'))], { sync: false });
        repository.writeLoose('blob', Buffer.from('nor this'));
        for (const policy of asked) {
          const before = valuesOf(repository);
          const plan = planGc(repository, policy);
          const { deleted, pruned } = gc(repository, policy, { grace: 0 });
          assert.deepEqual(
            deleted.map(({ id }) => id),
            plan.runs.map(({ id }) => id),
          );
          assert.equal(pruned.postponed, false);
          const gone = new Set(deleted.map(({ flow, id }) => `${flow}/${id}`));
          for (const address of before.keys()) {
            if (gone.has(address.split('/', 2).join('/'))) before.delete(address);
          }
          assert.deepEqual(valuesOf(repository), before);
          const report = ownFsck(repository);
          assert.deepEqual([...report.damage, ...report.hits], []);
        }
        assert.deepEqual(unreachable(repository), []);
        assert.equal(fsck(repository.path), '');
        assert.ok(readdirSync(repository.path).every((name) => !/^oxbow-(?!cache$)/.test(name)));
        assert.ok(listPacks(repository.packFolder).length <= 5);
        repository.close();
      },
    ),
    { numRuns: 40 },
  );
});
