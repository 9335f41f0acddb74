import { TemporaryFile } from '../atomic-file.ts';
import { WORTH_ZSTD } from '../codec/chunk-write.ts';
import type { ChunkIntake, StoredChunk } from '../codec/objects.ts';
import type { IndexRow } from '../git/pack-index.ts';
import { hashWritten, PACK_HEADER, packHeader, publishPack, type WrittenPack } from '../git/pack-publish.ts';
import type { ObjectWeight } from '../git/packed-object.ts';
import type { ObjectId } from '../ids.ts';
import { type Lanes, takeLanes } from './lanes.ts';
import { SLOTS } from './slots.ts';

/** Where the chunks of a part go. */
export interface ChunkPackOptions {
  readonly packFolder: string;
  /** Text of the pack's `.keep` file. */
  readonly keep: string;
  /** How many chunks there will be, where that is known: then the pack need not be read once more for its checksum. */
  readonly count: number | undefined;
  /** Whether a chunk is stored already. */
  has(id: ObjectId): boolean;
  /** Told of the pack that was written, its name not synced yet, unless everything was there. */
  onPack(pack: WrittenPack, objects: readonly ObjectWeight[]): void;
}

/**
 * Takes the chunks of one large part into a pack of their own, a few at a time on their way through the lanes: they make
 * the entries, this thread writes them. Undefined when there are no lanes to be had.
 */
export function openChunkPack(options: ChunkPackOptions): ChunkIntake | undefined {
  const lanes = takeLanes();
  if (lanes === undefined) return undefined;
  try {
    return new ChunkPack(options, lanes);
  } catch (error) {
    lanes.release();
    throw error;
  }
}

/** Chunks handed to the lanes before the first of them is written; as many slots are left for those being summed. */
const AHEAD = SLOTS / 2;

/** So many bytes are written before the disk is told to begin. */
const WRITE_BACK = 32 << 20;

class ChunkPack implements ChunkIntake {
  readonly #options: ChunkPackOptions;
  readonly #lanes: Lanes;
  readonly #file: TemporaryFile;
  readonly #stored: StoredChunk[] = [];
  readonly #rows: IndexRow[] = [];
  /** By id, of those in the pack. */
  readonly #weights = new Map<ObjectId, ObjectWeight>();
  /** Bytes of the chunks that the lanes have or had. */
  readonly #lengths: number[] = [];
  #bytes = PACK_HEADER;
  #writtenBack = 0;
  #lastSlot = 0;

  constructor(options: ChunkPackOptions, lanes: Lanes) {
    this.#options = options;
    this.#lanes = lanes;
    this.#file = TemporaryFile.in(options.packFolder, 0o444);
    this.#file.write(packHeader(options.count ?? 0), 0);
  }

  add(chunk: Uint8Array): void {
    const at = this.#lengths.length;
    if (at - this.#stored.length >= AHEAD) this.#storeNext();
    // What does not shrink at the start rarely does later.
    const hard = this.#stored[0]?.compressed ?? true;
    this.#lanes.put(at % SLOTS, chunk, hard && chunk.length >= WORTH_ZSTD);
    this.#lengths.push(chunk.length);
    if (at === 0) this.#storeNext();
  }

  finish(): readonly StoredChunk[] {
    while (this.#stored.length < this.#lengths.length) this.#storeNext();
    if (this.#rows.length > 0) this.#publish();
    return this.#stored;
  }

  close(): void {
    this.#file.discard();
    this.#lanes.release();
  }

  #storeNext(): void {
    const at = this.#stored.length;
    const slot = at % SLOTS;
    const { id, compressed, crc, bytes } = this.#lanes.entry(slot);
    this.#stored.push({ id, compressed });
    if (this.#weights.has(id) || this.#options.has(id)) {
      this.#lanes.drop(slot);
      return;
    }
    this.#file.write(bytes, this.#bytes);
    const { count } = this.#options;
    if (count === undefined) this.#lanes.drop(slot);
    else this.#lanes.sum(slot, this.#rows.length, count);
    this.#rows.push({ id, offset: this.#bytes, crc });
    this.#weights.set(id, { id, bytes: bytes.length, logical: this.#lengths[at] ?? 0 });
    this.#bytes += bytes.length;
    this.#lastSlot = slot;
    if (this.#bytes - this.#writtenBack < WRITE_BACK) return;
    this.#file.writeBack();
    this.#writtenBack = this.#bytes;
  }

  #publish(): void {
    const checksum = this.#checksum();
    this.#file.write(checksum, this.#bytes);
    this.#file.finish(true);
    const { packFolder, keep, onPack } = this.#options;
    const pack = { file: this.#file, rows: this.#rows, checksum, bytes: this.#bytes + checksum.length };
    onPack(publishPack(packFolder, pack, { keep, sync: 'contents' }), [...this.#weights.values()]);
  }

  // The checksum covers the number of objects at the front: known chunks, or a lane that died, cost one more reading.
  #checksum(): Buffer {
    const { count } = this.#options;
    const summed = this.#rows.length === count ? this.#lanes.checksum(this.#lastSlot) : undefined;
    if (summed !== undefined) return summed;
    this.#file.write(packHeader(this.#rows.length), 0);
    return hashWritten(this.#file, this.#bytes).digest();
  }
}
