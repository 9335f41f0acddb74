import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type ChunkEntry, makeChunkEntry } from './chunk-entry.ts';
import type { LaneData } from './lane-data.ts';
import { SLOTS, Slots, STATE } from './slots.ts';

/** More threads than this wait for the one that hashes and writes the whole. */
const MAX_LANES = 3;
/** No chunk takes a hundredth of it. */
const PATIENCE = 10_000;

let free: Lanes | undefined;
let started = false;

/**
 * The threads that turn chunks into pack entries while this one goes on; started at the first call and kept. Undefined when
 * there is no core for them, somebody has them, or they have failed before. Who gets them calls {@link Lanes.release}.
 */
export function takeLanes(): Lanes | undefined {
  if (!started) free = startLanes(Math.min(MAX_LANES, availableParallelism() - 1));
  started = true;
  const lanes = free;
  free = undefined;
  return lanes;
}

interface LaneThreads {
  readonly slots: Slots;
  readonly workers: readonly Worker[];
  /** A lane that needs longer for one chunk has died, in milliseconds. */
  readonly patience: number;
}

/**
 * Hands chunks to the lanes, which this thread can do without: what no lane has begun it makes itself, and when one dies
 * over a chunk it makes all of them. Only the checksum cannot be taken over: then there is none.
 */
export class Lanes {
  readonly #slots: Slots;
  readonly #workers: readonly Worker[];
  readonly #patience: number;
  // A lane given up may still write into its slot: entries are then made here.
  #ownRoom: Uint8Array | undefined;

  constructor({ slots, workers, patience }: LaneThreads) {
    this.#slots = slots;
    this.#patience = patience;
    this.#workers = workers;
    for (const worker of workers) {
      worker.unref();
      worker.on('error', () => this.giveUp());
    }
  }

  /** Whether a lane has died. */
  get broken(): boolean {
    return this.#ownRoom !== undefined;
  }

  /** Puts a chunk into a slot, as soon as what was in it is done with. */
  put(slot: number, chunk: Uint8Array, hard: boolean): void {
    this.#settle(slot, STATE.written);
    this.#slots.fill(slot, chunk, hard);
  }

  /** The entry of the chunk in a slot, good until the next call. */
  entry(slot: number): ChunkEntry {
    if (!this.broken && !this.#slots.take(slot)) {
      this.#settle(slot, STATE.taken);
      if (!this.broken && this.#slots.state(slot) === STATE.made) return this.#slots.entry(slot);
    }
    const { chunk, hard } = this.#slots.chunk(slot);
    const entry = makeChunkEntry(chunk, hard, this.#ownRoom ?? this.#slots.room(slot));
    this.#slots.note(slot, entry);
    if (!this.broken) this.#slots.pass(slot, STATE.made);
    return entry;
  }

  /** The entry in a slot was written as the `order`-th of a pack of `count`: it is summed, and the slot is free. */
  sum(slot: number, order: number, count: number): void {
    if (!this.broken) this.#slots.passToSum(slot, order, count);
  }

  /** The entry in a slot was not needed. */
  drop(slot: number): void {
    if (!this.broken) this.#slots.pass(slot, STATE.free);
  }

  /** The checksum of a pack whose last entry was in a slot; undefined when a lane died over it. */
  checksum(slot: number): Buffer | undefined {
    this.#settle(slot, STATE.written);
    return this.broken ? undefined : this.#slots.checksum();
  }

  /** Gives the lanes back, whatever state the slots are in. */
  release(): void {
    for (let slot = 0; slot < SLOTS && !this.broken; slot++) {
      if (!this.#slots.take(slot)) this.#settle(slot, STATE.taken);
      this.#settle(slot, STATE.written);
    }
    for (let slot = 0; slot < SLOTS && !this.broken; slot++) this.#slots.pass(slot, STATE.free);
    if (!this.broken) free = this;
  }

  #settle(slot: number, state: number): void {
    if (!this.broken && !this.#slots.waitWhile(slot, state, this.#patience)) this.giveUp();
  }

  /** Ends the lanes: they are not used again. */
  giveUp(): void {
    this.#ownRoom ??= new Uint8Array(this.#slots.room(0).length);
    if (free === this) free = undefined;
    for (const worker of this.#workers) void worker.terminate();
  }
}

function startLanes(count: number): Lanes | undefined {
  if (count < 1) return undefined;
  const slots = new Slots();
  try {
    const workers = Array.from({ length: count }, (_, i) =>
      startLane({ memory: slots.memory, sums: i === 0 }),
    );
    return new Lanes({ slots, workers, patience: PATIENCE });
  } catch {
    return undefined; // This process may have no more threads: it does without.
  }
}

function startLane(workerData: LaneData): Worker {
  const here = fileURLToPath(import.meta.url);
  const options = { workerData, execArgv: [] };
  if (!here.endsWith('.ts')) {
    // The bundler may put this file anywhere below dist/.
    const dist = here.slice(0, here.lastIndexOf('/dist/') + '/dist'.length);
    return new Worker(join(dist, 'store/lanes/lane.js'), options);
  }
  // In the project's own tests: Node 20 does not pass its loaders on to threads.
  const entry = JSON.stringify(new URL('lane.ts', import.meta.url).href);
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const code = `import(${loader}).then(({ register }) => { register(); return import(${entry}); });`;
  return new Worker(code, { ...options, eval: true });
}
