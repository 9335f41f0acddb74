import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { processMark, thisProcess } from '../process-mark.ts';
import { newRunId } from './run-id.ts';
import { readRun } from './run-reader.ts';
import { RunWriter } from './run-writer.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { tagRef } from './tags.ts';
import type { TroubleKind } from './troubles.ts';

const BRANCH = 'refs/heads/F';

function scratchStore(t: TestContext): Repository {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-troubles-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return Repository.create(join(folder, '.flow'));
}

function begin(repository: Repository): RunWriter {
  return RunWriter.start(repository, {
    record: {
      schema: SCHEMA_VERSION,
      flow: 'F',
      id: newRunId(),
      status: 'running',
      createdAt: new Date().toISOString(),
      user: 'tester',
      process: thisProcess(),
      versions: { oxbow: '0', node: process.versions.node },
      tags: ['nightly'],
      systemTags: [],
      code: { entry: 'f.ts', class: 'F' },
      parameters: [],
      totals: { tasks: 0, failed: 0 },
    },
    graph: { flow: 'F', steps: [] },
    code: new Map([['f.ts', Buffer.from('// f\n')]]),
    parameters: [],
    constants: [],
    objects: [],
  });
}

const end = { status: 'successful', finishedAt: new Date().toISOString() } as const;

interface Case {
  readonly name: string;
  /** Done while the run is at work. */
  harm(repository: Repository, run: RunWriter, t: TestContext): void;
  readonly told?: readonly TroubleKind[];
  /** Refs that point at the run's commit in the end. */
  refs(run: RunWriter): readonly string[];
}

const put = ({ path }: Repository, name: string, text: string): void => {
  mkdirSync(dirname(join(path, name)), { recursive: true });
  writeFileSync(join(path, name), text);
};
const own = ({ record }: RunWriter): string => `refs/runs/F/${record.id}`;
const tag = ({ record }: RunWriter): string => tagRef('F', record.id, 'nightly');
const all = (run: RunWriter): readonly string[] => [own(run), tag(run), BRANCH];
const lock = `oxbow lock ${processMark(thisProcess())}\n`;

const CASES: readonly Case[] = [
  { name: 'a blank branch', harm: (store) => put(store, BRANCH, ''), refs: all },
  { name: 'a branch of NULs', harm: (store) => put(store, BRANCH, '\0'.repeat(41)), refs: all },
  {
    name: 'a branch that leads in a circle',
    harm: (store) => put(store, BRANCH, `ref: ${BRANCH}\n`),
    refs: all,
  },
  {
    name: 'a branch at a missing object',
    harm: (store) => put(store, BRANCH, `${'1'.repeat(40)}\n`),
    refs: all,
  },
  {
    name: 'a branch at a blob',
    harm: (store) => put(store, BRANCH, `${store.writeLoose('blob', Buffer.from('zzz'))}\n`),
    refs: all,
  },
  { name: 'a blank tag', harm: (store, run) => put(store, tag(run), ''), refs: all },
  { name: 'a blank ref of the run itself', harm: (store, run) => put(store, own(run), ''), refs: all },
  {
    name: 'a blank HEAD',
    harm: (store) => put(store, 'HEAD', ''),
    refs: (run) => [...all(run), 'HEAD'],
  },
  {
    name: 'a branch below the place of the branch',
    harm: (store, run) => put(store, `${BRANCH}/x`, `${store.refs.read(own(run))}\n`),
    told: ['branch'],
    refs: (run) => [own(run), tag(run)],
  },
  {
    name: 'a branch that somebody has locked',
    harm: (store) => put(store, `${BRANCH}.lock`, lock),
    told: ['branch'],
    refs: (run) => [own(run), tag(run)],
  },
  {
    name: 'a tag that somebody has locked',
    harm: (store, run) => put(store, `${tag(run)}.lock`, lock),
    told: ['tags'],
    refs: (run) => [own(run), BRANCH],
  },
  {
    name: 'no room for the last pack',
    harm: (store, _, t) => {
      const full = t.mock.method(store, 'writePack', () => {
        full.mock.restore();
        throw new Error('no space left');
      });
    },
    told: ['merge'],
    refs: all,
  },
];

for (const { name, harm, told = [], refs } of CASES) {
  test(`the run is what it is, and told: ${name}`, (t) => {
    const repository = scratchStore(t);
    const run = begin(repository);
    run.flush();
    harm(repository, run, t);
    const commit = run.finish(end);
    assert.deepEqual(
      run.troubles.take().map(({ kind }) => kind),
      told,
    );
    const { id } = run.record;
    assert.equal(readRun(Repository.open(repository.path), 'F', id)?.record.status, 'successful');
    assert.deepEqual(
      readdirSync(repository.packFolder).filter((file) => file.endsWith('.keep')),
      [],
    );
    for (const ref of refs(run)) {
      const words = ['--git-dir', repository.path, 'rev-parse', ref];
      assert.equal(execFileSync('git', words, { encoding: 'utf8' }).trim(), commit, ref);
    }
  });
}

test('a tag that could not be written when the run began is written when it ends', (t) => {
  const repository = scratchStore(t);
  put(repository, 'refs/tags/F', `${repository.writeLoose('blob', Buffer.from('x'))}\n`);
  const run = begin(repository);
  assert.equal(repository.refs.names('refs/tags/F/').length, 0);
  rmSync(join(repository.path, 'refs/tags/F'));
  const commit = run.finish(end);
  assert.deepEqual(run.troubles.take(), []);
  assert.equal(repository.refs.read(tag(run)), commit);
});

test('a branch of something else is moved, one of a later run is not', (t) => {
  const repository = scratchStore(t);
  const early = begin(repository);
  const run = begin(repository);
  const commit = run.finish(end);
  early.finish(end);
  assert.equal(readFileSync(join(repository.path, BRANCH), 'utf8').trim(), commit);
  const later = `Fz/99991231-235959-999zz: successful\n`;
  const other = repository
    .read(commit)
    .body.toString()
    .replace(/\n\nF\/.*/s, `\n\n${later}`);
  put(repository, BRANCH, `${repository.writeLoose('commit', Buffer.from(other)) satisfies ObjectId}\n`);
  const last = begin(repository).finish(end);
  assert.equal(readFileSync(join(repository.path, BRANCH), 'utf8').trim(), last);
});
