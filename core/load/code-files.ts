import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Bundle } from './bundle.ts';
import { extendedBy } from './bundle-cache.ts';
import { LOCK_FILES } from './lock-files.ts';

/** The code a run is made with. */
export interface CodeFiles {
  /** Path of the flow's own file within the code. */
  readonly entry: string;
  /** Content by path within the code. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The same by absolute path on this computer. */
  readonly sources: ReadonlyMap<string, Uint8Array>;
}

/**
 * The local modules of a flow by their path below their common folder; with the package.json of each and the tsconfig.json that decides how
 * it is compiled, and the lock file nearest to the flow: each at its place or, when that is further up, on top. Packages of a workspace are
 * among the modules, and with their package.json they can be found by name again.
 */
export function codeOf({
  entry,
  modules,
  isAliased,
}: Pick<Bundle, 'entry' | 'modules' | 'isAliased'>): CodeFiles {
  const folders = [...new Set([entry, ...modules].map((path) => dirname(path)))];
  const manifests = unique(folders.map((folder) => nearest(folder, ['package.json'])));
  const tsconfigs = unique(folders.map((folder) => nearest(folder, ['tsconfig.json'])))
    .map((path) => withExtended(path))
    .filter((chain) => isAliased || chain.some(decidesCompilation));
  // What leads from module to module by other names than paths, or from one file to another, does so relative to its place.
  const anchors = [
    ...(isAliased ? [...manifests, ...tsconfigs.flat()] : []),
    ...tsconfigs.filter(({ length }) => length > 1).flat(),
  ];
  const root = commonFolder([entry, ...modules, ...anchors]);
  const sources = new Map<string, Uint8Array>();
  const files = new Map<string, Uint8Array>();
  const within = (path: string): string => relative(root, path).replaceAll('\\', '/');
  const add = (path: string): void => {
    const name = within(path).replace(/^(\.\.\/)+/, '');
    if (files.has(name)) return;
    const bytes = readFileSync(path);
    sources.set(path, bytes);
    files.set(name, bytes);
  };
  const lock = nearest(dirname(entry), LOCK_FILES);
  for (const path of [...modules, ...manifests, ...(lock === undefined ? [] : [lock]), ...tsconfigs.flat()])
    add(path);
  return { entry: within(entry), files, sources };
}

const unique = (paths: readonly (string | undefined)[]): string[] => [
  ...new Set(paths.filter((path) => path !== undefined)),
];

/** A tsconfig.json with those it extends. */
function withExtended(path: string, seen = new Set<string>()): string[] {
  if (seen.has(path) || !existsSync(path)) return [];
  seen.add(path);
  return [path, ...extendedBy(path).flatMap((extended) => withExtended(extended, seen))];
}

/** The first of the names in the nearest folder upward that has one of them. */
function nearest(from: string, names: readonly string[]): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = names.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined || folder === dirname(folder)) return found;
  }
}

function commonFolder(paths: readonly string[]): string {
  let root = dirname(paths[0] ?? '');
  while (paths.some((path) => isAbove(relative(root, path)))) root = dirname(root);
  return root;
}

/** A name may begin with two points, too. */
const isAbove = (path: string): boolean => path === '..' || path.startsWith('../');

/** Whether a tsconfig.json says something that changes what the same source means. */
const decidesCompilation = (path: string): boolean =>
  /"(?:experimentalDecorators|useDefineForClassFields|jsx\w*)"\s*:/.test(readFileSync(path, 'utf8'));
