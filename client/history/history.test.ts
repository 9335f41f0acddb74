import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { connect } from '../connect.ts';
import { type FixtureRun, FixtureStore } from '../fixture-store.ts';
import type { LineageNode } from '../objects.ts';
import { onArtifactRead } from '../reads.ts';
import { lineageDown, lineageUp } from './lineage.ts';

/** start makes x and hands it on to end; a run without x is undefined. */
const run = (x: unknown, more: Partial<FixtureRun> = {}): FixtureRun => ({
  parameters: { lr: x ?? 0 },
  tasks: [
    { step: 'start', artifacts: x === undefined ? {} : { x } },
    { step: 'end', parents: ['start/0'], artifacts: x === undefined ? {} : { x, own: x } },
  ],
  ...more,
});

test('the runs in which a value changed, newest first', (context) => {
  const store = FixtureStore.for(context);
  const ids = [1, 1, 2, undefined, 2, 1].map((x) => store.run(run(x)));
  const { client } = store;
  const history = (address: string) =>
    client
      .Artifact(address)
      .history()
      .map((artifact) => [ids.indexOf(artifact.pathspec.split('/')[1] ?? ''), artifact.data]);
  assert.deepEqual(history('ForeachFlow/latest/end/0/x'), [
    [5, 1],
    [2, 2],
    [0, 1],
  ]);
  assert.deepEqual(history('ForeachFlow~1/end/0/x'), [
    [2, 2],
    [0, 1],
  ]);
  assert.deepEqual(history('ForeachFlow/latest/parameters/lr'), [
    [5, 1],
    [4, 2],
    [3, 0],
    [2, 2],
    [0, 1],
  ]);
});

test('the history of a part of a value leaves out changes of the rest', (context) => {
  const store = FixtureStore.for(context);
  for (const x of [{ a: 1, b: [1] }, { a: 1, b: [2] }, { a: 2, b: [2] }, { a: 2 }]) store.run(run(x));
  const { client } = store;
  assert.deepEqual(
    client
      .Artifact('ForeachFlow/latest/end/0/x#a')
      .history()
      .map(({ data }) => data),
    [2, 1],
  );
  assert.equal(client.Artifact('ForeachFlow~1/end/0/x#b').history().length, 2);
});

test('blame finds the run and the task that first made exactly this value', (context) => {
  const store = FixtureStore.for(context);
  const ids = [1, 2, 1, 3].map((x) => store.run(run(x)));
  const { client } = store;
  const blame = (address: string) => {
    const [, id = '', ...rest] = client.Artifact(address).blame().pathspec.split('/');
    return [ids.indexOf(id), rest.join('/')];
  };
  assert.deepEqual(blame('ForeachFlow~1/end/0/x'), [0, 'start/0/x']);
  assert.deepEqual(blame('ForeachFlow~1/end/0/own'), [0, 'end/0/own']);
  assert.deepEqual(blame('ForeachFlow/latest/end/0/x'), [3, 'start/0/x']);
  assert.deepEqual(blame('ForeachFlow~2/parameters/lr'), [1, 'parameters/lr']);
});

test('random histories, against looking at every value', (context) => {
  const values = fc.array(fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(values, (list) => {
      const store = FixtureStore.for(context);
      for (const x of [...list, 1]) store.run(run(x));
      const artifact = store.client.Artifact('ForeachFlow/latest/start/0/x');
      const known = [...list, 1].filter((x) => x !== undefined);
      const expected = known.filter((x, index) => x !== known[index - 1]).reverse();
      assert.deepEqual(
        artifact.history().map(({ data }) => data),
        expected,
      );
      const first = [...list, 1].indexOf(1);
      assert.equal(artifact.blame().createdAt.getTime() <= artifact.createdAt.getTime(), true);
      assert.equal(
        store.client.Flow('ForeachFlow').runs().toReversed()[first]?.id,
        artifact.blame().pathspec.split('/')[1],
      );
    }),
    { numRuns: 15 },
  );
});

