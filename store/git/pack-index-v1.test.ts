import assert from 'node:assert/strict';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { MalformedObjectError } from './errors.ts';
import { PackIndex } from './pack-index.ts';
import { Repository } from './repository.ts';
import { fsck, git, scratchRepository, snapshot } from './scratch.ts';

// A handful is read as a whole, thousands page by page.
for (const count of [3, 7000]) {
  test(`native git's index of version 1 is read, of ${count} objects`, (t) => {
    const written = scratchRepository(t);
    const { objects, commit } = snapshot(Array.from({ length: count }, (_, at) => `content ${at}\n`));
    written.writePack(objects, { sync: false });
    written.refs.update('refs/heads/main', { to: commit });
    git(written.path, ['-c', 'pack.indexVersion=1', 'repack', '-adfq']);
    const [index = ''] = readdirSync(written.packFolder).filter((name) => name.endsWith('.idx'));
    assert.equal(readFileSync(join(written.packFolder, index)).readUInt32BE(0) === 0xff744f63, false);
    const repository = Repository.open(written.path);
    t.after(() => repository.close());
    const some = objects.filter((_, at) => at % 97 === 0 || at >= objects.length - 2);
    for (const { id, type, size } of some) {
      const { body, ...found } = repository.read(id);
      assert.deepEqual({ ...found, size: body.length }, { type, size });
      assert.equal(repository.packed(id).id, id);
      assert.ok(repository.storedBytes(id) > 0);
      assert.deepEqual(repository.expand(id.slice(0, 12)), [id]);
    }
    assert.deepEqual(repository.expand(''), objects.map(({ id }) => id).sort());
    assert.equal(repository.has('1'.repeat(40) as (typeof some)[0]['id']), false);
    // What was found there is written into packs of our own.
    const copy = scratchRepository(t);
    copy.writePack(
      objects.map(({ id }) => repository.packed(id)),
      { sync: false },
    );
    assert.equal(fsck(copy.path), '');
  });
}

test('an index of version 1 whose length does not fit its table is damaged', (t) => {
  const written = scratchRepository(t);
  const { objects, commit } = snapshot(['a', 'b']);
  written.writePack(objects, { sync: false });
  written.refs.update('refs/heads/main', { to: commit });
  git(written.path, ['-c', 'pack.indexVersion=1', 'repack', '-adfq']);
  const [index = ''] = readdirSync(written.packFolder).filter((name) => name.endsWith('.idx'));
  const bytes = readFileSync(join(written.packFolder, index));
  const copy = join(written.path, 'copy.idx');
  for (const length of [0, 100, 1024, bytes.length - 24, bytes.length - 1]) {
    writeFileSync(copy, bytes);
    truncateSync(copy, length);
    assert.throws(() => new PackIndex(readFileSync(copy)), MalformedObjectError);
  }
  bytes.writeUInt32BE(2 ** 31, 255 * 4);
  assert.throws(() => new PackIndex(bytes), MalformedObjectError);
});
