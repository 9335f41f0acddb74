import { MAX_CHUNK } from '../codec/limits.ts';
import { MAX_ENTRY_HEADER } from '../git/pack-entry.ts';
import { storedLength } from '../git/zlib-stream.ts';
import type { ObjectId } from '../ids.ts';
import type { ChunkEntry } from './chunk-entry.ts';

/** Chunks that may be on their way at once. */
export const SLOTS = 8;

/** What is to be done with a slot, or is being done. Only who may take the next step changes it. */
export const STATE = {
  /** The owner of the lanes may fill it. */
  free: 0,
  /** Holds a chunk; who first sets it to `taken` makes a pack entry of it. */
  filled: 1,
  taken: 2,
  /** Holds the entry; the owner's turn. */
  made: 3,
  /** A lane could not make the entry; the owner's turn. */
  failed: 4,
  /** The entry was written to the pack; the summing lane adds it to the checksum and frees the slot. */
  written: 5,
} as const;

/** The memory that all lanes share, to be handed to a thread as it is. */
export interface SlotMemory {
  readonly words: SharedArrayBuffer;
  readonly bytes: SharedArrayBuffer;
}

const ROOM = Math.ceil((MAX_ENTRY_HEADER + storedLength(MAX_CHUNK)) / 64) * 64;
const STRIDE = MAX_CHUNK + ROOM;

// Words of the head, then of each slot.
const HEAD = { bell: 0, checksum: 1 } as const;
const HEAD_WORDS = 16;
const FIELD = {
  state: 0,
  length: 1,
  hard: 2,
  order: 3,
  count: 4,
  made: 5,
  compressed: 6,
  crc: 7,
  id: 8,
} as const;
const SLOT_WORDS = 16;

/** The slots as one thread sees them. */
export class Slots {
  readonly memory: SlotMemory;
  readonly #words: Int32Array;

  constructor(memory?: SlotMemory) {
    this.memory = memory ?? {
      words: new SharedArrayBuffer(4 * (HEAD_WORDS + SLOTS * SLOT_WORDS)),
      bytes: new SharedArrayBuffer(SLOTS * STRIDE),
    };
    this.#words = new Int32Array(this.memory.words);
  }

  /** Whose turn a slot is. */
  state(slot: number): number {
    return Atomics.load(this.#words, at(slot, FIELD.state));
  }

  /** Passes a slot on and wakes everybody. */
  pass(slot: number, state: number): void {
    Atomics.store(this.#words, at(slot, FIELD.state), state);
    Atomics.notify(this.#words, at(slot, FIELD.state));
    this.ring();
  }

  /** Takes the chunk in a slot over; false when somebody else was first or there is none. */
  take(slot: number): boolean {
    const { filled, taken } = STATE;
    return Atomics.compareExchange(this.#words, at(slot, FIELD.state), filled, taken) === filled;
  }

  /** Waits until a slot is not in a state any more; false when that takes longer than `patience` milliseconds. */
  waitWhile(slot: number, state: number, patience: number): boolean {
    return Atomics.wait(this.#words, at(slot, FIELD.state), state, patience) !== 'timed-out';
  }

  /** Puts a chunk into a free slot. */
  fill(slot: number, chunk: Uint8Array, hard: boolean): void {
    this.#bytes(slot, 0, chunk.length).set(chunk);
    this.#words[at(slot, FIELD.length)] = chunk.length;
    this.#words[at(slot, FIELD.hard)] = hard ? 1 : 0;
    this.pass(slot, STATE.filled);
  }

  /** The chunk in a slot, and whether to try to compress it. */
  chunk(slot: number): { readonly chunk: Uint8Array; readonly hard: boolean } {
    const hard = this.#words[at(slot, FIELD.hard)] === 1;
    return { chunk: this.#bytes(slot, 0, this.#words[at(slot, FIELD.length)] ?? 0), hard };
  }

  /** Where the entry of a slot's chunk is made. */
  room(slot: number): Uint8Array {
    return this.#bytes(slot, MAX_CHUNK, ROOM);
  }

  /** Notes what was made in the {@link room} of a slot. */
  note(slot: number, { id, compressed, crc, bytes }: ChunkEntry): void {
    this.#words[at(slot, FIELD.made)] = bytes.length;
    this.#words[at(slot, FIELD.compressed)] = compressed ? 1 : 0;
    this.#words[at(slot, FIELD.crc)] = crc;
    this.#idBytes(slot).write(id, 'hex');
  }

  /** What was noted. */
  entry(slot: number): ChunkEntry {
    return {
      id: this.#idBytes(slot).toString('hex') as ObjectId,
      compressed: this.#words[at(slot, FIELD.compressed)] === 1,
      crc: (this.#words[at(slot, FIELD.crc)] ?? 0) >>> 0,
      bytes: this.#bytes(slot, MAX_CHUNK, this.#words[at(slot, FIELD.made)] ?? 0),
    };
  }

  /** Says that the entry in a slot is the `order`-th of a pack that is to have `count`. */
  passToSum(slot: number, order: number, count: number): void {
    this.#words[at(slot, FIELD.order)] = order;
    this.#words[at(slot, FIELD.count)] = count;
    this.pass(slot, STATE.written);
  }

  /** The place in its pack that {@link passToSum} gave, and how many there are to be. */
  place(slot: number): { readonly order: number; readonly count: number } {
    return {
      order: this.#words[at(slot, FIELD.order)] ?? 0,
      count: this.#words[at(slot, FIELD.count)] ?? 0,
    };
  }

  /** Notes the checksum of a pack whose last entry was summed. */
  writeChecksum(checksum: Uint8Array): void {
    new Uint8Array(this.memory.words, 4 * HEAD.checksum, 20).set(checksum);
  }

  /** What was noted; good once the last entry is no longer in state `written`. */
  checksum(): Buffer {
    return Buffer.from(new Uint8Array(this.memory.words, 4 * HEAD.checksum, 20));
  }

  /** Wakes all lanes. */
  ring(): void {
    Atomics.add(this.#words, HEAD.bell, 1);
    Atomics.notify(this.#words, HEAD.bell);
  }

  /** How often it rang; to be read before looking for work. */
  get bell(): number {
    return Atomics.load(this.#words, HEAD.bell);
  }

  /** Sleeps until it rings again. */
  waitForBell(heard: number): void {
    Atomics.wait(this.#words, HEAD.bell, heard);
  }

  #bytes(slot: number, start: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.bytes, slot * STRIDE + start, length);
  }

  #idBytes(slot: number): Buffer {
    return Buffer.from(this.memory.words, 4 * at(slot, FIELD.id), 20);
  }
}

const at = (slot: number, field: number): number => HEAD_WORDS + slot * SLOT_WORDS + field;