test('lineage across flows, in both directions', (context) => {
  const store = FixtureStore.for(context);
  const made = store.run(run(5));
  const { client } = store;
  const artifact = client.Artifact('ForeachFlow/latest/end/0/x');
  const uses = { [`ForeachFlow/${made}/end/0/x`]: artifact.digest };
  const reader = store.run({
    flow: 'ReportFlow',
    tasks: [
      { step: 'start', uses },
      { step: 'end', artifacts: { y: 1 } },
    ],
  });
  store.run({ flow: 'ReportFlow', tasks: [{ step: 'start', artifacts: {} }] });
  const usedBy = (address: string) =>
    client
      .Artifact(address)
      .usedBy()
      .map(({ pathspec }) => pathspec);
  assert.deepEqual(usedBy('ForeachFlow/latest/end/0/x'), [`ReportFlow/${reader}/start/0`]);
  assert.deepEqual(usedBy('ForeachFlow/latest/start/0/x'), [`ReportFlow/${reader}/start/0`]);
  assert.deepEqual(usedBy('ForeachFlow/latest/end/0/own'), []);
  const other = store.run({
    flow: 'ReportFlow',
    tasks: [
      {
        step: 'start',
        uses: { ...uses, 'GoneFlow/20200101-000000-00000/end/0/z': artifact.digest },
        artifacts: { r: 1 },
      },
    ],
  });
  assert.deepEqual(
    client
      .Artifact(`ReportFlow/${other}/start/0/r`)
      .uses()
      .map(({ pathspec }) => pathspec),
    [`ForeachFlow/${made}/end/0/x`],
  );
});

/** The addresses of a lineage, those of the next level indented, with how they came about. */
const drawn = (nodes: readonly LineageNode[], indent = ''): string[] =>
  nodes.flatMap(({ address, how, isGone, isRepeated, children, problem }) => [
    `${indent}${address.replace(/\/\d{8}-\d{6}-\w{5}/, '')} ${how}${isGone ? ' gone' : ''}${isRepeated ? ' again' : ''}${problem ? ' damaged' : ''}`,
    ...drawn(children, `${indent}  `),
  ]);

test('lineage follows what flowed through the tasks of a run, and nothing else', (context) => {
  const store = FixtureStore.for(context);
  const { client } = store;
  const a = store.run({ flow: 'A', tasks: [{ step: 'end', artifacts: { x: 1, y: 2 } }] });
  const digest = (address: string) => client.Artifact(address).digest;
  const uses = (address: string) => ({ [address]: digest(address) });
  const b = store.run({
    flow: 'B',
    parameters: { text: 'abc' },
    files: ['text'],
    steps: ['start', 'mid', 'end'],
    tasks: [
      { step: 'start', uses: uses(`A/${a}/end/0/x`), artifacts: { p: 10 }, reads: {} },
      { step: 'mid', parents: ['start/0'], uses: uses(`A/${a}/end/0/y`), artifacts: { p: 10, q: 20 } },
      {
        step: 'end',
        parents: ['mid/0'],
        artifacts: { p: 10, q: 20, fromP: 11, own: 5 },
        reads: { p: digest(`A/${a}/end/0/x`), 'parameters/text': digest(`A/${a}/end/0/x`) },
      },
    ],
  });
  const c = store.run({
    flow: 'C',
    tasks: [{ step: 'end', uses: uses(`B/${b}/end/0/fromP`), artifacts: { z: 1 } }],
  });
  const up = (address: string) => drawn(client.Artifact(address).lineageUp());
  assert.deepEqual(up(`B/${b}/end/0/fromP`).sort(), ['A/end/0/x read', 'B/parameters/text file']);
  assert.deepEqual(up(`B/${b}/end/0/q`), ['A/end/0/y read']);
  assert.deepEqual(up(`B/${b}/end/0/p`), ['A/end/0/x read']);
  assert.deepEqual(up(`C/${c}/end/0/z`).sort(), [
    '  A/end/0/x read',
    '  B/parameters/text file',
    'B/end/0/fromP read',
  ]);
  assert.deepEqual(drawn(client.Artifact(`C/${c}/end/0/z`).lineageUp({ depth: 1 })), ['B/end/0/fromP read']);
  const down = (address: string) => drawn(lineageDown(client.resolve(address)));
  assert.deepEqual(down(`A/${a}/end/0/x`), ['B/start/0 read', '  C/end/0 read']);
  assert.deepEqual(down(`A/${a}/end/0/y`), ['B/mid/0 read']);
  assert.deepEqual(down(`A/${a}`), ['B/start/0 read', '  C/end/0 read', 'B/mid/0 read']);
  assert.deepEqual(down(`B/${b}/start/0`), ['C/end/0 read']);
  assert.deepEqual(down(`B/${b}/mid/0`), []);
  assert.deepEqual(drawn(lineageUp(client.resolve(`B/${b}`))).sort(), [
    'A/end/0/x read',
    'A/end/0/y read',
    'B/parameters/text file',
  ]);
});

