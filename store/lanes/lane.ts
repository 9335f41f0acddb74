// A thread that turns chunks into pack entries; the first of them also sums the pack they are written to. It lives as
// long as the process, asleep while there is nothing to do.
import { createHash, type Hash } from 'node:crypto';
import { workerData } from 'node:worker_threads';
import { packHeader } from '../git/pack-publish.ts';
import { makeChunkEntry } from './chunk-entry.ts';
import type { LaneData } from './lane-data.ts';
import { SLOTS, Slots, STATE } from './slots.ts';

function serve({ memory, sums }: LaneData): never {
  const slots = new Slots(memory);
  const summer = sums ? new Summer(slots) : undefined;
  let oldest = 0;
  for (;;) {
    const heard = slots.bell;
    if (summer?.sumNext()) continue;
    const slot = nextOf(slots, oldest);
    if (slot === undefined) slots.waitForBell(heard);
    else {
      make(slots, slot);
      oldest = (slot + 1) % SLOTS;
    }
  }
}

function nextOf(slots: Slots, oldest: number): number | undefined {
  for (let i = 0; i < SLOTS; i++) if (slots.take((oldest + i) % SLOTS)) return (oldest + i) % SLOTS;
  return undefined;
}

function make(slots: Slots, slot: number): void {
  try {
    const { chunk, hard } = slots.chunk(slot);
    slots.note(slot, makeChunkEntry(chunk, hard, slots.room(slot)));
    slots.pass(slot, STATE.made);
  } catch {
    slots.pass(slot, STATE.failed); // The owner makes it itself, and meets the error where it can be thrown.
  }
}

/** Adds entries to the checksum of their pack, in their order. */
class Summer {
  readonly #slots: Slots;
  #hash: Hash = createHash('sha1');
  #next = 0;

  constructor(slots: Slots) {
    this.#slots = slots;
  }

  /** Sums the entry whose turn it is; false when that is not written yet. */
  sumNext(): boolean {
    for (let slot = 0; slot < SLOTS; slot++) {
      if (this.#slots.state(slot) !== STATE.written) continue;
      const { order, count } = this.#slots.place(slot);
      if (order !== 0 && order !== this.#next) continue;
      if (order === 0) this.#hash = createHash('sha1').update(packHeader(count));
      this.#hash.update(this.#slots.entry(slot).bytes);
      this.#next = order + 1;
      if (this.#next === count) this.#slots.writeChecksum(this.#hash.digest());
      this.#slots.pass(slot, STATE.free);
      return true;
    }
    return false;
  }
}

serve(workerData as LaneData);
