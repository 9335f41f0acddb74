import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findStore } from '#store';

/** Folder for compiled flows: in the store once there is one. */
export function cacheFolder(options: { readonly store?: string | undefined } = {}): string {
  const store = findStore(options);
  const isThere = store !== undefined && existsSync(join(store, 'HEAD'));
  return isThere
    ? join(store, 'oxbow', 'compiled')
    : join(tmpdir(), `oxbow-compiled-${process.getuid?.() ?? ''}`);
}
