import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { MalformedObjectError } from './errors.ts';
import { PackIndex } from './pack-index.ts';
import { SparseBytes } from './sparse-bytes.ts';

/** Indexes above this size are read while they are used: finding one object takes a few kilobytes of megabytes. */
const READ_WHOLE = 1 << 17;

/** Opens an index file. Throws a {@link MalformedObjectError}, or what opening a file throws. */
export function openIndex(path: string): PackIndex {
  const fd = openSync(path, 'r');
  let isKept = false;
  try {
    const { size } = fstatSync(fd);
    if (size <= READ_WHOLE) return new PackIndex(readFileSync(fd));
    const sparse = new SparseBytes(size);
    const index = new PackIndex(sparse.bytes, (from, to) => {
      if (!sparse.need(() => fd, from, to)) throw new MalformedObjectError('pack index', 'it is cut short');
    });
    closeWhenForgotten.register(index, fd);
    isKept = true;
    return index;
  } finally {
    if (!isKept) closeSync(fd);
  }
}

const closeWhenForgotten = new FinalizationRegistry((fd: number) => closeSync(fd));
