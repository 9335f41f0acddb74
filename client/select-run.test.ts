import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Repository } from '#store';
import { connect } from './connect.ts';
import { AmbiguousRunError, NamespaceError, NotFoundError } from './errors.ts';
import { FixtureStore, foreachRun } from './fixture-store.ts';

/** Five runs: successful, failed, successful (tagged best), crashed, running. */
function filled(test: TestContext): { store: FixtureStore; ids: readonly string[] } {
  const store = FixtureStore.for(test);
  const gone = { pid: 2 ** 22 + 1, host: 'gone', boot: 'x' };
  const ids = [
    store.run({ ...foreachRun(), status: 'successful' }),
    store.run({ ...foreachRun(), status: 'failed', tags: ['nightly'] }),
    store.run({ ...foreachRun(), status: 'successful', tags: ['best', 'nightly'] }),
    store.run({ ...foreachRun(), status: 'interrupted' }),
    store.run({ ...foreachRun(), status: 'running', process: gone }),
  ];
  return { store, ids };
}

const SELECTED: readonly [string, number][] = [
  ['ForeachFlow', 4],
  ['ForeachFlow/latest', 4],
  ['ForeachFlow~1', 3],
  ['ForeachFlow~4', 0],
  ['ForeachFlow@ok', 2],
  ['ForeachFlow@ok~1', 0],
  ['ForeachFlow@failed', 1],
  ['ForeachFlow@best', 2],
  ['ForeachFlow@nightly~1', 1],
  ['ForeachFlow@user:alice~2', 2],
  ['ForeachFlow/20261122-1049', 2],
  ['ForeachFlow/20261122-1049~2', 0],
];

test('selectors name the runs they say', (t) => {
  const { store, ids } = filled(t);
  const { Run } = store.client;
  for (const [address, index] of SELECTED) assert.equal(Run(address).id, ids[index], address);
  for (const id of ids) assert.equal(Run(`ForeachFlow/${id}`).id, id);
});

test('a flow gives its latest runs, newest first', (t) => {
  const { store, ids } = filled(t);
  const flow = store.client.Flow('ForeachFlow');
  assert.equal(flow.latestRun.id, ids[4]);
  assert.equal(flow.latestSuccessfulRun.id, ids[2]);
  const newestFirst = [...ids].reverse();
  assert.deepEqual(
    [...flow].map((run) => run.id),
    newestFirst,
  );
  assert.deepEqual(
    flow.runs().map((run) => run.id),
    newestFirst,
  );
  assert.deepEqual(
    flow.runs('nightly').map((run) => run.id),
    [ids[2], ids[1]],
  );
  assert.deepEqual(
    flow.runs('nightly', 'best', 'user:alice').map((run) => run.id),
    [ids[2]],
  );
  assert.deepEqual(flow.runs('nothing'), []);
});

test('the latest run is found without opening the others', (t) => {
  const { store, ids } = filled(t);
  const opened = t.mock.method(Repository.prototype, 'commit');
  const { Flow } = connect({ store: store.path, namespace: 'user:alice' });
  const flow = Flow('ForeachFlow');
  const [first] = flow;
  assert.equal(first?.id, ids[4]);
  assert.equal(flow.latestRun.id, ids[4]);
  assert.equal(opened.mock.callCount(), 1);
});

const FAILURES: readonly [string, string, RegExp][] = [
  ['ForeachFow', 'flow', /^Flow "ForeachFow" has no runs in \/.*\/\.flow\. Did you mean ForeachFlow\?$/],
  ['Other', 'flow', /^Flow "Other" has no runs in \/.*\/\.flow\. Its flows: ForeachFlow\.$/],
  ['ForeachFlow/99', 'run', /^Flow ForeachFlow has no run whose id begins with 99\. Its runs: 2026.*\.$/],
  [
    'ForeachFlow~5',
    'run',
    /^There is no ForeachFlow~5: flow ForeachFlow has 5 runs, the oldest is ForeachFlow\/2026\S+\.$/,
  ],
  [
    'ForeachFlow@ok~2',
    'run',
    /^There is no ForeachFlow@ok~2: flow ForeachFlow has 2 successful runs, the oldest is /,
  ],
  ['ForeachFlow@failed~1', 'run', /has 1 failed run, the oldest/],
  [
    'ForeachFlow@bets',
    'tag',
    /^Flow ForeachFlow has no run with the tag "bets"\. Its tags: best, nightly\. Did you mean best\?$/,
  ],
];

