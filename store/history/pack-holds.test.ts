import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packObject } from '../git/packed-object.ts';
import { Repository } from '../git/repository.ts';
import { fsck, git, scratchRepository } from '../git/scratch.ts';
import { PackHolds } from './pack-holds.ts';

const OWN = 'oxbow run F/1 pid 1 host h boot b\n';
const OTHER = 'oxbow run F/2 pid 2 host h boot b\n';
const object = packObject('blob', Buffer.from('relied on'));

/** A store with a pack that no ref reaches, and somebody who has looked into it. */
function storeWith(
  t: TestContext,
  keep?: string,
): { repository: Repository; holds: PackHolds; pack: string } {
  const repository = scratchRepository(t);
  const pack = repository.writePack([object], { sync: false, ...(keep === undefined ? {} : { keep }) });
  const other = Repository.open(repository.path);
  t.after(() => other.close());
  assert.ok(other.has(object.id));
  return { repository: other, holds: new PackHolds(other, OWN), pack: pack?.name ?? '' };
}

const packsOf = ({ packFolder }: Repository): string[] =>
  readdirSync(packFolder).filter((name) => name.endsWith('.idx'));

test('what has been dropped since it was seen is not there any more', (t) => {
  const { repository, holds } = storeWith(t);
  git(repository.path, ['gc', '--prune=now', '--quiet']);
  assert.equal(holds.has(object.id), false);
  assert.deepEqual(
    readdirSync(repository.packFolder).filter((name) => /keep|tmp/.test(name)),
    [],
  );
});

test('what is relied on stays, whatever native git does, in whatever pack of others it was', (t) => {
  for (const keep of [undefined, OTHER]) {
    const { repository, holds, pack } = storeWith(t, keep);
    assert.equal(holds.has(object.id), true);
    // As the run does whose pack it was, and as a git does that had decided before the pack was held.
    for (const kind of ['idx', 'pack', 'keep'])
      rmSync(join(repository.packFolder, `${pack}.${kind}`), { force: true });
    git(repository.path, ['gc', '--prune=now', '--quiet']);
    git(repository.path, ['repack', '-adq']);
    assert.equal(holds.has(object.id), true);
    assert.deepEqual(Repository.open(repository.path).blob(object.id), Buffer.from('relied on'));
    assert.equal(fsck(repository.path), '');
  }
});

test('packs of the run itself need nothing more, and a pack is held once', (t) => {
  const own = storeWith(t, OWN);
  assert.ok(own.holds.has(object.id));
  assert.equal(packsOf(own.repository).length, 1);
  const others = storeWith(t);
  for (let i = 0; i < 3; i += 1) assert.ok(others.holds.has(object.id));
  assert.equal(packsOf(others.repository).length, 2);
});

test('an object in a file of its own is not relied on, one held in memory is', (t) => {
  const repository = scratchRepository(t);
  const holds = new PackHolds(repository, OWN);
  const loose = repository.writeLoose('blob', Buffer.from('loose'));
  assert.ok(repository.has(loose));
  assert.equal(holds.has(loose), false);
  assert.equal(holds.has(object.id), false);
  repository.hold(object);
  assert.equal(holds.has(object.id), true);
});

test('what another process has packed since is found', (t) => {
  const repository = scratchRepository(t);
  const holds = new PackHolds(repository, OWN);
  assert.equal(holds.has(object.id), false);
  Repository.open(repository.path).writePack([object], { sync: false });
  assert.equal(holds.has(object.id), true);
});
