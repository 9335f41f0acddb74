// Several processes of ours and native git move, create, delete and pack the same refs at once: nothing may be lost.
// Run with the word "child", this file is one of our processes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectId } from '../ids.ts';
import { RefChangedError, RefLockedError } from './errors.ts';
import { packObject } from './packed-object.ts';
import { Repository } from './repository.ts';
import { GIT_ENVIRONMENT, git, scratchRepository } from './scratch.ts';

const COUNTER = 'refs/runs/F/counter';
const ROUNDS = 40;
const values = Array.from({ length: 4 * ROUNDS + 1 }, (_, i) => packObject('blob', Buffer.from(`${i}`)));
const positions = new Map(values.map(({ id }, i) => [id, i]));

function idAt(i: number): ObjectId {
  const value = values[i];
  assert.ok(value, `no value ${i}: the counter moved without us`);
  return value.id;
}

/** Adds one to the counter, as often as it takes: a lost update would make it end below the number of additions. */
function increment({ refs }: Repository): void {
  for (;;) {
    const from = refs.read(COUNTER) as ObjectId;
    try {
      refs.update(COUNTER, { to: idAt((positions.get(from) ?? Number.NaN) + 1), from });
      return;
    } catch (error) {
      if (!(error instanceof RefChangedError || error instanceof RefLockedError)) throw error;
    }
  }
}

function child(path: string, name: string): void {
  const repository = Repository.open(path);
  for (let i = 0; i < ROUNDS; i++) {
    increment(repository);
    repository.refs.update(`refs/runs/${name}/${i}`, { to: idAt(i), from: null });
    if (i % 2 === 1) repository.refs.delete(`refs/runs/${name}/${i}`, { from: idAt(i) });
    // A folder that comes and goes.
    repository.refs.update('refs/runs/shared/deep/'.concat(name), { to: idAt(i) });
    repository.refs.delete('refs/runs/shared/deep/'.concat(name));
  }
}

type Native = (args: readonly string[]) => Promise<boolean>;

/** Runs git until it is told to stop; then a run still going is killed and no other begins. */
function nativeGit(path: string, stop: AbortSignal): Native {
  return async (args) => {
    const run = spawn('git', ['--git-dir', path, ...args], {
      env: GIT_ENVIRONMENT,
      stdio: 'ignore',
      signal: stop,
    });
    const [code] = await once(run, 'exit');
    return code === 0;
  };
}

async function nativeChild({ refs }: Repository, run: Native): Promise<void> {
  const insist = async (args: () => string[]) => {
    while (!(await run(args()))) await sleep(5);
  };
  for (let i = 0; i < ROUNDS; i++) {
    await insist(() => {
      const from = refs.read(COUNTER) as ObjectId;
      return ['update-ref', COUNTER, idAt((positions.get(from) ?? Number.NaN) + 1), from];
    });
    await insist(() => ['update-ref', `refs/runs/native/${i}`, idAt(i), '']);
    if (i % 2 === 1) await insist(() => ['update-ref', '-d', `refs/runs/native/${i}`]);
  }
}

async function ourChild(path: string, name: string, stop: AbortSignal): Promise<void> {
  const args = ['--import', 'tsx', import.meta.filename, 'child', path, name];
  const run = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], signal: stop });
  const [code] = await once(run, 'exit');
  assert.equal(code, 0, `child ${name}`);
}

async function watch({ refs }: Repository, stop: AbortSignal): Promise<void> {
  for (let seen = 0; !stop.aborted; await sleep(1)) {
    const now = positions.get(refs.read(COUNTER) as ObjectId) ?? Number.NaN;
    assert.ok(now >= seen, `the counter went back from ${seen} to ${now}`);
    assert.ok(refs.names('refs/runs/F/').includes(COUNTER));
    seen = now;
  }
}

async function stress(repository: Repository): Promise<void> {
  const stop = new AbortController();
  const run = nativeGit(repository.path, stop.signal);
  const pack = async () => {
    while (!stop.signal.aborted) await run(['pack-refs', '--all']);
  };
  const children = ['a', 'b', 'c'].map((name) => ourChild(repository.path, name, stop.signal));
  const finite = Promise.all([...children, nativeChild(repository, run)]);
  const endless = [pack(), watch(repository, stop.signal)].map((each) =>
    each.catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    }),
  );
  try {
    await Promise.race([finite, Promise.all(endless)]);
  } finally {
    stop.abort();
    await Promise.allSettled([finite, ...endless]);
  }
  await Promise.all(endless);
}

function main(): void {
  test('nothing is lost when our processes, git update-ref and git pack-refs meet', {
    timeout: 120_000,
  }, async (t) => {
    const repository = scratchRepository(t);
    repository.writePack(values, { sync: false });
    repository.refs.update(COUNTER, { to: idAt(0), from: null });
    await stress(repository);
    assert.equal(positions.get(repository.refs.read(COUNTER) as ObjectId), 4 * ROUNDS);
    const wanted = new Map([[COUNTER, idAt(4 * ROUNDS)]]);
    for (const name of ['a', 'b', 'c', 'native']) {
      for (let i = 0; i < ROUNDS; i += 2) wanted.set(`refs/runs/${name}/${i}`, idAt(i));
    }
    const lines = [...wanted].map(([name, id]) => `${name} ${id}`).sort();
    assert.deepEqual(
      repository.refs
        .names('')
        .map((name) => `${name} ${repository.refs.read(name)}`)
        .sort(),
      lines,
    );
    const shown = git(repository.path, ['for-each-ref', '--format=%(refname) %(objectname)']);
    assert.deepEqual(shown.trim().split('\n').sort(), lines);
  });
}

const [, , role, path = '', name = ''] = process.argv;
if (role === 'child') child(path, name);
else main();
