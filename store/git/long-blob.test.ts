import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ObjectCorruptError } from './errors.ts';
import { SegmentedBlob } from './long-blob-read.ts';
import { objectIdOf } from './object.ts';
import { Repository } from './repository.ts';
import { FLUSH, SEGMENT } from './segments.ts';

function repositoryFor(t: TestContext): Repository {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-long-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return Repository.create(join(folder, 'store'));
}

const write = (repository: Repository, bytes: Buffer) =>
  repository.writeLongBlob(
    {
      size: bytes.length,
      readInto: (target, from) => void target.set(bytes.subarray(from, from + target.length)),
    },
    { keep: 'test\n' },
  );

const text = Buffer.from(
  Array.from({ length: 60_000 }, (_, i) => `a line of a log, number ${i} of many\n`).join(''),
);
/** What looks like the end of a segment, again and again. */
const flushes = Buffer.alloc(SEGMENT + 5000, Buffer.concat([FLUSH, Buffer.from('x')]));

for (const [name, bytes] of [
  ['a text', text],
  ['random bytes', randomBytes(SEGMENT * 2 + 1)],
  ['exactly one segment', text.subarray(0, SEGMENT)],
  ['bytes that look like flushes', flushes],
] as const) {
  test(`a long blob of ${name} is read by ranges, as a whole, and by git`, async (t) => {
    const repository = repositoryFor(t);
    const { id, pack } = await write(repository, bytes);
    assert.equal(id, objectIdOf('blob', bytes));
    assert.ok(pack);
    const content = repository.content(id);
    assert.equal(content.size, bytes.length);
    for (const [from, to] of [
      [0, 10],
      [SEGMENT - 5, SEGMENT + 5],
      [bytes.length - 7, bytes.length + 100],
      [0, bytes.length],
    ] as const)
      assert.ok(content.read(from, to).equals(bytes.subarray(from, to)), `${from} to ${to}`);
    assert.ok(repository.blob(id).equals(bytes));
    const git = (...words: string[]) =>
      execFileSync('git', ['--git-dir', repository.path, ...words], { maxBuffer: 1 << 28 });
    assert.ok(git('cat-file', 'blob', id).equals(bytes));
    git('fsck', '--strict', '--no-dangling');
    if (name !== 'bytes that look like flushes') assert.ok(content instanceof SegmentedBlob);
    // Native git copies the stream as it is.
    git('update-ref', 'refs/tags/kept', id);
    git('repack', '-a', '-d', '--quiet');
    assert.ok(
      repository
        .content(id)
        .read(SEGMENT - 5, SEGMENT + 5)
        .equals(bytes.subarray(SEGMENT - 5, SEGMENT + 5)),
    );
    assert.equal((await write(repository, bytes)).pack, undefined, 'it is stored once');
    repository.close();
  });
}

test('a damaged segment is told', async (t) => {
  const repository = repositoryFor(t);
  const { id, pack } = await write(repository, text);
  assert.ok(pack);
  execFileSync('chmod', ['u+w', pack.path]);
  writeSync(openSync(pack.path, 'r+'), Buffer.from([0xaa, 0x55, 0xaa]), 0, 3, 20_000);
  const content = repository.content(id);
  assert.throws(() => {
    for (let at = 0; at < content.size; at += SEGMENT) content.read(at, at + SEGMENT);
  }, ObjectCorruptError);
});
