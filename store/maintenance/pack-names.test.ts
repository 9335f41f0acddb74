import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packObject } from '../git/packed-object.ts';
import { Repository } from '../git/repository.ts';
import { fsck, git, scratchRepository } from '../git/scratch.ts';
import { PackHolds } from '../history/pack-holds.ts';
import { keepText } from '../history/run-packs.ts';
import { thisProcess } from '../process-mark.ts';
import { maintain, maintenanceDue } from './maintain.ts';
import { mergeablePacks } from './merge-packs.ts';
import { listPacks } from './pack-file.ts';
import { dropSpareNames, spareNames } from './pack-names.ts';

const object = packObject('blob', Buffer.from('relied on'));
const keepOf = (id: string, pid = process.pid): string =>
  keepText({ flow: 'F', id, process: { ...thisProcess(), pid } });

/** A store with one pack that so many runs hold. */
function heldBy(t: TestContext, keeps: readonly string[]): Repository {
  const repository = scratchRepository(t);
  repository.writePack([object], { sync: false });
  for (const keep of keeps) assert.ok(new PackHolds(repository, keep).has(object.id));
  return repository;
}

/** As a run does that ends. */
function release(repository: Repository): void {
  for (const { name } of listPacks(repository.packFolder)) repository.unkeep(name);
}

test('names that runs which have ended leave are one again, and nothing is lost', (t) => {
  const repository = heldBy(
    t,
    ['a', 'b', 'c'].map((id) => keepOf(id)),
  );
  assert.equal(listPacks(repository.packFolder).length, 4);
  release(repository);
  assert.equal(mergeablePacks(repository), 0, 'they are not merged with themselves');
  assert.equal(spareNames(repository), 3);
  assert.equal(dropSpareNames(repository), 3);
  assert.equal(readdirSync(repository.packFolder).length, 2);
  assert.deepEqual(Repository.open(repository.path).blob(object.id), Buffer.from('relied on'));
  assert.equal(fsck(repository.path), '');
  assert.equal(dropSpareNames(repository), 0);
});

test('while a run holds a pack its name stays, and the others go', (t) => {
  const repository = heldBy(t, [keepOf('living')]);
  assert.equal(dropSpareNames(repository), 1);
  const [pack] = listPacks(repository.packFolder);
  assert.ok(pack);
  git(repository.path, ['gc', '--prune=now', '--quiet']);
  assert.ok(Repository.open(repository.path).has(object.id));
});

test('what a killed run held is released, and a pack that it was about to publish goes', (t) => {
  const repository = heldBy(t, [keepOf('killed', 0x7fff_fff0)]);
  const half = join(repository.packFolder, `pack-${'0'.repeat(40)}`);
  writeFileSync(`${half}.pack`, 'PACK');
  writeFileSync(`${half}.keep`, keepOf('killed', 0x7fff_fff0));
  assert.ok(maintenanceDue(repository, 'F'));
  maintain(repository);
  assert.equal(maintenanceDue(repository, 'F'), false);
  assert.equal(readdirSync(repository.packFolder).length, 2);
  assert.ok(Repository.open(repository.path).has(object.id));
});
