import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ObjectId } from '../ids.ts';
import { ObjectMissingError } from './errors.ts';
import { packObject } from './packed-object.ts';
import type { Repository } from './repository.ts';
import { git, scratchRepository } from './scratch.ts';

/** What native git says of objects' sizes on disk. */
function gitSizes(repository: Repository, ids: readonly ObjectId[]): number[] {
  const listed = git(repository.path, ['cat-file', '--batch-check=%(objectsize:disk)'], ids.join('\n'));
  return listed.trim().split('\n').map(Number);
}

const BODIES = [
  Buffer.alloc(0),
  Buffer.from('{"small":1}'),
  Buffer.alloc(100_000, 'shrinks '),
  randomBytes(100_000),
];

test('the bytes of packed objects are those git counts, the last of the pack included', (t) => {
  const repository = scratchRepository(t);
  const objects = BODIES.map((body) => packObject('blob', body));
  const pack = repository.writePack(objects, { sync: false });
  const ids = objects.map(({ id }) => id);
  const sizes = ids.map((id) => repository.storedBytes(id));
  assert.deepEqual(sizes, gitSizes(repository, ids));
  assert.equal(
    sizes.reduce((sum, size) => sum + size, 12 + 20),
    statSync(pack?.path ?? '').size,
  );
});

test('the bytes of a loose object are those of its file', (t) => {
  const repository = scratchRepository(t);
  const ids = BODIES.map((body) => repository.writeLoose('blob', body));
  assert.deepEqual(
    ids.map((id) => repository.storedBytes(id)),
    gitSizes(repository, ids),
  );
});

test('an object held in memory counts as it will be packed', (t) => {
  const repository = scratchRepository(t);
  const object = packObject('blob', BODIES[2] ?? Buffer.alloc(0));
  repository.hold(object);
  assert.equal(repository.storedBytes(object.id), object.deflated.byteLength);
});

test('packs that git replaces are found again, and a delta counts as itself', (t) => {
  const repository = scratchRepository(t);
  const texts = [0, 1].map((i) =>
    Buffer.from(Array.from({ length: 2000 }, (_, k) => `${k * k}${i}`).join('\n')),
  );
  const ids = texts.map((text) => repository.writeLoose('blob', text));
  for (const id of ids) repository.storedBytes(id);
  git(repository.path, ['pack-objects', '-q', join(repository.packFolder, 'pack')], `${ids.join('\n')}\n`);
  for (const id of ids)
    rmSync(join(repository.path, 'objects', id.slice(0, 2), id.slice(2)), { force: true });
  assert.deepEqual(
    ids.map((id) => repository.storedBytes(id)),
    gitSizes(repository, ids),
  );
});

test('an object that is not there is an error', (t) => {
  const missing = 'f'.repeat(40) as ObjectId;
  assert.throws(() => scratchRepository(t).storedBytes(missing), ObjectMissingError);
});
