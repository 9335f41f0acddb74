import { readFileSync } from 'node:fs';
import { checkSize } from '../limits.ts';
import { MalformedObjectError } from './errors.ts';
import { LastingFile } from './open-files.ts';
import { PackIndex } from './pack-index.ts';
import { SparseBytes } from './sparse-bytes.ts';

/** Indexes above this size are read while they are used: finding one object takes a few kilobytes of megabytes. */
const READ_WHOLE = 1 << 17;

/**
 * Opens an index file. Throws a {@link MalformedObjectError}, a TooLargeError, or what opening a file throws; and the index a FileReplacedError when it
 * needs more of the file after another has taken its place.
 */
export function openIndex(path: string): PackIndex {
  const file = new LastingFile(path);
  let isWhole = true;
  try {
    checkSize('index', file.size, () => `"${path}"`);
    if (file.size <= READ_WHOLE) return new PackIndex(readFileSync(file.fd));
    const sparse = new SparseBytes(file.size);
    const index = new PackIndex(sparse.bytes, (from, to) => {
      if (!sparse.need(() => file.fd, from, to))
        throw new MalformedObjectError('pack index', 'it is cut short');
    });
    isWhole = false;
    return index;
  } finally {
    if (isWhole) file.close();
  }
}
