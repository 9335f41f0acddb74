import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import type { Bytes } from './byte-source.ts';
import { compareBytes } from './bytes.ts';

/** Bytes in pieces, as a store gives them. */
const bytesOf = (content: Uint8Array): Bytes => ({
  size: content.length,
  stored: undefined,
  *pieces(start, end) {
    for (let at = start; at < end; at += 1000) yield content.subarray(at, Math.min(end, at + 1000));
  },
});
const compare = (a: Uint8Array, b: Uint8Array) => compareBytes(bytesOf(a), bytesOf(b), { isFile: true });

/** A zip archive of stored members. */
function zip(members: Readonly<Record<string, string>>): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(members)) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crcOf(text), 10);
    common.writeUInt32LE(text.length, 14);
    common.writeUInt32LE(text.length, 18);
    common.writeUInt16LE(name.length, 22);
    files.push(Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name + text));
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, place, Buffer.from(name));
    offset += 30 + name.length + text.length;
  }
  const size = directory.reduce((sum, one) => sum + one.length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(members).length, 8);
  end.writeUInt16LE(Object.keys(members).length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}

/** CRC-32 bit by bit, as ISO 3309 has it. */
function crcOf(text: string): number {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

test('members of zip archives', () => {
  const { format, members } = compare(
    zip({ a: 'one', b: 'two', c: 'x' }),
    zip({ a: 'one', b: 'TWO', d: 'y' }),
  );
  assert.deepEqual(format, ['zip', 'zip']);
  assert.deepEqual(members, { added: ['d'], removed: ['c'], changed: ['b'] });
});

test('members of tar archives', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-tar-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const tar = (name: string, members: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(members)) writeFileSync(join(folder, file), text);
    execFileSync('tar', ['--format=ustar', '-cf', name, ...Object.keys(members)], { cwd: folder });
    return readFileSync(join(folder, name));
  };
  const a = tar('a.tar', { one: 'one', two: 'x'.repeat(2000), three: '3' });
  const b = tar('b.tar', { one: 'ONE', two: 'x'.repeat(2000), four: '4' });
  assert.deepEqual(compare(a, b).members, { added: ['four'], removed: ['three'], changed: ['one'] });
});

test('pictures have a size', () => {
  const png = (width: number, height: number) => {
    const head = Buffer.alloc(33);
    head.write('\x89PNG\r\n\x1a\n', 'latin1');
    head.writeUInt32BE(width, 16);
    head.writeUInt32BE(height, 20);
    return head;
  };
  const { format, dimensions } = compare(png(640, 480), png(800, 600));
  assert.deepEqual(
    [format, dimensions],
    [
      ['png', 'png'],
      [
        [640, 480],
        [800, 600],
      ],
    ],
  );
  const gif = Buffer.from('GIF89a\x20\x00\x10\x00', 'latin1');
  const jpeg = Buffer.from('ffd8ffe000040000ffc0000b080010002003', 'hex');
  assert.deepEqual(compare(gif, jpeg).dimensions, [
    [32, 16],
    [32, 16],
  ]);
});

test('texts are compared by lines, other bytes are not', () => {
  const { text } = compare(Buffer.from('a\nb\n'), Buffer.from('a\nc\n'));
  assert.deepEqual([text?.added, text?.removed], [1, 1]);
  assert.equal(compare(Buffer.from([0, 1]), Buffer.from([0, 2])).text, undefined);
});

test('no bytes end a comparison, whatever they claim to be', () => {
  const heads = [
    'PK\x03\x04',
    'PK\x05\x06',
    '\x89PNG\r\n\x1a\n',
    '\xff\xd8\xff',
    'GIF89a',
    'RIFFxxxxWEBPVP8X',
    '',
  ];
  const hostile = fc
    .tuple(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 700 }), fc.boolean())
    .map(([head, rest, isTar]) => {
      const content = Buffer.concat([Buffer.from(head, 'latin1'), rest]);
      if (isTar && content.length > 300) content.write('ustar', 257, 'latin1');
      return content;
    });
  fc.assert(
    fc.property(hostile, hostile, (a, b) => {
      const { first } = compare(a, b);
      const wanted = a.equals(b) ? null : [...a].findIndex((byte, at) => byte !== b[at]);
      assert.equal(first, wanted === -1 ? a.length : wanted);
    }),
  );
});
