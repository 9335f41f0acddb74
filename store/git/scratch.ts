// What the tests of this folder share; nothing of it is part of the package.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import type { ObjectId } from '../ids.ts';
import { encodeCommit, type Signature } from './commit.ts';
import { type PackedObject, packObject } from './packed-object.ts';
import { Repository } from './repository.ts';
import { encodeTree } from './tree.ts';

/** A new folder that is removed when the test ends. */
export function scratchFolder(t: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-git-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An empty repository of ours in a scratch folder. */
export function scratchRepository(t: Pick<TestContext, 'after'>): Repository {
  const repository = Repository.create(join(scratchFolder(t), 'store'));
  t.after(() => repository.close());
  return repository;
}

/** The environment that keeps native git from reading this machine's settings. */
export const GIT_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'C',
  GIT_COMMITTER_EMAIL: 'c@example.org',
};

/** The standard output of native git on a repository; throws when git fails. */
export function git(repository: string, args: readonly string[], input?: string | Uint8Array): string {
  return gitBytes(repository, args, input).toString('utf8');
}

/** Like {@link git}, for output that is not text. */
export function gitBytes(repository: string, args: readonly string[], input?: string | Uint8Array): Buffer {
  return execFileSync('git', ['--git-dir', repository, ...args], {
    env: GIT_ENVIRONMENT,
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
    ...(input === undefined ? {} : { input }),
  });
}

/** What `git fsck --strict` complains about; empty when the repository is clean. Dangling objects are fine. */
export function fsck(repository: string): string {
  const args = ['--git-dir', repository, 'fsck', '--strict', '--full', '--no-dangling'];
  const { status, stdout, stderr } = spawnSync('git', args, { env: GIT_ENVIRONMENT, encoding: 'utf8' });
  const noise = /^(?:notice: .*|Checking .*|)$/;
  const lines = `${stdout}${stderr}`.split(/[\n\r]/).filter((line) => !noise.test(line.trim()));
  return status === 0 && lines.length === 0 ? '' : `exit ${status}\n${lines.join('\n')}`;
}

/** A signature for commits whose author does not matter. */
export const SOMEBODY: Signature = {
  name: 'Some Body',
  email: 's@example.org',
  seconds: 1_700_000_000,
  zone: '+0100',
};

/** A commit of a tree of blobs with these contents, ready to be packed. The commit is the last object. */
export function snapshot(contents: Iterable<string | Uint8Array>, message = 'snapshot\n'): Snapshot {
  const blobs = Array.from(contents, (content) => packObject('blob', Buffer.from(content)));
  const entries = blobs.map(({ id }, i) => ({ mode: '100644' as const, name: `f${i}`, id }));
  const tree = packObject('tree', encodeTree(entries));
  const body = encodeCommit({ tree: tree.id, parents: [], author: SOMEBODY, committer: SOMEBODY, message });
  const commit = packObject('commit', body);
  return {
    objects: [...blobs, tree, commit],
    blobs: blobs.map(({ id }) => id),
    tree: tree.id,
    commit: commit.id,
  };
}

/** The outcome of {@link snapshot}. */
export interface Snapshot {
  readonly objects: readonly PackedObject[];
  readonly blobs: readonly ObjectId[];
  readonly tree: ObjectId;
  readonly commit: ObjectId;
}

/** Any object id except the null one. */
export const objectIds: fc.Arbitrary<ObjectId> = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .filter((bytes) => bytes.some((byte) => byte !== 0))
  .map((bytes) => Buffer.from(bytes).toString('hex') as ObjectId);

/** Damage: bits flipped, bytes cut off at the end, or bytes inserted. Always changes a non-empty input. */
export const damages: fc.Arbitrary<(bytes: Uint8Array) => Buffer> = fc
  .record({
    kind: fc.constantFrom('flip', 'cut', 'insert'),
    at: fc.double({ min: 0, max: 0.9999999, noNaN: true }),
    by: fc.integer({ min: 1, max: 255 }),
  })
  .map(({ kind, at, by }) => (bytes) => {
    const copy = Buffer.from(bytes);
    const place = Math.floor(at * copy.length);
    if (kind === 'cut') return copy.subarray(0, place);
    if (kind === 'insert')
      return Buffer.concat([copy.subarray(0, place), Buffer.from([by]), copy.subarray(place)]);
    copy[place] = (copy[place] ?? 0) ^ by;
    return copy;
  });

/** A tree as git writes it, of entries in whatever order, with whatever names and modes. */
export function rawTree(
  entries: readonly { readonly mode: string; readonly name: string; readonly id: ObjectId }[],
): Buffer {
  return Buffer.concat(
    entries.flatMap(({ mode, name, id }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
  );
}
