import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { storeValue } from '../artifact.ts';
import { FakeObjects } from './fake-objects.ts';
import { ArtifactFile } from './file.ts';
import { PathContent, StreamContent } from './file-source.ts';
import { collect, folder, NOISE, onDisk, storeWaiting, written } from './fixture-files.ts';
import { keep, readerOf } from './fixtures.ts';

describe('what cannot be stored', () => {
  const failing = (stream: () => AsyncIterable<unknown>) =>
    storeWaiting({ f: new ArtifactFile({ name: 's' }, new StreamContent('s', stream)) });

  test('a file that is not there', () => {
    const path = join(folder, 'missing.bin');
    const message = `artifact "x" cannot be stored: x is the file "${path}", which does not exist`;
    assert.throws(() => keep(new ArtifactFile({ name: 'm' }, new PathContent(path))), {
      code: 'UnstorableError',
      message,
    });
    const inside = {
      message: `artifact "x" cannot be stored: x.m[0] is the file "${path}", which does not exist`,
    };
    assert.throws(() => keep({ m: [new ArtifactFile({ name: 'm' }, new PathContent(path))] }), inside);
    assert.throws(() => new ArtifactFile({ name: 'm' }, new PathContent(path)).size, {
      code: 'FileSourceError',
    });
  });

  test('a folder, and what is no regular file', () => {
    assert.throws(() => keep(new ArtifactFile({ name: 'm' }, new PathContent(folder))), /which is a folder$/);
    assert.throws(
      () => keep(new ArtifactFile({ name: 'm' }, new PathContent('/dev/null'))),
      /is no regular file/,
    );
  });

  test('a file whose bytes cannot be read though it can be opened', {
    skip: !existsSync('/proc/self/mem'),
  }, () => {
    assert.throws(() => keep({ f: new ArtifactFile({ name: 'm' }, new PathContent('/proc/self/mem')) }), {
      code: 'UnstorableError',
      message: /: x\.f is the file "\/proc\/self\/mem", which cannot be read \(EIO/,
    });
  });

  test('a file that the kernel makes up as it is read has no size, and is stored', {
    skip: !existsSync('/proc/version'),
  }, async () => {
    const file = new ArtifactFile({ name: 'version' }, new PathContent('/proc/version'));
    assert.equal(
      await (keep(file).reader.load() as ArtifactFile).text(),
      readFileSync('/proc/version', 'utf8'),
    );
  });

  test('a file that changes while it is read', () => {
    const path = written('growing', NOISE);
    const objects = new FakeObjects();
    let isFirst = true;
    const sink = {
      blob: (bytes: Uint8Array) => {
        if (isFirst) appendFileSync(path, 'more');
        isFirst = false;
        return objects.blob(bytes);
      },
      tree: objects.tree.bind(objects),
    };
    assert.throws(
      () => storeValue('x', new ArtifactFile({ name: 'm' }, new PathContent(path)), sink as never),
      {
        code: 'UnstorableError',
        message: `artifact "x" cannot be stored: x is the file "${path}", which changed while it was read`,
      },
    );
  });

  test('a stream that fails', async () => {
    const cause = new Error('connection lost');
    async function* broken() {
      yield Buffer.from('abc');
      throw cause;
    }
    await assert.rejects(failing(broken), {
      code: 'UnstorableError',
      message:
        'artifact "x" cannot be stored: x holds a file whose stream failed after 3 bytes: connection lost',
      cause,
    });
    await assert.rejects(
      failing(() => Readable.from([1, 2])),
      /gave a value of type number instead of bytes/,
    );
  });

  test('errors of the sink come through', () => {
    const full = new Error('disk full');
    const sink = {
      blob: () => {
        throw full;
      },
      tree: () => assert.fail(),
    };
    assert.throws(() => storeValue('x', onDisk('m', 'abc'), sink), full);
    assert.throws(() => storeValue('x', [onDisk('m', 'abc')], sink), full);
  });
});

describe('a damaged file', () => {
  test('is an error, never wrong bytes', async () => {
    const { objects, reader } = keep(onDisk('m', NOISE));
    const file = reader.load() as ArtifactFile;
    const blob = [...objects.objects].find(([, { type, body }]) => type === 'blob' && body.length > 300_000);
    assert.ok(blob);
    const broken = Buffer.from(blob[1].body);
    broken[1000] = (broken[1000] ?? 0) ^ 1;
    objects.damage(blob[0], broken);
    const corrupt = { code: 'ArtifactCorruptError' };
    assert.throws(() => file.bytes(), corrupt);
    assert.throws(() => file.path(), corrupt);
    await assert.rejects(collect(file.stream()), corrupt);
    await assert.rejects(collect(file.webStream()), corrupt);
  });

  const file = (skeleton: unknown): string =>
    JSON.stringify({ format: 1, codec: 'file', type: 'File[0]', skeleton, parts: [] });
  for (const [name, skeleton] of Object.entries({
    'no object': 5,
    'a name that leads elsewhere': { name: '../../etc/passwd', size: 0, part: 0 },
    'a name of dots': { name: '..', size: 0, part: 0 },
    'no name': { size: 0, part: 0 },
    'no part': { name: 'a', size: 0 },
    'a part that is not there': { name: 'a', size: 0, part: 0 },
    'a broken media type': { name: 'a', size: 0, part: 0, mediaType: 7 },
  })) {
    test(`with ${name} is corrupt`, () => {
      assert.throws(() => readerOf(file(skeleton)).load(), { code: 'ArtifactCorruptError' });
    });
  }
});
