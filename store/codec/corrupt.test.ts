import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArtifactReader } from '../artifact.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { FakeObjects } from './fake-objects.ts';
import { keep, readerOf, valueText } from './fixtures.ts';

const nested = (levels: number, open: string, close: string): string =>
  open.repeat(levels) + close.repeat(levels);

/** Skeletons nobody wrote. */
const SKELETONS: Record<string, unknown> = {
  'an unknown tag': { $Alien: 1 },
  'a reference to nothing': [{ $ref: 3 }],
  'a reference that is no number': { $ref: '__proto__' },
  'a definition of itself': { $def: [0, { $ref: 0 }] },
  'a definition by another, and back': [{ $def: [0, { $ref: 1 }] }, { $def: [1, { $ref: 0 }] }],
  'a definition without content': { $def: [0] },
  'a definition that is no list': { $def: 5 },
  'a part that is not there': { $Float64Array: 7 },
  'a part number below zero': { $string: -1 },
  'a part that is no number': { $numbers: 'x' },
  'a hole outside a list': { $hole: 3 },
  'a hole that is too wide': [{ $hole: 4294967295 }, 1],
  'a hole of nothing': [{ $hole: 0 }],
  'a hole of less': [{ $hole: -1 }],
  'a number that is none': { $number: '12' },
  'a bigint that is none': { $bigint: '1e5' },
  'a date that is none': { $Date: 'yesterday' },
  'a regular expression that is none': { $RegExp: { source: '(', flags: '' } },
  'a URL that is none': { $URL: 'nowhere' },
  'a map that is none': { $Map: [5] },
  'a map without a value': { $Map: [['a']] },
  'a set that is none': { $Set: { 0: 1 } },
  'an error of any class': { $Error: { class: 'Function', message: 'x' } },
  'an error with any property': { $Error: { class: 'Error', constructor: 'x' } },
  'a box of an object': { $Boxed: {} },
  'bytes that are no base64': { $Buffer: '!!' },
  'elements that are no numbers': { $Float64Array: '1 two' },
  'elements that are no integers': { $BigInt64Array: '1.5' },
  'a view beyond its buffer': { $Uint8Array: { buffer: { $ArrayBuffer: 'AAAA' }, offset: 0, bytes: 4 } },
  'a view off its grid': { $Uint16Array: { buffer: { $ArrayBuffer: 'AAAA' }, offset: 1, bytes: 2 } },
  'a view of no buffer': { $Uint8Array: { buffer: [], offset: 0, bytes: 0 } },
  'a class without a name': { $class: { fields: {} } },
  'an array without items': { $array: { properties: {} } },
  'a table without a schema': { '$arrow.Table': { batches: [] } },
  'a table of nothing': { '$arrow.Table': null },
  'a vector of an unknown type': {
    '$arrow.Vector': {
      field: { name: '', type: { name: 'qubit' }, children: [] },
      chunks: [],
      dictionaries: [],
    },
  },
  'rows of nothing': { $rows: [0, 1] },
  'a text of nothing': { $text: 0 },
};

/** Files that are no value.json. */
const FILES: Record<string, string> = {
  nothing: '',
  'no JSON': '{"format": 1',
  'a list': '[]',
  'no format': '{}',
  'no parts': '{"format":1,"codec":"structured","type":"x","skeleton":1}',
  'a part of negative size': valueText(1, [{ kind: 'bytes', size: -1, digest: 'a'.repeat(64) }]),
  'a part of too large a size': valueText(1, [{ kind: 'bytes', size: 2 ** 60, digest: 'a'.repeat(64) }]),
  'a part of no kind': valueText(1, [{ kind: 'blob', size: 1, digest: 'a'.repeat(64) }]),
  'a part with no digest': valueText(1, [{ kind: 'bytes', size: 1, digest: 'A'.repeat(64) }]),
  'a part that is missing': valueText({ $Buffer: 0 }, [{ kind: 'bytes', size: 1, digest: 'a'.repeat(64) }]),
  'deep lists': valueText(0).replace('"skeleton":0', `"skeleton":${nested(100_000, '[', ']')}`),
  'deep definitions': valueText(0).replace(
    '"skeleton":0',
    `"skeleton":${nested(100_000, '{"$def":[0,', ']}')}`,
  ),
};

