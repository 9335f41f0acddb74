import { join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { entryAt, kindOf, namesIn } from '../plain-files.ts';

/** Something in Oxbow's own folders of a store that Oxbow did not put there. */
export interface Stranger {
  readonly path: string;
  /** What it is: `a symbolic link`. */
  readonly found: string;
}

/** Oxbow's own folders, and how deep below them only folders lie. */
const FOLDERS = [
  ['oxbow-live', 4],
  ['oxbow-withdrawn', 1],
  ['oxbow', 1],
] as const;

/** What lies where Oxbow makes folders and is none. Maintenance leaves it alone, and what a link leads to. */
export function strangers({ path }: Repository): Stranger[] {
  return FOLDERS.flatMap(([name, depth]) => strangersAt(join(path, name), depth));
}

function strangersAt(path: string, depth: number): Stranger[] {
  const stat = entryAt(path);
  if (stat === undefined || stat.isFile()) return [];
  if (!stat.isDirectory()) return [{ path, found: kindOf(stat) }];
  return depth === 0 ? [] : namesIn(path).flatMap((name) => strangersAt(join(path, name), depth - 1));
}
