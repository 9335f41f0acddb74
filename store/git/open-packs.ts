import { BoundedCache } from './bounded-cache.ts';
import type { PackReader } from './pack-reader.ts';

/**
 * Packs open for reading, of all stores, by what their folder knows each pack as. A process may open a store again and again and close
 * none; the number of files it may have open is small.
 */
export const openPacks = new BoundedCache<object, PackReader>({
  limit: 64,
  weigh: () => 1,
  dispose: (reader) => reader.close(),
});
