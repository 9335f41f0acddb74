// Two processes fill the cache at once and are killed, again and again: what is read is what the records say.
// Run with the folder of a store, this file is the process that is killed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Repository } from '../git/repository.ts';
import { fsck, scratchRepository } from '../git/scratch.ts';
import { RunReader, runCommits } from '../history/run-reader.ts';
import type { ObjectId } from '../ids.ts';
import { plainRuns, writeRuns } from '../maintenance/fixture-runs.ts';
import { briefOf } from './brief.ts';
import { dropSummaries, Summaries } from './summaries.ts';

const RUNS = 100;
const KILLS = 4;

const listed = (repository: Repository) =>
  runCommits(repository, 'F').map(({ id, commit }) => ({ flow: 'F', id, commit: commit as ObjectId }));

/** What the cache says of each run: its brief, and a value that is told by the run's number. */
function told(repository: Repository) {
  const summaries = new Summaries(repository);
  const all = listed(repository).map((run, index) => [
    summaries.brief(run),
    summaries.value(run, 'end/0/loss', () => index * 1234.5678),
  ]);
  summaries.write();
  return all;
}

/** Fills the cache for ever; every third time from nothing. */
function fill(path: string): never {
  for (let round = 0; ; round += 1) {
    told(Repository.open(path));
    if (round === 0) writeSync(1, 'x');
    if (round % 3 === 0) dropSummaries(path);
  }
}

async function killAfter(path: string, milliseconds: number): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', import.meta.filename, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  await Promise.race([
    once(child.stdout, 'data'),
    closed.then(() => assert.fail('the process ended by itself')),
  ]);
  await sleep(milliseconds);
  child.kill('SIGKILL');
  await closed;
}

if (process.argv[2] !== undefined) fill(process.argv[2]);

test('processes that are killed while they fill the cache leave nothing that is wrong', async (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, plainRuns(RUNS), RUNS);
  const expected = listed(repository).map((run, index) => [
    briefOf(new RunReader(repository, `F/${run.id}`, run.commit)),
    index * 1234.5678,
  ]);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const { path } = repository;
    await Promise.all([killAfter(path, 3 + kill * 7), killAfter(path, 11 + kill * 5)]);
    assert.deepEqual(told(repository), expected);
    assert.deepEqual(told(repository), expected);
  }
  assert.equal(fsck(repository.path), '');
});
