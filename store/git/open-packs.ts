import { OpenFiles } from './open-files.ts';
import type { PackReader } from './pack-reader.ts';

/** Packs open for reading, of all stores, by what their folder knows each pack as. */
export const openPacks = new OpenFiles<PackReader>(4);