test('a run that is not there is answered with those that are', (t) => {
  const { store } = filled(t);
  const { Run } = store.client;
  for (const [address, kind, message] of FAILURES) {
    assert.throws(
      () => Run(address),
      (error: unknown) => {
        assert.ok(error instanceof NotFoundError, String(error));
        assert.equal(error.code, 'NotFoundError');
        assert.equal(error.kind, kind);
        assert.match(error.message, message);
        return true;
      },
    );
  }
});

test('a mistyped run id is recognised', (t) => {
  const { store, ids } = filled(t);
  const typo = `${String(ids[0]).slice(0, -1)}${ids[0]?.endsWith('0') ? '1' : '0'}`;
  assert.throws(() => store.client.Run(`ForeachFlow/${typo}`), { suggestion: ids[0] });
});

test('a prefix of several runs lists them', (t) => {
  const { store, ids } = filled(t);
  assert.throws(
    () => store.client.Run('ForeachFlow/2026'),
    (error: unknown) => {
      assert.ok(error instanceof AmbiguousRunError);
      assert.deepEqual(error.candidates, [...ids].reverse());
      assert.match(error.message, /^ForeachFlow\/2026 matches 5 runs: .* Use a longer prefix/);
      return true;
    },
  );
});

test('a flow without a successful run says so', (t) => {
  const store = FixtureStore.for(t);
  store.run({ status: 'failed' });
  store.run({ status: 'failed' });
  const flow = store.client.Flow('ForeachFlow');
  assert.throws(() => flow.latestSuccessfulRun, {
    message: 'Flow ForeachFlow has 2 runs, but no successful one.',
  });
  assert.throws(() => store.client.Run('ForeachFlow@x'), /Its tags: none\.$/);
});

test('an empty store has no flows', (t) => {
  const { client } = FixtureStore.for(t);
  assert.deepEqual(client.Flows(), []);
  assert.throws(() => client.Flow('F'), /^NotFoundError: Flow "F" has no runs in \S+\.flow\.$/);
});

test('a namespace hides the runs of others and says where they are', (t) => {
  const store = FixtureStore.for(t);
  const mine = store.run({ user: 'alice' });
  const shared = store.run({ user: 'bob', tags: ['user:alice'] });
  const theirs = store.run({ user: 'bob' });
  store.run({ user: 'bob', flow: 'Hidden' });
  const { Flow, Flows, Run } = connect({ store: store.path, namespace: 'user:alice' });
  assert.deepEqual(
    Flow('ForeachFlow')
      .runs()
      .map(({ id }) => id),
    [shared, mine],
  );
  assert.equal(Flow('ForeachFlow').latestRun.id, shared);
  assert.equal(Run('ForeachFlow~1').id, mine);
  assert.deepEqual(Flows().map(String), ['ForeachFlow']);
  assert.throws(
    () => Flow('Hidden'),
    (error: unknown) => {
      assert.ok(error instanceof NamespaceError);
      assert.deepEqual(error.others, ['user:bob']);
      assert.equal(
        error.message,
        'Flow "Hidden" has 1 run, but none in the namespace user:alice, only in user:bob. ' +
          'Call namespace(null) first to see the runs of everybody, or namespace("user:bob") to see those.',
      );
      return true;
    },
  );
  assert.throws(() => Run(`ForeachFlow/${theirs}`), {
    code: 'NamespaceError',
    message: new RegExp(`^Run ForeachFlow/${theirs} is not in the namespace user:alice, only in user:bob`),
  });
  assert.equal(connect({ store: store.path, namespace: null }).Run('ForeachFlow').id, theirs);
});

test('a run whose record is damaged is listed, and fails when it is opened', (t) => {
  const store = FixtureStore.for(t);
  const good = store.run();
  const bad = store.run();
  const { refs } = store.repository;
  const tree = store.repository.writeLoose('tree', Buffer.alloc(0));
  const who = 'a <a> 1795344475 +0000';
  const commit = `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nempty\n`;
  refs.update(`refs/runs/ForeachFlow/${bad}`, {
    to: store.repository.writeLoose('commit', Buffer.from(commit)),
  });
  const { Flow } = connect({ store: store.path, namespace: 'user:alice' });
  const [first, second] = Flow('ForeachFlow').runs();
  assert.equal(second?.id, good);
  assert.throws(() => first?.status, { code: 'RecordError' });
});
