import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { writeFileAtomically } from '#store';
import { targetOf } from './other-answers.ts';

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
  /** SHA-256 of every file that the compiled text is made of or that says how, or null for one that must not exist. */
  readonly sources: Readonly<Record<string, string | null>>;
  /** Size and modification time of every other file and folder that counts, or null. */
  readonly stamps: Readonly<Record<string, string | null>>;
  /** Where folders of packages lead, or null for those that must not be there. */
  readonly ways: Readonly<Record<string, string | null>>;
}

const MANIFEST = 'manifest.json';

/** A compiled file is named by its content. */
const FILE_NAME = /^[0-9a-f]{16}\.mjs$/;

/** How often it is noted that a compiled flow is in use, in milliseconds. */
const NOTED_EVERY = 3_600_000;

/** The manifest of a folder, unless something it depends on has changed. */
export function freshManifest(folder: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest;
    return isFresh(manifest, folder) ? manifest : undefined;
  } catch {
    // Absent, torn by a crash, or not to be read: compiling again is always right.
    return undefined;
  }
}

const isFresh = ({ file, digest, sources, stamps, ways }: Manifest, folder: string): boolean =>
  FILE_NAME.test(file) &&
  Object.entries(sources).every(([path, known]) => digestOfFile(path) === known) &&
  Object.entries(ways).every(([path, target]) => targetOf(path) === target) &&
  Object.entries(stamps).every(([path, stamp]) => stampOf(path) === stamp) &&
  digestOfFile(join(folder, file)) === digest &&
  existsSync(join(folder, `${file}.map`));

/** SHA-256 of a text or bytes. */
export const digestOf = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/** SHA-256 of a file, or null when there is none. */
export function digestOfFile(path: string): string | null {
  // Most of those that are looked for are not there, which reading would tell more slowly.
  if (!existsSync(path)) return null;
  try {
    return digestOf(readFileSync(path));
  } catch {
    return null;
  }
}

/** Writes a folder's manifest, last of all: what it names must be there. */
export function writeManifest(folder: string, manifest: Manifest): void {
  writeBeside(join(folder, MANIFEST), JSON.stringify(manifest, null, 2));
}

/** Other processes may compile the same flow now: each file appears whole or not at all. */
export function writeBeside(path: string, text: string): void {
  writeFileAtomically(path, text, { sync: false, mode: 0o600 });
}

/** Notes that a compiled flow is used now and as long as this process lives: what nobody uses is swept away. */
export function noteUse(folder: string, file: string): void {
  const paths = [join(folder, MANIFEST), join(folder, file), join(folder, `${file}.map`)];
  if (noted.has(paths.join())) return;
  noted.add(paths.join());
  touch(paths);
  setInterval(touch, NOTED_EVERY, paths).unref();
}

const noted = new Set<string>();

function touch(paths: readonly string[]): void {
  const now = Date.now();
  for (const path of paths) {
    try {
      if (now - statSync(path).mtimeMs > NOTED_EVERY / 2) utimesSync(path, now / 1000, now / 1000);
    } catch {
      // Somebody has removed it, which nobody need mind who has loaded it.
    }
  }
}

/** What tells whether a file, or the list of names in a folder, has changed. */
export function stampOf(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.size} ${stat.mtimeMs}` : null;
}

/**
 * The files that say how modules are compiled and resolved: of each folder the nearest tsconfig.json upward and those it extends, and the
 * nearest package.json. Nearer ones that are not there count too, since they may appear.
 */
export function settingsFor(modules: readonly string[]): Set<string> {
  const paths = new Set<string>();
  for (const folder of new Set(modules.map((path) => dirname(path)))) {
    for (const path of upTo('tsconfig.json', folder)) addExtended(path, paths);
    for (const path of upTo('package.json', folder)) paths.add(path);
  }
  return paths;
}

/** Files of a name in a folder and those above it, up to the first that is there. */
function upTo(name: string, from: string): string[] {
  const paths: string[] = [];
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, name);
    paths.push(path);
    if (existsSync(path) || folder === dirname(folder)) return paths;
  }
}

function addExtended(path: string, paths: Set<string>): void {
  if (paths.has(path)) return;
  paths.add(path);
  for (const extended of extendedBy(path)) addExtended(extended, paths);
}

/** The files that a tsconfig.json extends; what a package holds changes with the package alone. */
export function extendedBy(path: string): string[] {
  if (!existsSync(path)) return [];
  const [, list = ''] = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/.exec(readFileSync(path, 'utf8')) ?? [];
  return [...list.matchAll(/"([^"]*)"/g)].flatMap(([, name = '']) => {
    if (!/^[./]/.test(name)) return [];
    const extended = resolve(dirname(path), name);
    return [extended.endsWith('.json') ? extended : `${extended}.json`];
  });
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
