// Maintenance is killed again and again, and done beside native git and a run that goes on: nothing is lost, nothing torn.
// Run with the name of a role, this file is the process that is killed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Repository } from '../git/repository.ts';
import { fsck, GIT_ENVIRONMENT, scratchFolder } from '../git/scratch.ts';
import { RunWriter } from '../history/run-writer.ts';
import type { RunRecord } from '../history/schema.ts';
import { thisProcess } from '../process-mark.ts';
import { type MadeRun, plainRuns, recordOf, writeRuns } from './fixture-runs.ts';
import { fsck as ownFsck } from './fsck.ts';
import { gc, undoGc } from './gc.ts';
import { whileMaintaining } from './lock.ts';
import { maintain, tidy } from './maintain.ts';
import { mergePacks } from './merge-packs.ts';
import { packLooseRefs } from './ref-table.ts';

const FLOW_TIME = Date.UTC(2026, 0, 1);

const roles: Readonly<Record<string, (repository: Repository) => void>> = {
  /** Merges for ever: makes runs, so that there is something to merge. */
  merge(repository) {
    for (let round = 0; ; round += 1) {
      writeRuns(repository, plainRuns(30, { flow: `Merge${process.pid}`, first: FLOW_TIME + round * 1e7 }));
      writeSync(1, 'x');
      maintain(repository);
      packLooseRefs(repository);
    }
  },
  /** Deletes, brings back and prunes for ever. */
  gc(repository) {
    for (let round = 0; ; round += 1) {
      writeRuns(repository, plainRuns(20, { flow: `Gc${process.pid}`, first: FLOW_TIME + round * 1e7 }), 3);
      writeSync(1, 'x');
      gc(repository, { keepLast: 2, flows: [`Gc${process.pid}`] });
      undoGc(repository);
      gc(repository, { keepLast: 2, flows: [`Gc${process.pid}`] }, { grace: 0 });
    }
  },
};

async function killAfter(role: string, path: string, milliseconds: number): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', import.meta.filename, role, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const started = once(child.stdout, 'data');
  const closed = once(child, 'close');
  await Promise.race([started, closed.then(() => assert.fail(`the ${role} process ended by itself`))]);
  await sleep(milliseconds);
  child.kill('SIGKILL');
  await closed;
}

function assertSound(repository: Repository, runs: readonly MadeRun[]): void {
  assert.equal(fsck(repository.path), '');
  const { damage, hits } = ownFsck(Repository.open(repository.path));
  assert.deepEqual([damage, hits], [[], []]);
  for (const { flow, id, commit } of runs)
    assert.equal(repository.refs.read(`refs/runs/${flow}/${id}`), commit);
}

function assertTidy({ path, packFolder }: Repository): void {
  const left = [path, join(path, 'objects'), packFolder].flatMap((folder) => readdirSync(folder));
  assert.deepEqual(
    left.filter((name) => /^oxbow-(?!cache$)|\.oxbow-tmp-|\.lock$/.test(name)),
    [],
  );
}

async function native(path: string, args: readonly string[]): Promise<number> {
  const run = spawn('git', ['--git-dir', path, ...args], { env: GIT_ENVIRONMENT, stdio: 'ignore' });
  const [code] = await once(run, 'exit');
  return code;
}

/** A run that writes a checkpoint now and then; resolves with how many when it is told to stop. */
async function runOn(repository: Repository, signal: AbortSignal): Promise<number> {
  const record: RunRecord = {
    ...recordOf({ flow: 'Live', createdAt: Date.now(), status: 'running', steps: {} }),
    process: thisProcess(),
  };
  const writer = RunWriter.start(repository, {
    record,
    graph: { flow: 'Live', steps: [] },
    code: new Map([['f.ts', Buffer.from('// f')]]),
    parameters: [],
    constants: [],
    objects: [],
  });
  let checkpoints = 0;
  for (; !signal.aborted; checkpoints += 1) {
    await sleep(15);
    writer.checkpoint();
  }
  writer.finish({ status: 'successful', finishedAt: new Date().toISOString() });
  return checkpoints;
}

function main(): void {
  for (const role of ['merge', 'gc']) {
    test(`kill -9 in the middle of ${role} loses nothing, and the next one cleans up`, {
      timeout: 120_000,
    }, async (t) => {
      const repository = Repository.create(join(scratchFolder(t), 'store'));
      t.after(() => repository.close());
      const runs = writeRuns(repository, plainRuns(40), 4);
      for (let round = 0; round < 8; round += 1) {
        await killAfter(role, repository.path, Math.random() * 120);
        assertSound(repository, runs);
      }
      maintain(repository);
      gc(repository, {}, { grace: 0 });
      assertSound(repository, runs);
      assertTidy(repository);
    });
  }

  test('native git, a run, merges and deletions at the same time', { timeout: 120_000 }, async (t) => {
    const repository = Repository.create(join(scratchFolder(t), 'store'));
    t.after(() => repository.close());
    const runs = writeRuns(repository, plainRuns(30));
    const stop = new AbortController();
    const live = runOn(Repository.open(repository.path), stop.signal);
    const gits = (async () => {
      let ended = 0;
      for (let round = 0; round < 6; round += 1) {
        const words =
          [
            ['repack', '-adq'],
            ['gc', '--prune=now', '--quiet'],
            ['pack-refs', '--all'],
          ][round % 3] ?? [];
        // Git gives up when a pack goes away before it has opened it; what matters is that it harms nothing then.
        if ((await native(repository.path, words)) === 0) ended += 1;
      }
      return ended;
    })();
    let git = true;
    void gits.finally(() => {
      git = false;
    });
    const other = Repository.open(repository.path);
    for (let round = 0; git; round += 1) {
      if (round < 25) writeRuns(other, plainRuns(4, { flow: 'Other', first: FLOW_TIME + round * 1e7 }));
      mergePacks(other);
      const { pruned } = gc(other, { flows: ['Other'], keepLast: 5 }, { grace: 0 });
      assert.ok(pruned.postponed, 'while a run goes on');
      undoGc(other);
      // Whatever native git and the run do meanwhile.
      if (round % 4 === 0) {
        const { damage, hits } = ownFsck(Repository.open(repository.path));
        assert.deepEqual([damage, hits], [[], []]);
      }
      await sleep(20);
    }
    assert.ok((await gits) >= 3);
    stop.abort();
    assert.ok((await live) > 0);
    assertSound(repository, runs);
    const { deleted } = gc(repository, { flows: ['Other'], keepLast: 0 }, { grace: 0 });
    assert.ok(deleted.length >= 4);
    assertSound(repository, runs);
    assertTidy(repository);
  });
}

const [, , role = '', path = ''] = process.argv;
const act = roles[role];
if (act === undefined) main();
else {
  const repository = Repository.open(path);
  whileMaintaining(path, () => tidy(repository));
  act(repository);
}
