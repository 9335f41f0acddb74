import { createHash } from 'node:crypto';
import type { Bytes } from './byte-source.ts';
import type { BytesDetail } from './document.ts';
import { range } from './file-facts.ts';

/** Bytes of a directory, and members, that are looked at: an archive may come from anybody. */
const LARGEST_DIRECTORY = 32 * 1024 * 1024;
const MOST_MEMBERS = 100_000;
/** Members of each kind that are listed. */
const LISTED = 1000;
/** Bytes of a tar archive that are read to compare its members; those of a larger one are compared by size. */
const MOST_READ = 256 * 1024 * 1024;

/** The members in which two archives of one format differ; undefined when one cannot be understood. */
export function comparedMembers(a: Bytes, b: Bytes, format: string): BytesDetail['members'] | undefined {
  const read = { zip: zipMembers, tar: tarMembers }[format];
  const [before, after] = [read?.(a), read?.(b)];
  if (!before || !after) return undefined;
  const named = (names: readonly string[]) => names.slice(0, LISTED);
  return {
    added: named([...after.keys()].filter((name) => !before.has(name))),
    removed: named([...before.keys()].filter((name) => !after.has(name))),
    changed: named(
      [...after].flatMap(([name, own]) => (before.has(name) && before.get(name) !== own ? [name] : [])),
    ),
  };
}

/** What tells whether members are the same, by name. */
type Members = Map<string, string>;

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
/** The record at the end, and the longest comment behind it. */
const END_SIZE = 22;
const LONGEST_COMMENT = 65_535;

/** Members of a zip archive with their checksums and sizes, by its central directory (PKWARE's APPNOTE, 4.3.12); none is unpacked. */
function zipMembers(bytes: Bytes): Members | undefined {
  const tail = range(bytes, Math.max(0, bytes.size - END_SIZE - LONGEST_COMMENT), bytes.size);
  let end = tail.length - END_SIZE;
  while (end >= 0 && tail.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < 0) return undefined;
  const count = tail.readUInt16LE(end + 10);
  const size = tail.readUInt32LE(end + 12);
  const start = tail.readUInt32LE(end + 16);
  // Archives beyond 4 GiB have another directory.
  if (size > LARGEST_DIRECTORY || start + size > bytes.size) return undefined;
  const directory = range(bytes, start, start + size);
  const members: Members = new Map();
  for (let at = 0, seen = 0; seen < count && at + 46 <= directory.length; seen += 1) {
    if (directory.readUInt32LE(at) !== DIRECTORY_ENTRY) return undefined;
    const [name, extra, comment] = [28, 30, 32].map((place) => directory.readUInt16LE(at + place)) as [
      number,
      number,
      number,
    ];
    const [checksum, length] = [directory.readUInt32LE(at + 16), directory.readUInt32LE(at + 24)];
    members.set(directory.toString('utf8', at + 46, at + 46 + name), `${checksum}:${length}`);
    at += 46 + name + extra + comment;
  }
  return members;
}

const BLOCK = 512;

/** Members of a tar archive with the digests of their contents (POSIX.1, ustar). Long names of other forms are told as they stand. */
function tarMembers(bytes: Bytes): Members | undefined {
  const members: Members = new Map();
  for (let at = 0; at + BLOCK <= bytes.size && members.size < MOST_MEMBERS; ) {
    const header = range(bytes, at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const text = (from: number, to: number) => header.toString('utf8', from, to).replace(/\0[\s\S]*$/, '');
    const size = Number.parseInt(text(124, 136).trim() || '0', 8);
    if (!header.toString('latin1', 257, 262).startsWith('ustar') || !(size >= 0)) return undefined;
    const prefix = text(345, 500);
    const name = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
    const content = at + BLOCK;
    members.set(name, `${size}:${bytes.size <= MOST_READ ? digestOf(bytes, content, content + size) : ''}`);
    at = content + Math.ceil(size / BLOCK) * BLOCK;
  }
  return members;
}

function digestOf(bytes: Bytes, start: number, end: number): string {
  const hash = createHash('sha256');
  if (start < Math.min(end, bytes.size))
    for (const piece of bytes.pieces(start, Math.min(end, bytes.size))) hash.update(piece);
  return hash.digest('hex');
}
