import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { ArtifactReader, storeValue } from '../artifact.ts';
import { FakeObjects } from './fake-objects.ts';
import { ArtifactFile } from './file.ts';
import { dropCopiesUnusedSince } from './file-copies.ts';
import { BytesContent, StreamContent } from './file-source.ts';
import { collect, NOISE, onDisk, sha, storeWaiting } from './fixture-files.ts';
import { keep, roundTrip, valueFile } from './fixtures.ts';

/** The file as it comes back. */
const stored = (name: string, bytes: string | Uint8Array): ArtifactFile =>
  roundTrip(onDisk(name, bytes)) as ArtifactFile;

describe('a file that was stored', () => {
  test('has its name, size and digest', () => {
    const file = stored('model.bin', NOISE);
    assert.deepEqual([file.name, file.size, file.digest], ['model.bin', NOISE.length, sha(NOISE)]);
    assert.equal(file.mediaType, undefined);
  });

  test('gives its bytes in every way', async () => {
    const file = stored('model.bin', NOISE);
    assert.ok(NOISE.equals(file.bytes()));
    assert.ok(NOISE.equals(await collect(file.stream())));
    assert.ok(NOISE.equals(await collect(file.webStream())));
    assert.ok(NOISE.equals(readFileSync(file.path())));
    assert.equal(stored('text.txt', 'grün\n').text(), 'grün\n');
    assert.equal(stored('empty', '').text(), '');
  });

  test('gives any slice, as Array.prototype.slice counts', () => {
    const file = stored('model.bin', NOISE);
    for (const [from, to] of [
      [0, 3],
      [-3, undefined],
      [1_000_000, 2_500_000],
      [4_999_999, 9e9],
      [5, 5],
      [7, 2],
      [-9e9, 2],
      [undefined, undefined],
    ] as const) {
      assert.ok(NOISE.subarray(from, to).equals(file.slice(from, to)), `${from} to ${to}`);
    }
    assert.throws(() => file.slice(0.5), RangeError);
  });

  test('reads only the chunks a slice lies in', () => {
    const { objects, reader } = keep(onDisk('model.bin', NOISE));
    const file = reader.load() as ArtifactFile;
    objects.reads.length = 0;
    assert.ok(NOISE.subarray(2_000_000, 2_000_010).equals(file.slice(2_000_000, 2_000_010)));
    const blobs = objects.reads.filter((id) => objects.objects.get(id)?.type === 'blob');
    assert.ok(blobs.length <= 2, `${blobs.length} blobs were read`);
  });

  test('what it gives is the caller’s', async () => {
    const file = stored('small', 'abc');
    file.bytes().fill(0);
    for await (const piece of file.stream()) (piece as Buffer).fill(0);
    assert.equal(file.text(), 'abc');
  });

  test('shows what it is', () => {
    const file = stored('model.bin', 'abc');
    assert.equal(inspect(file), "ArtifactFile { name: 'model.bin', size: 3 }");
    assert.deepEqual(JSON.parse(JSON.stringify(file)), {
      name: 'model.bin',
      size: 3,
      digest: sha(Buffer.from('abc')),
    });
  });

  test('is described by a value.json of codec "file"', () => {
    const kept = keep(onDisk('model.bin', 'abc'));
    assert.deepEqual(valueFile(kept), {
      format: 1,
      codec: 'file',
      type: 'File[3]',
      skeleton: { name: 'model.bin', size: 3, part: 0 },
      parts: [{ kind: 'bytes', size: 3, digest: sha(Buffer.from('abc')) }],
    } as unknown);
    assert.equal(kept.reader.length, undefined);
  });

  test('may lie anywhere in a value', () => {
    const value = { list: [onDisk('a', 'A'), onDisk('b', NOISE)], map: new Map([['c', onDisk('c', 'A')]]) };
    const back = roundTrip(value) as { list: ArtifactFile[]; map: Map<string, ArtifactFile> };
    assert.deepEqual([back.list[0]?.text(), back.map.get('c')?.name], ['A', 'c']);
    assert.ok(NOISE.equals(back.list[1]?.bytes() ?? Buffer.alloc(0)));
  });

  test('is stored once whatever it came from', async () => {
    const objects = new FakeObjects();
    const path = onDisk('a', NOISE);
    storeValue('x', path, objects);
    const before = objects.objects.size;
    storeValue('x', Buffer.from(NOISE), objects);
    storeValue('x', new ArtifactFile({ name: 'b' }, new BytesContent(NOISE)), objects);
    await storeWaiting(new Blob([NOISE]), objects);
    await storeWaiting(
      new ArtifactFile({ name: 's' }, new StreamContent('s', () => Readable.from([NOISE]))),
      objects,
    );
    assert.ok(objects.objects.size - before <= 12, `${objects.objects.size - before} new objects`);
  });
});

