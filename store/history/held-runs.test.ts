import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { Repository } from '../git/repository.ts';
import { scratchRepository } from '../git/scratch.ts';
import { plainRuns, writeRuns } from '../maintenance/fixture-runs.ts';
import { thisProcess } from '../process-mark.ts';
import { holdRuns, releaseForgotten, releaseRuns } from './held-runs.ts';
import { runRef } from './layout.ts';

function storeOf(t: TestContext, holder: 'living' | 'dead' | 'ended') {
  const repository = scratchRepository(t);
  const status = holder === 'ended' ? 'successful' : 'running';
  const process = holder === 'living' ? { process: thisProcess() } : {};
  const [own, other] = writeRuns(
    repository,
    [...plainRuns(2)].map((run, i) => (i === 0 ? { ...run, status, ...process } : run)),
  );
  assert.ok(own && other);
  return { repository, holder: `F/${own.id}`, other: { name: `F/${other.id}`, commit: other.commit } };
}

const held = ({ refs }: Repository): string[] => refs.names('refs/oxbow/held/');

test('a run that is held outlives its own ref and a collection of garbage', (t) => {
  const { repository, holder, other } = storeOf(t, 'living');
  holdRuns(repository, holder, [other]);
  repository.refs.delete(runRef('F', other.name.slice(2)), {});
  repository.refs.delete('refs/heads/F', {});
  execFileSync('git', ['--git-dir', repository.path, 'gc', '--prune=now', '--quiet']);
  assert.equal(releaseForgotten(repository), 0);
  assert.ok(Repository.open(repository.path).has(other.commit));
  releaseRuns(repository, holder);
  assert.deepEqual(held(repository), []);
});

for (const state of ['dead', 'ended'] as const)
  test(`what a run holds that is ${state} is let go`, (t) => {
    const { repository, holder, other } = storeOf(t, state);
    // A process of another machine may live: of this one it is known.
    holdRuns(repository, state === 'dead' ? 'F/20200101-000000-00000' : holder, [other]);
    assert.equal(releaseForgotten(repository), 1);
    assert.deepEqual(held(repository), []);
  });
