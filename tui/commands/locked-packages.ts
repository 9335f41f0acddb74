import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Run } from '#client';
import { LOCK_FILES } from '#core';
import { type Text, text } from '../plain/text.ts';

/**
 * What to say when code of a run is executed in a folder or below it, where it finds the packages of today: that their lock file is another one
 * than the run's. Nothing when it is the same, or the run recorded none.
 */
export function packagesNote(code: Run['code'], folder: string): Text | undefined {
  for (const [path, bytes] of code.contents()) {
    const name = basename(path);
    if (!LOCK_FILES.some((lock) => lock === name) || path.includes('node_modules/')) continue;
    const now = nearest(name, resolve(folder));
    if (now === undefined)
      return text`The run was made with a ${name}, and there is none here: its packages may be other ones.\n`;
    if (!readFileSync(now).equals(bytes))
      return text`Packages are those of today: ${name} has changed since the run.\n`;
    return undefined;
  }
  return undefined;
}

function nearest(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, name);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return undefined;
  }
}
