import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { storeValue } from '../artifact.ts';

import { objectIdOf } from '../git/object.ts';
import { LastingFile } from '../git/open-files.ts';
import { Repository } from '../git/repository.ts';
import { scratchRepository } from '../git/scratch.ts';
import type { ObjectId } from '../ids.ts';
import { thisProcess } from '../process-mark.ts';
import { PackSink } from './pack-sink.ts';
import { newRunId } from './run-id.ts';
import { RunWriter } from './run-writer.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { SettledPacks } from './settled-packs.ts';

const VALUES = 400;

function begin(repository: Repository): RunWriter {
  const code = new Map([['f.ts', Buffer.from('// f\n')]]);
  const graph = { flow: 'F', steps: [] };
  const lists = { parameters: [], constants: [], objects: [] };
  const record = {
    ...{ schema: SCHEMA_VERSION, flow: 'F', id: newRunId(), status: 'running' as const, user: 'tester' },
    ...{ createdAt: new Date().toISOString(), process: thisProcess(), tags: [], systemTags: [] },
    ...{ versions: { oxbow: '0', node: '20' }, code: { entry: 'f.ts', class: 'F' }, parameters: [] },
    totals: { tasks: 0, failed: 0 },
  };
  return RunWriter.start(repository, { record, graph, code, ...lists });
}

/** Adds a task with many small artifacts; returns the id of one. */
function addTask(writer: RunWriter, seed: string): ObjectId {
  const sink = new PackSink();
  const stored = Array.from({ length: VALUES }, (_, at) => storeValue(`x${at}`, `${seed} ${at}`, sink));
  const artifacts = sink.tree(stored.map(({ entry }) => entry));
  const now = new Date().toISOString();
  const times = { startedAt: now, finishedAt: now, status: 'successful' as const };
  const record = { step: 'start', task: '0', attempt: 0, ...times, parents: [], frames: [], reads: {} };
  const logical = stored.reduce((sum, { size }) => sum + size, 0);
  const output = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  writer.add({ record, artifacts, ...output, objects: sink.take(), logical });
  return stored[0]?.entry.id as ObjectId;
}

const finish = (writer: RunWriter) =>
  writer.finish({ status: 'successful', finishedAt: new Date().toISOString() });

function endedRun(repository: Repository, seed: string): { writer: RunWriter; id: ObjectId } {
  const writer = begin(repository);
  const id = addTask(writer, seed);
  finish(writer);
  return { writer, id };
}

const packs = (repository: Repository): string[] =>
  readdirSync(repository.packFolder).filter((file) => file.endsWith('.pack'));

/** How many packs have an object; one may have several names. */
function copies({ path, packFolder }: Repository, id: ObjectId): number {
  const listing = (pack: string) =>
    execFileSync('git', ['--git-dir', path, 'verify-pack', '-v', join(packFolder, pack)]).toString();
  const found = readdirSync(packFolder).filter((file) => file.endsWith('.idx') && listing(file).includes(id));
  return new Set(found.map((file) => statSync(join(packFolder, file)).ino)).size;
}

function assertSound({ path }: Repository): void {
  const fsck = execFileSync('git', ['--git-dir', path, 'fsck', '--strict', '--no-dangling'], {
    stdio: 'pipe',
  });
  assert.equal(fsck.toString(), '');
}

test('what an ended run has is stored once, also when it came in earlier checkpoints', (t: TestContext) => {
  const repository = scratchRepository(t);
  const first = endedRun(repository, 'same');
  const { logicalBytes, knownBytes, newBytes } = first.writer.record.totals;
  assert.ok(logicalBytes && newBytes && newBytes > logicalBytes / 2);
  assert.equal(knownBytes, 0);
  const writer = begin(repository);
  addTask(writer, 'same');
  writer.checkpoint();
  addTask(writer, 'other');
  finish(writer);
  assert.equal(copies(repository, first.id), 1);
  assert.equal(writer.record.totals.knownBytes, logicalBytes);
  assertSound(repository);
});

test('what a run that goes on has is stored again: its packs will go', (t: TestContext) => {
  const repository = scratchRepository(t);
  const other = begin(repository);
  const id = addTask(other, 'same');
  other.checkpoint();
  endedRun(repository, 'same');
  assert.equal(copies(repository, id), 2);
  finish(other);
  assertSound(repository);
});

for (const checkpoint of [false, true])
  test(`what is left out stays, whoever drops its pack meanwhile${checkpoint ? ', and was in an earlier checkpoint' : ''}`, (t: TestContext) => {
    const repository = scratchRepository(t);
    const { id } = endedRun(repository, 'same');
    const [first = ''] = packs(repository);
    const { refs } = repository;
    for (const name of [...refs.names('refs/runs/'), ...refs.names('refs/heads/')]) refs.delete(name, {});
    const writer = begin(repository);
    addTask(writer, 'same');
    if (checkpoint) writer.checkpoint();
    const update = refs.update.bind(refs);
    // As a `git gc` would that listed all refs before the run's own moved, and removes the pack now.
    t.mock.method(refs, 'update', (...[name, change]: Parameters<typeof update>) => {
      for (const kind of ['idx', 'pack'])
        rmSync(join(repository.packFolder, first.replace(/pack$/, kind)), { force: true });
      update(name, change);
    });
    finish(writer);
    const fresh = Repository.open(repository.path);
    assert.match(fresh.blob(id).toString(), /same/);
  });

test('a long index that is gone before it is read is left out: what it held is stored again', (t: TestContext) => {
  const repository = scratchRepository(t);
  const text = Array.from({ length: 5000 }, (_, at) => `blob\ndata ${String(at).length}\n${at}\n`).join('');
  execFileSync('git', ['--git-dir', repository.path, '-c', 'fastimport.unpackLimit=0', 'fast-import'], {
    input: text,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const known = objectIdOf('blob', Buffer.from('17'));
  const settled = [1, 2].map(() => new SettledPacks(repository));
  for (const one of settled) one.look();
  for (const file of readdirSync(repository.packFolder)) {
    const copy = readFileSync(join(repository.packFolder, file));
    // Others merge packs at any time, and their names come again with other bytes.
    rmSync(join(repository.packFolder, file));
    if (file.endsWith('.idx')) writeFileSync(join(repository.packFolder, file), copy.subarray(1));
  }
  // More files than are kept open.
  const others = Array.from({ length: 10 }, (_, at) => join(repository.path, `other-${at}`));
  for (const path of others) {
    writeFileSync(path, 'x');
    new LastingFile(path);
  }
  const [one, two] = settled;
  assert.equal(one?.has(known), false);
  // A filter is made of all names after some hundred look-ups.
  for (let at = 0; at < 300; at += 1)
    assert.equal(two?.has(objectIdOf('blob', Buffer.from(`n${at}`))), false);
});
