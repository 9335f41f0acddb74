import { createHash } from 'node:crypto';
import { MalformedObjectError } from '../git/errors.ts';
import type { ObjectId } from '../ids.ts';
import type { Target } from './reach.ts';

const HEADER = 12;
const CHECKSUM = 20;
/** Bytes of an entry before its name: times, numbers, mode, sizes, id, flags. */
const FIXED = 62;
const EXTENDED = 0x4000;
/** The length in an entry's flags that stands for itself and all above. */
const LONG_NAME = 0xfff;
/** Extensions that git marks as necessary and whose objects are all listed here: a split index and a sparse one. */
const KNOWN_REQUIRED = ['link', 'sdir'];

/**
 * The objects that an index of native git names: the blobs of entries, trees of a sparse index and of the cache of trees, and what
 * conflicts that were resolved had before. Versions 2 to 4. Throws a MalformedObjectError for any other, and for a damaged one:
 * whoever prunes must then assume that it names everything.
 */
export function objectsOfIndex(bytes: Buffer): Target[] {
  if (bytes.length < HEADER + CHECKSUM) throw malformed('it is cut short');
  if (bytes.toString('latin1', 0, 4) !== 'DIRC') throw malformed('it does not begin with DIRC');
  const version = bytes.readUInt32BE(4);
  if (version < 2 || version > 4) throw malformed(`it is version ${version}, which is unknown`);
  if (!isIntact(bytes)) throw malformed('its checksum is wrong');
  const reader = new IndexReader(bytes.subarray(0, bytes.length - CHECKSUM), version);
  return reader.read();
}

/** With index.skipHash, git writes zeros in place of the checksum. */
function isIntact(bytes: Buffer): boolean {
  const end = bytes.length - CHECKSUM;
  const written = bytes.subarray(end);
  if (written.every((byte) => byte === 0)) return true;
  return createHash('sha1').update(bytes.subarray(0, end)).digest().equals(written);
}

class IndexReader {
  readonly #bytes: Buffer;
  readonly #version: number;
  readonly #targets: Target[] = [];
  #at = HEADER;

  constructor(bytes: Buffer, version: number) {
    this.#bytes = bytes;
    this.#version = version;
  }

  read(): Target[] {
    const count = this.#bytes.readUInt32BE(8);
    let last: Buffer = NOTHING;
    let lastStage = 0;
    for (let entry = 0; entry < count; entry += 1) {
      const { name, stage } = this.#entry(last);
      // The entries that a split index changes have no names.
      if (entry > 0 && name.length > 0 && last.length > 0) {
        const order = Buffer.compare(last, name);
        if (order > 0 || (order === 0 && lastStage >= stage)) throw malformed('its entries are out of order');
      }
      last = name;
      lastStage = stage;
    }
    while (this.#at < this.#bytes.length) this.#extension();
    return this.#targets;
  }

  #entry(previous: Buffer): { readonly name: Buffer; readonly stage: number } {
    const start = this.#at;
    this.#need(FIXED);
    const mode = this.#bytes.readUInt32BE(start + 24);
    this.#add(start + 40, mode);
    const flags = this.#bytes.readUInt16BE(start + 60);
    this.#at += FIXED;
    if (this.#version >= 3 && (flags & EXTENDED) !== 0) {
      this.#need(2);
      this.#at += 2;
    }
    const stage = (flags >> 12) & 3;
    if (this.#version === 4) {
      const strip = this.#variableNumber();
      if (strip > previous.length) throw malformed('a name goes back beyond the one before it');
      const kept = previous.subarray(0, previous.length - strip);
      return { name: Buffer.concat([kept, this.#untilZero()]), stage };
    }
    const name = this.#untilZero();
    const length = flags & LONG_NAME;
    if (length < LONG_NAME && length !== name.length)
      throw malformed('a name has another length than stated');
    // Padded with 1 to 8 zeros to a multiple of eight bytes; the first of them has been read.
    this.#at = start + ((this.#at - 1 - start + 8) & ~7);
    if (this.#at > this.#bytes.length) throw malformed('it is cut short');
    return { name, stage };
  }

  #extension(): void {
    this.#need(8);
    const kind = this.#bytes.toString('latin1', this.#at, this.#at + 4);
    const size = this.#bytes.readUInt32BE(this.#at + 4);
    this.#at += 8;
    this.#need(size);
    const end = this.#at + size;
    if (kind === 'TREE') this.#cachedTrees(end);
    else if (kind === 'REUC') this.#resolvedConflicts(end);
    else if (!/^[A-Z]/.test(kind) && !KNOWN_REQUIRED.includes(kind))
      throw malformed(`it has the extension ${JSON.stringify(kind)}, which is unknown`);
    this.#at = end;
  }

  /** Parents come before what is below them, so the nesting need not be followed. */
  #cachedTrees(end: number): void {
    while (this.#at < end) {
      this.#untilZero();
      const entries = this.#decimal(0x20);
      this.#decimal(0x0a);
      if (entries < 0) continue; // Changed since: no tree.
      this.#need(20);
      this.#targets.push({ id: this.#id(this.#at), kind: 'tree' });
      this.#at += 20;
    }
    if (this.#at > end) throw malformed('its cache of trees is cut short');
  }

  #resolvedConflicts(end: number): void {
    while (this.#at < end) {
      this.#untilZero();
      const modes = [0, 0, 0].map(() => Number.parseInt(this.#untilZero().toString('latin1'), 8));
      for (const mode of modes) {
        if (Number.isNaN(mode)) throw malformed('a resolved conflict has a mode that is not a number');
        if (mode === 0) continue;
        this.#need(20);
        this.#add(this.#at, mode);
        this.#at += 20;
      }
    }
    if (this.#at > end) throw malformed('its resolved conflicts are cut short');
  }

  #add(at: number, mode: number): void {
    const kind = KINDS[mode >> 12];
    if (kind === undefined) throw malformed(`an entry has the mode ${mode.toString(8)}`);
    if (kind !== 'other') this.#targets.push({ id: this.#id(at), kind });
  }

  #id(at: number): ObjectId {
    return this.#bytes.toString('hex', at, at + 20) as ObjectId;
  }

  #untilZero(): Buffer {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw malformed('it is cut short');
    const text = this.#bytes.subarray(this.#at, end);
    this.#at = end + 1;
    return text;
  }

  #decimal(end: number): number {
    const stop = this.#bytes.indexOf(end, this.#at);
    const text = stop < 0 ? '' : this.#bytes.toString('latin1', this.#at, Math.min(stop, this.#at + 16));
    if (!/^-?\d{1,10}$/.test(text)) throw malformed('its cache of trees has something else than a number');
    this.#at = stop + 1;
    return Number(text);
  }

  /** As git writes it: seven bits a byte, the highest first, each further byte worth one more. */
  #variableNumber(): number {
    let value = -1;
    let byte = 0x80;
    do {
      this.#need(1);
      byte = this.#bytes[this.#at] as number;
      this.#at += 1;
      value = (value + 1) * 128 + (byte & 0x7f);
    } while ((byte & 0x80) !== 0 && value < 1e9);
    return value;
  }

  #need(size: number): void {
    if (this.#at + size > this.#bytes.length) throw malformed('it is cut short');
  }
}

const NOTHING = Buffer.alloc(0);

/** What the upper bits of a mode say; `other` names a commit of another repository. */
const KINDS: Readonly<Record<number, Target['kind'] | 'other'>> = {
  4: 'tree',
  8: 'blob',
  10: 'blob',
  14: 'other',
};

function malformed(problem: string): MalformedObjectError {
  return new MalformedObjectError('index', problem);
}
