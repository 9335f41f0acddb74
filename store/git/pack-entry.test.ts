import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MalformedObjectError } from './errors.ts';
import { MAX_ENTRY_HEADER, readEntryHeader, writeEntryHeader } from './pack-entry.ts';

const types = fc.constantFrom('blob', 'tree', 'commit', 'tag');
const sizes = fc.oneof(fc.nat(5000), fc.maxSafeNat());

test('property: a header comes back as it was written, also for sizes beyond 32 bits', () => {
  fc.assert(
    fc.property(types, sizes, (type, size) => {
      const bytes = Buffer.alloc(MAX_ENTRY_HEADER);
      const length = writeEntryHeader(bytes, 3, type, size) - 3;
      assert.deepEqual(readEntryHeader(bytes.subarray(3)), { kind: type, size, length });
      assert.ok(length <= 9);
    }),
  );
});

test('the base of an offset delta adds one for each continued byte', () => {
  const header = readEntryHeader(Buffer.from([0x65, 0x80, 0x00]));
  assert.deepEqual(header, { kind: 'offset-delta', size: 5, distance: 128, length: 3 });
});

test('the base of an id delta follows the size', () => {
  const base = Buffer.alloc(20, 7);
  const header = readEntryHeader(Buffer.concat([Buffer.from([0xf1, 0x01]), base]));
  assert.deepEqual(header, { kind: 'id-delta', size: 17, base, length: 22 });
});

test('headers cut short, of unknown kinds or with endless numbers are refused', () => {
  const bad = [
    [],
    [0x80],
    [0x00],
    [0x50],
    [0x61],
    [0x70, 1, 2],
    Array(32).fill(0xff),
    [0x60, ...Array(31).fill(0xff)],
  ];
  for (const bytes of bad) assert.throws(() => readEntryHeader(Buffer.from(bytes)), MalformedObjectError);
});

test('property: any bytes are a header or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: MAX_ENTRY_HEADER }), (bytes) => {
      try {
        const header = readEntryHeader(Buffer.from(bytes));
        assert.ok(Number.isSafeInteger(header.size) && header.length <= bytes.length);
      } catch (error) {
        assert.ok(error instanceof MalformedObjectError, String(error));
      }
    }),
  );
});
