import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { Repository } from '../git/repository.ts';
import { thisProcess } from '../process-mark.ts';
import { headRef, runRef, spinRef } from './layout.ts';
import { newRunId } from './run-id.ts';
import { readRun, runIds } from './run-reader.ts';
import { RunWriter } from './run-writer.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { dropOldSpins, flowsWithSpins, spinIds } from './spins.ts';

const DAY = 86_400_000;

function begin(repository: Repository, time: number): RunWriter {
  const id = newRunId(new Date(time));
  return RunWriter.start(repository, {
    record: {
      ...{ schema: SCHEMA_VERSION, flow: 'F', id, status: 'running', user: 'tester', spinOf: 'F/1/work/0' },
      ...{ createdAt: new Date(time).toISOString(), process: thisProcess() },
      versions: { oxbow: '0', node: process.versions.node },
      ...{ tags: [], systemTags: [], parameters: [], totals: { tasks: 0, failed: 0 } },
      code: { entry: 'f.ts', class: 'F' },
    },
    graph: { flow: 'F', steps: [] },
    ...{ code: new Map(), parameters: [], constants: [], objects: [] },
  });
}

function spin(repository: Repository, time: number): string {
  const writer = begin(repository, time);
  writer.finish({ status: 'successful', finishedAt: new Date(time).toISOString() });
  return writer.record.id;
}

test('a spin is read by its id, and is neither among the runs nor the branch', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-spins-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const repository = Repository.create(folder);
  const id = spin(repository, Date.now());
  assert.equal(readRun(repository, 'F', id)?.record.spinOf, 'F/1/work/0');
  assert.deepEqual(
    [runIds(repository, 'F'), spinIds(repository, 'F'), flowsWithSpins(repository)],
    [[], [id], ['F']],
  );
  assert.deepEqual(
    [repository.refs.read(runRef('F', id)), repository.refs.read(headRef('F'))],
    [undefined, undefined],
  );
  const commit = repository.refs.read(spinRef('F', id));
  assert.match(commit ? repository.commit(commit).message : '', /\n\nSpin: F\/1\/work\/0\n$/);
});

test('spins that are old or too many go, one that goes on stays', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-spins-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const repository = Repository.create(folder);
  const now = Date.now();
  const running = begin(repository, now - 9 * DAY).record.id;
  const old = spin(repository, now - 8 * DAY);
  const many = Array.from({ length: 12 }, (_, i) => spin(repository, now - DAY + i * 1000));
  assert.deepEqual(dropOldSpins(repository, 'F', now), [old, ...many.slice(0, 2)]);
  assert.deepEqual(spinIds(repository, 'F'), [running, ...many.slice(2)]);
  assert.deepEqual(dropOldSpins(repository, 'F', now), []);
});
