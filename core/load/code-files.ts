import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Bundle } from './bundle.ts';

/** The code a run is made with. */
export interface CodeFiles {
  /** Path of the flow's own file within the code. */
  readonly entry: string;
  /** Content by path within the code. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The same by absolute path on this computer. */
  readonly sources: ReadonlyMap<string, Uint8Array>;
}

const LOCKS = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
] as const;

/**
 * The local modules of a flow by their path below their common folder; with the nearest package.json, the nearest lock file and the
 * tsconfig.json that decides how they are compiled, each at its place or, when that is further up, on top.
 */
export function codeOf({
  entry,
  modules,
  isAliased,
}: Pick<Bundle, 'entry' | 'modules' | 'isAliased'>): CodeFiles {
  const project = projectFiles(dirname(entry));
  // What leads from module to module by other names than paths is said there, relative to where it is said.
  const anchors = isAliased ? [project.manifest, project.tsconfig] : [];
  const root = commonFolder([entry, ...modules, ...anchors.filter((path) => path !== undefined)]);
  const sources = new Map<string, Uint8Array>();
  const files = new Map<string, Uint8Array>();
  const add = (path: string, name: string): void => {
    if (files.has(name)) return;
    const bytes = readFileSync(path);
    sources.set(path, bytes);
    files.set(name, bytes);
  };
  const within = (path: string): string => relative(root, path).replaceAll('\\', '/');
  for (const path of modules) add(path, within(path));
  const { manifest, lock, tsconfig } = project;
  const isCompiled = tsconfig !== undefined && (isAliased || decidesCompilation(tsconfig));
  for (const path of [manifest, lock, isCompiled ? tsconfig : undefined]) {
    if (path === undefined) continue;
    const name = within(path);
    add(path, name.startsWith('..') ? name.replace(/^(\.\.\/)+/, '') : name);
  }
  return { entry: within(entry), files, sources };
}

function projectFiles(
  folder: string,
): Readonly<Record<'manifest' | 'lock' | 'tsconfig', string | undefined>> {
  return {
    manifest: nearest(folder, ['package.json']),
    lock: nearest(folder, LOCKS),
    tsconfig: nearest(folder, ['tsconfig.json']),
  };
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
  while (paths.some((path) => relative(root, path).startsWith('..'))) root = dirname(root);
  return root;
}

/** Whether a tsconfig.json says something that changes what the same source means. */
const decidesCompilation = (path: string): boolean =>
  /"(?:experimentalDecorators|useDefineForClassFields|jsx\w*)"\s*:/.test(readFileSync(path, 'utf8'));