describe('a file that is stored again', () => {
  test('is neither read nor written', () => {
    const objects = new FakeObjects();
    const first = storeValue('x', onDisk('model.bin', NOISE), objects);
    const file = new ArtifactReader(objects, first.entry).load() as ArtifactFile;
    objects.reads.length = 0;
    const blobs: number[] = [];
    const sink = {
      blob: (bytes: Uint8Array) => {
        blobs.push(bytes.length);
        return objects.blob(bytes);
      },
      tree: objects.tree.bind(objects),
      has: () => true,
    };
    const second = storeValue('y', file, sink as never);
    assert.equal(second.digest, first.digest);
    assert.equal(second.entry.id, first.entry.id);
    assert.equal(blobs.length, 1); // value.json
    assert.deepEqual(objects.reads, []);
  });

  test('is copied when it lies in another store', () => {
    const file = stored('model.bin', NOISE);
    assert.ok(NOISE.equals((roundTrip(file) as ArtifactFile).bytes()));
  });
});

describe('a copy of a file', () => {
  test('is read-only, has the name, and is made once', () => {
    const file = stored('weights.bin', 'w');
    const path = file.path();
    assert.equal(basename(path), 'weights.bin');
    assert.equal(statSync(path).mode & 0o777, 0o444);
    const { ino } = statSync(path);
    assert.equal(file.path(), path);
    assert.equal(statSync(stored('other name', 'w').path()).ino, ino);
  });

  test('is made anew when somebody has changed it', () => {
    const file = stored('changed', 'good');
    chmodSync(file.path(), 0o644);
    appendFileSync(file.path(), ' bad');
    assert.equal(readFileSync(file.path(), 'utf8'), 'good');
    rmSync(file.path());
    assert.equal(readFileSync(file.path(), 'utf8'), 'good');
  });

  test('goes when a task ends that did not ask for it', () => {
    const before = performance.now();
    const path = stored('passing', 'p').path();
    dropCopiesUnusedSince(before);
    assert.ok(existsSync(path));
    dropCopiesUnusedSince(performance.now());
    assert.ok(!existsSync(path));
  });

  test('a name that a system might not take is changed, for the copy only', () => {
    const file = roundTrip(
      new ArtifactFile({ name: 'a:b?.' }, new BytesContent(Buffer.from('x'))),
    ) as ArtifactFile;
    assert.deepEqual([file.name, basename(file.path())], ['a:b?.', 'a_b__']);
  });
});

describe('a Blob', () => {
  test('becomes a file', async () => {
    const objects = new FakeObjects();
    const { entry } = await storeWaiting(new File(['héllo'], 'h.txt', { type: 'text/plain' }), objects);
    const file = new ArtifactReader(objects, entry).load() as ArtifactFile;
    assert.deepEqual([file.name, file.mediaType, file.text()], ['h.txt', 'text/plain', 'héllo']);
  });

  test('anywhere in a value too', async () => {
    const objects = new FakeObjects();
    const { entry } = await storeWaiting({ a: [new Blob(['1']), new Blob(['2'])], same: 3 }, objects);
    const { a } = new ArtifactReader(objects, entry).load() as { a: ArtifactFile[] };
    assert.deepEqual(
      a.map((file) => [file.name, file.text()]),
      [
        ['file', '1'],
        ['file', '2'],
      ],
    );
  });

  test('is waited for while the first reading of what stands beside it is kept', async () => {
    const objects = new FakeObjects();
    let asked = 0;
    const value = {
      get n() {
        return asked++;
      },
      get file() {
        return new Blob(['new each time']);
      },
    };
    const { entry } = await storeWaiting(value, objects);
    const back = new ArtifactReader(objects, entry).load() as { n: number; file: ArtifactFile };
    assert.deepEqual([back.n, back.file.text()], [0, 'new each time']);
  });

  test('of a package that has its own becomes one too', async () => {
    class Blob {
      readonly size = 2;
      readonly type = 'text/plain';
      readonly name = 'a.txt';
      stream() {
        return new globalThis.Blob(['hi']).stream();
      }
      get [Symbol.toStringTag]() {
        return 'File';
      }
    }
    const objects = new FakeObjects();
    const { entry } = await storeWaiting(new Blob(), objects);
    const file = new ArtifactReader(objects, entry).load() as ArtifactFile;
    assert.deepEqual([file.name, file.mediaType, file.text()], ['a.txt', 'text/plain', 'hi']);
  });

  test('cannot be stored where nobody waits', () => {
    assert.throws(() => keep(new Blob(['x'])), {
      code: 'PendingFilesError',
      message: /artifact "x" cannot be stored/,
    });
  });
});
