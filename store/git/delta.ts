import { MalformedObjectError } from './errors.ts';

/**
 * The object that a delta makes from its base (git's gitformat-pack, "deltified representation"). Throws a
 * {@link MalformedObjectError} when the delta is not for a base of this size, or does not add up.
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array): Buffer {
  const reader = new DeltaReader(delta);
  const baseSize = reader.size();
  const size = reader.size();
  if (baseSize !== base.length) throw malformed(`it is for a base of ${baseSize} bytes, not ${base.length}`);
  const start = reader.at;
  // Adding up first keeps a damaged size from claiming memory.
  let total = 0;
  while (!reader.done) total += reader.next(base.length).length;
  if (total !== size) throw malformed(`it makes ${total} bytes instead of ${size}`);
  reader.at = start;
  const target = Buffer.allocUnsafeSlow(size);
  for (let at = 0; !reader.done; ) {
    const { from, offset, length } = reader.next(base.length);
    target.set((from === 'base' ? base : delta).subarray(offset, offset + length), at);
    at += length;
  }
  return target;
}

/** How large the object is that a delta says it makes. Throws like {@link applyDelta}. */
export function resultSize(delta: Uint8Array): number {
  const reader = new DeltaReader(delta);
  reader.size();
  return reader.size();
}

/** One instruction: the next `length` bytes come from `offset` in the base or in the delta itself. */
interface Instruction {
  readonly from: 'base' | 'delta';
  readonly offset: number;
  readonly length: number;
}

class DeltaReader {
  at = 0;
  readonly #delta: Uint8Array;

  constructor(delta: Uint8Array) {
    this.#delta = delta;
  }

  get done(): boolean {
    return this.at >= this.#delta.length;
  }

  /** Seven bits a byte, least significant first. */
  size(): number {
    let size = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.#byte();
      size += (byte & 0x7f) * unit;
      if (size > Number.MAX_SAFE_INTEGER) throw malformed('a size is out of range');
      if ((byte & 0x80) === 0) return size;
    }
  }

  next(baseLength: number): Instruction {
    const code = this.#byte();
    if (code === 0) throw malformed('it holds an instruction of kind 0');
    if (code < 0x80) {
      const offset = this.at;
      this.at += code;
      if (this.at > this.#delta.length) throw malformed('it is cut short');
      return { from: 'delta', offset, length: code };
    }
    const offset = this.#number(code & 0x0f, 4);
    const length = this.#number((code >> 4) & 7, 3) || 0x10000;
    if (offset + length > baseLength) throw malformed('it copies from beyond its base');
    return { from: 'base', offset, length };
  }

  // Only the bytes whose bit is set in `present` are there; the others are zero.
  #number(present: number, bytes: number): number {
    let value = 0;
    for (let i = 0; i < bytes; i++) if (present & (1 << i)) value += this.#byte() * 256 ** i;
    return value;
  }

  #byte(): number {
    const byte = this.#delta[this.at++];
    if (byte === undefined) throw malformed('it is cut short');
    return byte;
  }
}

function malformed(problem: string): MalformedObjectError {
  return new MalformedObjectError('delta', problem);
}
