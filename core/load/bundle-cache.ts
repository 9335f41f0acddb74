import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { writeFileAtomically } from '#store';

/** What a compiled flow depends on: it is compiled anew when any of this has changed. */
export interface Manifest {
  /** Name of the compiled file. */
  readonly file: string;
  /** SHA-256 of its content: nothing here is synced, and a power cut may leave it empty. */
  readonly digest: string;
  /** The local modules it was made of, absolute. */
  readonly modules: readonly string[];
  /** Whether modules import each other by names that are no paths. */
  readonly isAliased: boolean;
  /** Size and modification time of every file and folder that counts, or null for one that must not exist. */
  readonly stamps: Readonly<Record<string, string | null>>;
}

const MANIFEST = 'manifest.json';

/** The manifest of a folder, unless something it depends on has changed. */
export function freshManifest(folder: string): Manifest | undefined {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest;
  } catch {
    // Absent, or torn by a crash: compiling again is always right.
    return undefined;
  }
  const isFresh = Object.entries(manifest.stamps).every(([path, stamp]) => stampOf(path) === stamp);
  return isFresh && isWhole(join(folder, manifest.file), manifest.digest) ? manifest : undefined;
}

function isWhole(path: string, digest: string): boolean {
  return existsSync(path) && digestOf(readFileSync(path)) === digest;
}

/** SHA-256 of a compiled file. */
export const digestOf = (code: string | Uint8Array): string =>
  createHash('sha256').update(code).digest('hex');

/** Writes a folder's manifest, last of all: what it names must be there. */
export function writeManifest(folder: string, manifest: Manifest): void {
  writeBeside(join(folder, MANIFEST), JSON.stringify(manifest, null, 2));
}

/** Other processes may compile the same flow now: each file appears whole or not at all. */
export function writeBeside(path: string, text: string): void {
  writeFileAtomically(path, text, { sync: false });
}

/** What tells whether a file, or the list of names in a folder, has changed. */
export function stampOf(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.size} ${stat.mtimeMs}` : null;
}

/**
 * The tsconfig.json files that apply to modules: of each folder the nearest one upward and those it extends. Nearer ones
 * that are not there count too, since they may appear.
 */
export function tsconfigsFor(modules: readonly string[]): Set<string> {
  const paths = new Set<string>();
  const folders = new Set(modules.map((path) => dirname(path)));
  for (const start of folders) {
    for (let folder = start; ; folder = dirname(folder)) {
      const path = join(folder, 'tsconfig.json');
      addExtended(path, paths);
      if (existsSync(path) || folder === dirname(folder)) break;
    }
  }
  return paths;
}

function addExtended(path: string, paths: Set<string>): void {
  if (paths.has(path)) return;
  paths.add(path);
  if (!existsSync(path)) return;
  const [, list = ''] = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/.exec(readFileSync(path, 'utf8')) ?? [];
  for (const [, name = ''] of list.matchAll(/"([^"]*)"/g)) {
    // What a package holds changes with the package alone.
    if (!name.startsWith('.')) continue;
    const extended = resolve(dirname(path), name);
    addExtended(extended.endsWith('.json') ? extended : `${extended}.json`, paths);
  }
}

/** The folders whose new files an import such as `./lib/**\/*.ts`, written in a file of `folder`, would take in. */
export function foldersOf(pattern: string, folder: string): string[] {
  const base = resolve(folder, pattern.slice(0, pattern.indexOf('*')).replace(/[^/]*$/, ''));
  if (!existsSync(base)) return [base];
  const below = readdirSync(base, { withFileTypes: true, recursive: pattern.includes('**') });
  const folders = below
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name));
  return [base, ...folders.filter((path) => !/\/(node_modules|\.[^/]*)(\/|$)/.test(path.slice(base.length)))];
}
