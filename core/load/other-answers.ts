import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

/** Extensions that an import may leave out, or write as one of the others. */
const EXTENSIONS = ['.tsx', '.ts', '.jsx', '.js', '.json', '.mts', '.mjs', '.cts', '.cjs'];

/** The files of whose names an import that means `module` would mean another one, if they were there. */
export function rivalsOf(module: string): string[] {
  const extension = extname(module);
  if (!EXTENSIONS.includes(extension)) return [];
  const stem = module.slice(0, -extension.length);
  const stems = basename(stem) === 'index' ? [stem, dirname(stem)] : [stem];
  return stems.flatMap((name) => [
    ...(name === stem ? [] : [name]),
    ...EXTENSIONS.map((ending) => name + ending).filter((path) => path !== module),
  ]);
}

/**
 * Where the folders of a package lead that a module in `folder` would be given by its name: the first that is there, and null for the nearer
 * ones that are not.
 */
export function waysTo(specifier: string, folder: string): [string, string | null][] {
  const [, name] = /^((?:@[^/]+\/)?[^/#@][^/]*)/.exec(specifier) ?? [];
  const ways: [string, string | null][] = [];
  if (name === undefined) return ways;
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, 'node_modules', name);
    const target = basename(at) === 'node_modules' ? null : targetOf(path);
    ways.push([path, target]);
    if (target !== null || at === dirname(at)) return ways;
  }
}

/** Where a path really leads, or null when nothing is there. */
export function targetOf(path: string): string | null {
  try {
    return existsSync(path) ? realpathSync(path) : null;
  } catch {
    return null;
  }
}
