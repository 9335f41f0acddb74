// What the object store costs beside native git and isomorphic-git, measured in the same run on the same disk.
// Run with: node --import tsx store/git/pack.bench.ts
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import isomorphic from 'isomorphic-git';
import { packObject } from './packed-object.ts';
import { Repository } from './repository.ts';
import { GIT_ENVIRONMENT } from './scratch.ts';
import { report, time, timeAsync } from './stopwatch.ts';

const COUNT = 10_000;
/** isomorphic-git is slow enough to be measured on fewer objects. */
const FEW = 500;
const folder = mkdtempSync(join(tmpdir(), 'oxbow-bench-'));

let made = 0;
const bodies = (count: number) =>
  Array.from({ length: count }, () => Buffer.from(`{\n  "accuracy": 0.${made++},\n  "epoch": 3\n}\n`));
const fresh = () => Repository.create(join(folder, `repository-${made++}`));
const git = (path: string, args: string[], input?: Buffer | string) =>
  execFileSync('git', ['--git-dir', path, ...args], {
    env: GIT_ENVIRONMENT,
    stdio: ['pipe', 'pipe', 'pipe'],
    input: input ?? '',
    maxBuffer: 1 << 28,
  });

async function benchPacking(): Promise<void> {
  const ours = time(
    COUNT,
    () => ({ repository: fresh(), blobs: bodies(COUNT) }),
    ({ repository, blobs }) =>
      repository.writePack(
        blobs.map((body) => packObject('blob', body)),
        { sync: true },
      ),
  );
  const fastImport = time(
    COUNT,
    () => ({ path: fresh().path, stream: importStream(bodies(COUNT)) }),
    ({ path, stream }) => git(path, ['-c', 'fastimport.unpackLimit=1', 'fast-import', '--quiet'], stream),
  );
  const hashObject = time(
    COUNT,
    () => ({ path: fresh().path, list: files(bodies(COUNT)) }),
    ({ path, list }) => {
      git(path, ['hash-object', '-w', '--stdin-paths'], list);
    },
  );
  const gitdir = fresh().path;
  const isomorphicGit = await timeAsync(FEW, async () => {
    for (const blob of bodies(FEW)) await isomorphic.writeBlob({ fs, gitdir, blob });
  });
  report(`pack ${COUNT.toLocaleString('en')} small blobs`, ours, {
    'git fast-import': fastImport,
    'git hash-object -w': hashObject,
    'isomorphic-git writeBlob': isomorphicGit,
  });
}

function importStream(blobs: readonly Buffer[]): Buffer {
  return Buffer.concat(
    blobs.flatMap((body) => [Buffer.from(`blob\ndata ${body.length}\n`), body, Buffer.from('\n')]),
  );
}

function files(blobs: readonly Buffer[]): string {
  const place = join(folder, `files-${made++}`);
  mkdirSync(place);
  const paths = blobs.map((_, i) => join(place, `${i}`));
  for (const [i, path] of paths.entries()) writeFileSync(path, blobs[i] ?? '');
  return `${paths.join('\n')}\n`;
}

async function benchReading(): Promise<void> {
  const repository = fresh();
  const objects = bodies(COUNT).map((body) => packObject('blob', body));
  repository.writePack(objects, { sync: false });
  const ids = objects.map(({ id }) => id).sort(); // In an order that has nothing to do with the place in the pack.
  const ours = time(
    COUNT,
    () => Repository.open(repository.path),
    (opened) => {
      for (const id of ids) opened.read(id);
      opened.close();
    },
  );
  const catFile = time(
    COUNT,
    () => `${ids.join('\n')}\n`,
    (list) => git(repository.path, ['cat-file', '--batch'], list),
  );
  const cache = {};
  const isomorphicGit = await timeAsync(FEW, async () => {
    for (const oid of ids.slice(0, FEW))
      await isomorphic.readBlob({ fs, gitdir: repository.path, oid, cache });
  });
  report(`read ${COUNT.toLocaleString('en')} small blobs from a pack`, ours, {
    'git cat-file --batch': catFile,
    'isomorphic-git readBlob': isomorphicGit,
  });
}

function benchDeltas(): void {
  const repository = fresh();
  const lines = Array.from({ length: 200 }, (_, i) => `  "key${i}": ${i * i}`);
  const objects = Array.from({ length: 1000 }, (_, i) =>
    packObject('blob', Buffer.from(`{${lines.with(i % 200, `"${i}"`)}}`)),
  );
  repository.writePack(objects, { sync: false });
  for (const [i, { id }] of objects.entries()) repository.refs.update(`refs/tags/${i}`, { to: id });
  git(repository.path, ['repack', '-adfq', '--depth=50']);
  const ids = objects.map(({ id }) => id).sort();
  const ours = time(
    ids.length,
    () => Repository.open(repository.path),
    (opened) => {
      for (const id of ids) opened.read(id);
      opened.close();
    },
  );
  const theirs = time(
    ids.length,
    () => `${ids.join('\n')}\n`,
    (list) => git(repository.path, ['cat-file', '--batch'], list),
  );
  report('read 1,000 blobs of 4 kB stored as deltas', ours, { 'git cat-file --batch': theirs });
}

try {
  await benchPacking();
  await benchReading();
  benchDeltas();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
