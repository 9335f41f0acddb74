// Finds files of the source tree by name.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const FOLDERS = ['core', 'store', 'client', 'tui', 'fixtures'];

/** Paths below the root of all files whose name matches, sorted. */
export function filesNamed(pattern) {
  const inFolder = (folder) =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return inFolder(path);
      return pattern.test(entry.name) ? [path] : [];
    });
  return FOLDERS.flatMap(inFolder).sort();
}