describe('a clear error says that value.json holds', () => {
  const refused = (text: string) => {
    for (const read of [
      (reader: ArtifactReader) => reader.load(),
      (reader: ArtifactReader) => reader.element(0),
    ]) {
      try {
        read(readerOf(text));
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        if (error instanceof RangeError && read.length === 1 && message.includes('has no element')) continue;
        assert.equal(code, 'ArtifactCorruptError', message);
        assert.match(message, /^Artifact "x" is corrupt: (value\.json|parts\/\S+) .*\. Fetch it/s);
      }
    }
    assert.throws(() => readerOf(text).load(), { code: 'ArtifactCorruptError' });
  };
  for (const [name, skeleton] of Object.entries(SKELETONS)) test(name, () => refused(valueText(skeleton)));
  for (const [name, text] of Object.entries(FILES)) test(name, () => refused(text));

  test('hostile keys, as data', () => {
    const text = valueText(0).replace(
      '"skeleton":0',
      '"skeleton":{"__proto__":{"polluted":{"$undefined":true}},"a":{"$Set":[]}}',
    );
    const value = readerOf(text).load() as Record<string, unknown>;
    assert.deepEqual(Object.keys(value), ['__proto__', 'a']);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });

  test('a format or codec of the future', () => {
    assert.throws(() => readerOf('{"format":2}').load(), {
      code: 'UnreadableError',
      message: /newer version of Oxbow/,
    });
    const text = valueText(1).replace('structured', 'telepathic');
    assert.throws(() => readerOf(text).load(), { code: 'UnreadableError' });
  });
});

/** Stores 3 MiB in chunks and lets a test change the entries of the part's tree. */
function withChunks(change: (chunks: TreeEntry[], objects: FakeObjects) => TreeEntry[]): ArtifactReader {
  const { objects, stored } = keep(new Float64Array(400_000).map((_, i) => Math.sin(i) * i));
  const [file, parts] = ['value.json', 'parts'].map((name) =>
    objects.tree(stored.entry.id).find((entry) => entry.name === name),
  );
  assert.ok(file && parts);
  const [part] = objects.tree(parts.id);
  assert.ok(part);
  const chunks = { ...part, id: objects.tree(change([...objects.tree(part.id)], objects)) };
  const entry = { ...stored.entry, id: objects.tree([file, { ...parts, id: objects.tree([chunks]) }]) };
  return new ArtifactReader(objects, entry);
}

describe('a clear error says that a part', () => {
  const refused = (reader: ArtifactReader, message: RegExp) => {
    assert.throws(() => reader.load(), { code: 'ArtifactCorruptError', message });
  };

  test('lacks its first, last or middle chunk', () => {
    refused(
      withChunks((chunks) => chunks.slice(1)),
      /parts\/0 does not hold chunks/,
    );
    refused(
      withChunks((chunks) => chunks.slice(0, 1)),
      /parts\/0 does not hold chunks/,
    );
    refused(
      withChunks((chunks) => chunks.filter((_, i) => i !== 1)),
      /parts\/0 does not hold chunks/,
    );
    refused(
      withChunks(() => []),
      /parts\/0 does not hold chunks/,
    );
  });

  test('holds something that is no chunk', () => {
    refused(
      withChunks((chunks, objects) => [
        ...chunks,
        { mode: '100644', name: 'x', id: objects.blob(Buffer.of(1)) },
      ]),
      /is not a chunk/,
    );
  });

  test('holds a chunk of another size', () => {
    refused(
      withChunks(([first, ...rest], objects) => [
        { ...(first as TreeEntry), id: objects.blob(Buffer.of(1)) },
        ...rest,
      ]),
      /has 1 bytes instead of 1048576|frame/,
    );
  });

  test('holds a chunk that is no zstd frame', () => {
    const reader = withChunks(([first, ...rest], objects) => [
      { ...(first as TreeEntry), name: '000000000000.zst', id: objects.blob(Buffer.alloc(100, 'x')) },
      ...rest,
    ]);
    refused(reader, /parts\/0 at byte 0 \(object [0-9a-f]{40}\)/);
    assert.throws(() => reader.element(0), { code: 'ArtifactCorruptError' });
  });

  test('has other bytes than its digest says', () => {
    refused(
      withChunks(([a, b, ...rest]) => [
        { ...(a as TreeEntry), id: (b as TreeEntry).id },
        b as TreeEntry,
        ...rest,
      ]),
      /has the SHA-256/,
    );
  });
});

test('a small artifact that is no JSON is a clear error', () => {
  const { objects, stored } = keep([1, 2]);
  objects.damage(stored.entry.id, Buffer.from('[1,'));
  const reader = new ArtifactReader(objects, stored.entry);
  assert.throws(() => reader.load(), { code: 'ArtifactCorruptError', message: /x\.json is not JSON/ });
  assert.throws(() => reader.length, { code: 'ArtifactCorruptError' });
});