test('a chain of 60 runs, each reading the one before, is followed to its start', (context) => {
  const store = FixtureStore.for(context);
  const { client } = store;
  let last = '';
  for (let index = 0; index < 60; index += 1) {
    const before = last && `ForeachFlow/${last}/end/0/x`;
    const uses = before ? { [before]: client.Artifact(before).digest } : {};
    last = store.run({ tasks: [{ step: 'end', uses, artifacts: { x: index } }] });
  }
  let depth = 0;
  for (let [node] = client.Artifact(`ForeachFlow/${last}/end/0/x`).lineageUp(); node; [node] = node.children)
    depth += 1;
  assert.equal(depth, 59);
  assert.equal(client.Artifact(`ForeachFlow~59/end/0/x`).usedBy().length, 1);
});

test('what a reused task had read went into what it left', (context) => {
  const store = FixtureStore.for(context);
  const { client } = store;
  const a = store.run({ flow: 'A', tasks: [{ step: 'end', artifacts: { x: 1 } }] });
  const uses = { [`A/${a}/end/0/x`]: client.Artifact(`A/${a}/end/0/x`).digest };
  const tasks = [{ step: 'start', uses, artifacts: { p: 10 } }];
  const first = store.run({ flow: 'B', tasks });
  const second = store.run({ flow: 'B', tasks, takenFrom: [`B/${first}`] });
  const artifact = client.Artifact(`B/${second}/start/0/p`);
  assert.deepEqual(drawn(artifact.lineageUp()), ['B/start/0/p reused', '  A/end/0/x read']);
  assert.deepEqual(
    artifact.uses().map(({ pathspec }) => pathspec),
    [`A/${a}/end/0/x`],
  );
});

test('a damaged run hides no other, above and below', (context) => {
  const store = FixtureStore.for(context);
  const { client } = store;
  const ids = [1, 2, 3].map((x) => store.run({ flow: 'A', tasks: [{ step: 'end', artifacts: { x } }] }));
  const addresses = ids.map((id) => `A/${id}/end/0/x`);
  const uses = Object.fromEntries(addresses.map((address) => [address, client.Artifact(address).digest]));
  const b = store.run({ flow: 'B', tasks: [{ step: 'end', uses, artifacts: { y: 1 } }] });
  // The run is there, but leads to what is no run.
  const blob = store.repository.writeLoose('blob', Buffer.from('no run'));
  writeFileSync(join(store.path, `refs/runs/A/${ids[1]}`), `${blob}\n`);
  const up = connect({ store: store.path, namespace: null }).Artifact(`B/${b}/end/0/y`).lineageUp();
  assert.deepEqual(drawn(up), ['A/end/0/x read', 'A/end/0/x read damaged', 'A/end/0/x read']);
  assert.equal(up[1]?.address, addresses[1]);
});

test('a diff reads what it compares, for those who listen', (context) => {
  const store = FixtureStore.for(context);
  const [a, b] = [1, 2].map((x) => store.run({ tasks: [{ step: 'end', artifacts: { x, same: 7 } }] }));
  const { client } = store;
  const listen = (compare: () => void) => {
    const read: string[] = [];
    const end = onArtifactRead(({ address }) => read.push(address));
    compare();
    end();
    return read;
  };
  const both = [`ForeachFlow/${a}/end/0/x`, `ForeachFlow/${b}/end/0/x`];
  assert.deepEqual(
    listen(() => client.diff('ForeachFlow~1', 'ForeachFlow')),
    both,
  );
  assert.deepEqual(
    listen(() => client.diff(both[0] ?? '', both[1] ?? '')),
    both,
  );
});
