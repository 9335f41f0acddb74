import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { tableFromArrays } from 'apache-arrow';
import fc from 'fast-check';
import { readerOf } from '#store';
import { type FixtureRun, FixtureStore, type FixtureTask } from '../fixture-store.ts';
import type { InnerArtifact } from '../inner.ts';
import type { ArrayDetail } from './document.ts';
import type { DiffOptions } from './options.ts';
import { compareValues, ValueSide } from './values.ts';

const end = (artifacts: object, more: Partial<FixtureTask> = {}): FixtureTask => ({
  step: 'end',
  artifacts,
  ...more,
});

function pair(context: TestContext, a: FixtureRun, b: FixtureRun) {
  const store = FixtureStore.for(context);
  store.run(a);
  store.run(b);
  return store.client;
}

/** The diff of two runs whose end tasks hold these. */
function diffOf(context: TestContext, a: object, b: object, options?: DiffOptions) {
  const client = pair(context, { tasks: [end(a)] }, { tasks: [end(b)] });
  return client.diff('ForeachFlow~1', 'ForeachFlow', options);
}

const brief = ({ changes }: { changes: readonly { path: string; status: string; kind: string }[] }) =>
  changes.map(({ status, path, kind }) => `${status} ${path} ${kind}`);

test('a run compared with itself, and with one that is equal', (context) => {
  const run = { parameters: { lr: 1 }, tasks: [end({ x: 1, y: new Float64Array(3) })] };
  const client = pair(context, run, run);
  for (const diff of [
    client.diff('ForeachFlow', 'ForeachFlow'),
    client.diff('ForeachFlow~1', 'ForeachFlow'),
  ]) {
    assert.equal(diff.same, true);
    assert.deepEqual(diff.changes, []);
    assert.deepEqual(diff.counts, { added: 0, deleted: 0, modified: 0, retyped: 0, close: 0 });
  }
});

test('everything that may differ between two runs, in the order of paths', (context) => {
  const client = pair(
    context,
    {
      parameters: { lr: 0.1, gone: 1 },
      constants: { K: 1 },
      code: { 'flow.ts': 'a\nb\n' },
      tasks: [
        { step: 'start', artifacts: { cfg: { x: 1 } } },
        { step: 'train', task: '0', artifacts: { loss: 1 } },
        { step: 'train', task: '1', artifacts: { loss: 1 } },
        end({ t: 'short', _hidden: 1 }),
      ],
    },
    {
      parameters: { lr: 0.2 },
      constants: { K: 2 },
      code: { 'flow.ts': 'a\nc\n', 'new.ts': 'x' },
      tasks: [
        { step: 'start', artifacts: { cfg: { x: 2 } } },
        {
          step: 'train',
          task: '0',
          status: 'failed',
          exception: { name: 'TypeError', message: 'x is undefined' },
          artifacts: { loss: 1 },
        },
        end({ t: ['other'], _hidden: 2 }),
      ],
    },
  );
  const diff = client.diff('ForeachFlow~1', 'ForeachFlow');
  assert.deepEqual(brief(diff), [
    'M code/flow.ts code',
    'A code/new.ts code',
    'M constants/K number',
    'T end/0/t json',
    'D parameters/gone number',
    'M parameters/lr number',
    'M start/0/cfg json',
    'M train/0 task',
    'D train/1 task',
    'D train/1/loss number',
  ]);
  assert.deepEqual(diff.counts, { added: 1, deleted: 3, modified: 5, retyped: 1, close: 0 });
  assert.equal(diff.same, false);
  const detail = (path: string) => diff.changes.find((change) => change.path === path)?.detail;
  assert.deepEqual(detail('train/0'), {
    status: ['successful', 'failed'],
    exception: [null, 'TypeError: x is undefined'],
  });
  assert.deepEqual(detail('code/flow.ts'), { added: 1, removed: 1, hunks: '@@ -1,2 +1,2 @@\n a\n-b\n+c\n' });
  assert.deepEqual(detail('parameters/lr'), { delta: 0.1, relative: 1 });
  assert.deepEqual(detail('start/0/cfg'), { operations: [{ op: 'replace', path: '/x', old: 1, value: 2 }] });
  const document = JSON.parse(JSON.stringify(diff));
  assert.deepEqual(Object.keys(document), ['schema', 'a', 'b', 'same', 'counts', 'changes']);
  assert.equal(document.schema, 'oxbow.diff/1');
  assert.deepEqual(document.changes[2], {
    path: 'constants/K',
    status: 'M',
    kind: 'number',
    a: { type: 'number', digest: readerOf('K', 1).digest, size: 2, value: 1 },
    b: { type: 'number', digest: readerOf('K', 2).digest, size: 2, value: 2 },
    detail: { delta: 1, relative: 1 },
  });
});

test('the kinds of values', (context) => {
  const long = 'word '.repeat(40);
  const a = {
    bool: true,
    big: 1n,
    nan: Number.NaN,
    string: 'a',
    text: 'a\nb',
    long,
    list: [1, 2, 3],
    empty: [],
    mixed: [1, 'a'],
    typed: new Float32Array([1, 2]),
    map: new Map([['a', 1]]),
    bytes: Buffer.from('abc'),
    date: new Date(0),
    table: tableFromArrays({ id: [1, 2], x: [1, 2] }),
    nothing: null,
    buffer: new ArrayBuffer(4),
  };
  const b = {
    bool: false,
    big: 3n,
    nan: 1,
    string: 'b',
    text: 'a\nc',
    long: `${long}x`,
    list: [1, 2, 4],
    empty: [1],
    mixed: [1, 'b'],
    typed: new Float64Array([1, 2]),
    map: new Map([['a', 2]]),
    bytes: Buffer.from('abd'),
    date: new Date(1),
    table: tableFromArrays({ id: [1, 2], x: [1, 3] }),
    nothing: undefined,
    buffer: new Uint8Array([0, 0, 0, 1]).buffer,
  };
  const diff = diffOf(context, a, b);
  assert.deepEqual(
    brief(diff).map((line) => line.replace('end/0/', '')),
    [
      'M big number',
      'M bool boolean',
      'M buffer bytes',
      'M bytes bytes',
      'M date other',
      'M empty array',
      'M list array',
      'M long text',
      'M map json',
      'M mixed json',
      'M nan number',
      'T nothing other',
      'M string string',
      'M table table',
      'M text text',
      'T typed array',
    ],
  );
  const detail = (name: string) => diff.changes.find(({ path }) => path === `end/0/${name}`)?.detail;
  assert.deepEqual(detail('big'), { delta: { $bigint: '2' }, relative: 2 });
  assert.deepEqual(detail('nan'), { delta: { $number: 'NaN' }, relative: { $number: 'NaN' } });
  assert.deepEqual(detail('bytes'), { size: [3, 3], shared: 0, first: 2 });
  assert.deepEqual(detail('map'), { operations: [{ op: 'replace', path: '/$Map/0/1', old: 1, value: 2 }] });
});

test('what is close within the tolerance is told and counts as the same', (context) => {
  const a = {
    x: 1,
    cfg: { lr: 1 },
    list: new Float64Array([1, 2]),
    far: 1,
    table: tableFromArrays({ id: [1], x: [1] }),
  };
  const b = {
    x: 1.01,
    cfg: { lr: 1.01 },
    list: new Float64Array([1, 2.01]),
    far: 2,
    table: tableFromArrays({ id: [1], x: [1.01] }),
  };
  const diff = diffOf(context, a, b, { atol: 0.1 });
  assert.deepEqual(
    diff.changes.map(({ status, path }) => `${status} ${path}`),
    ['C end/0/cfg', 'M end/0/far', 'C end/0/list', 'C end/0/table', 'C end/0/x'],
  );
  assert.equal(diffOf(context, { x: 1 }, { x: 1.01 }, { rtol: 0.1 }).same, true);
});

test('paths that are wanted, and those that are not', (context) => {
  const [a, b] = [
    { x: 1, y: 1 },
    { x: 2, y: 2 },
  ];
  const paths = (options: DiffOptions) => diffOf(context, a, b, options).changes.map(({ path }) => path);
  assert.deepEqual(paths({ paths: ['end/*'] }), ['end/0/x', 'end/0/y']);
  assert.deepEqual(paths({ paths: ['*/x'] }), ['end/0/x']);
  assert.deepEqual(paths({ paths: ['end'], ignore: ['end/?/x'] }), ['end/0/y']);
  assert.deepEqual(paths({ paths: ['start'] }), []);
});

test('steps, tasks, artifacts and parts of their values; ranges; the run before', (context) => {
  const client = pair(
    context,
    { tasks: [end({ cfg: { lr: 1, n: 1 } })] },
    { tasks: [end({ cfg: { lr: 2, n: 1 } })] },
  );
  for (const target of ['/end', '/end/0', '/end/0/cfg', '/end/0/cfg#lr']) {
    const [before, now] = [`ForeachFlow~1${target}`, `ForeachFlow/latest${target}`];
    const paths = (diff: { changes: readonly { path: string }[] }) => diff.changes.map(({ path }) => path);
    const expected = [target.endsWith('#lr') ? 'end/0/cfg#lr' : 'end/0/cfg'];
    assert.deepEqual(paths(client.diff(before, now)), expected);
    assert.deepEqual(paths(client.diff(client.resolve(before), client.resolve(now))), expected);
    assert.deepEqual(paths(client.diff(now)), expected);
  }
  assert.equal(client.diff('ForeachFlow~1/end/0/cfg#n', 'ForeachFlow/latest/end/0/cfg#n').same, true);
  assert.equal(client.diff('ForeachFlow~1..ForeachFlow').changes.length, 1);
  assert.throws(
    () => client.diff('ForeachFlow~1'),
    /There is no run of flow ForeachFlow before ForeachFlow\//,
  );
  assert.throws(() => client.diff('ForeachFlow', 'ForeachFlow/latest/end'), { code: 'ArgumentError' });
  assert.throws(() => client.diff('ForeachFlow/latest/*/0'), { code: 'ArgumentError' });
  assert.throws(() => client.diff('ForeachFlow', 'ForeachFlow', { rtol: -1 }), { code: 'ArgumentError' });
  assert.throws(() => client.diff(5 as never), { code: 'ArgumentError' });
});

test('logs without what differs from run to run, and times, where they are asked for', (context) => {
  const log = (id: string, word: string) =>
    `2026-11-22 10:47:55 pid 12${id} took 1${id}.5 s in /tmp/x${id}/y at localhost:80${id}\n${word}\n`;
  const run = (id: string, word: string): FixtureRun => ({
    tasks: [end({}, { stdout: log(id, word), finishedAt: `2026-11-22T10:47:5${id}.000Z` }) as FixtureTask],
  });
  const client = pair(context, run('6', 'same'), run('7', 'same'));
  assert.equal(client.diff('ForeachFlow', undefined, { logs: true }).same, true);
  assert.deepEqual(brief(client.diff('ForeachFlow', undefined, { times: true })), ['M end/0 task']);
  const other = pair(context, run('6', 'a'), run('7', 'b'));
  const [change] = other.diff('ForeachFlow', undefined, { logs: true }).changes;
  assert.equal(change?.path, 'end/0/stdout');
  assert.match(JSON.stringify(change?.detail), /-a\\n\+b/);
});

/** Counts what the store reads from here on. */
function countReads(context: TestContext, { repository }: FixtureStore) {
  const count = { trees: 0, blobs: 0 };
  const { tree, blob } = repository;
  const prototype = Object.getPrototypeOf(repository) as { tree: unknown; blob: unknown };
  context.mock.method(prototype as { tree: typeof tree }, 'tree', function (this: unknown, id: never) {
    count.trees += 1;
    return tree.call(this as never, id);
  });
  context.mock.method(prototype as { blob: typeof blob }, 'blob', function (this: unknown, id: never) {
    count.blobs += 1;
    return blob.call(this as never, id);
  });
  return count;
}

/** A run of 5,000 tasks, each with times and a process of its own, some with another result, some that failed or caught an error. */
function wideRun(start: number, changed: ReadonlySet<number>): FixtureRun {
  const exception = { name: 'Error', message: 'no', stack: '' };
  return {
    status: 'failed',
    tasks: Array.from({ length: 5000 }, (_, i) => ({
      step: 'train',
      task: String(i),
      pid: start + i,
      startedAt: new Date(Date.UTC(2026, 0, 1) + start * 1000 + i).toISOString(),
      artifacts: { loss: changed.has(i) ? i + 0.5 : i, model: { same: i } },
      ...(i === 7 ? { exception } : {}),
      ...(i === 8 ? { status: 'failed', exception } : {}),
      ...(i === 4998 && changed.size > 0 ? { status: 'failed', exception } : {}),
    })),
  };
}

test('of 5,000 tasks that two runs executed, only those that differ are read', (context) => {
  const store = FixtureStore.for(context);
  store.run(wideRun(1, new Set()));
  store.run(wideRun(50_000, new Set([3, 8, 2500, 4999])));
  const { client } = store;
  const expected = ['train/3/loss', 'train/8/loss', 'train/2500/loss', 'train/4998', 'train/4999/loss'];
  const count = countReads(context, store);
  const diff = client.diff('ForeachFlow~1', 'ForeachFlow');
  assert.deepEqual(new Set(diff.changes.map(({ path }) => path)), new Set(expected));
  // Of the 20 ranges on either side those of the five, the trees of six tasks on either side, and their artifacts.
  assert.ok(count.trees < 70, `${count.trees} trees read`);
  assert.ok(count.blobs < 30, `${count.blobs} blobs read`);
  const times = client.diff('ForeachFlow~1', 'ForeachFlow', { times: true, paths: ['train/9'] });
  assert.deepEqual(
    times.changes.map(({ path }) => path),
    [],
  );
  const whole = client.diff('ForeachFlow~1', 'ForeachFlow', { logs: true });
  assert.deepEqual(new Set(whole.changes.map(({ path }) => path)), new Set(expected));
});

test('of two arrays the chunks that both have are read once', (context) => {
  const store = FixtureStore.for(context);
  const array = (changed: number) =>
    Float64Array.from({ length: 3_000_000 }, (_, i) => (i === changed ? -1 : i % 1000));
  for (const changed of [-1, 500_000]) store.run({ tasks: [end({ array: array(changed) })] });
  const { client } = store;
  const chunks = (run: string) =>
    (client.Artifact(`${run}/end/0/array`) as InnerArtifact).reader.stretch?.chunks.length ?? 0;
  assert.ok(chunks('ForeachFlow/latest') > 20);
  const all = chunks('ForeachFlow/latest');
  const count = countReads(context, store);
  const [change] = client.diff('ForeachFlow~1', 'ForeachFlow').changes;
  const detail = change?.detail as ArrayDetail;
  assert.deepEqual([detail.changed, detail.first, detail.b.min], [1, 500_000, -1]);
  // Those of the one, the chunk that differs of the other, and the records on the way.
  assert.ok(count.blobs < all + 12, `${count.blobs} blobs read, ${all} chunks`);
});

test('values of all sorts: no difference from themselves, and equal exactly when their digests are', () => {
  const value = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
  });
  fc.assert(
    fc.property(value, value, (x, y) => {
      const [a, b] = [ValueSide.of('v', x), ValueSide.of('v', y)];
      if (a.reader.digest === b.reader.digest) {
        assert.deepEqual(a.reader.form, b.reader.form);
        return;
      }
      const { status, detail } = compareValues(a, b, {});
      assert.ok(status === 'M' || status === 'T');
      JSON.stringify(detail());
      assert.notEqual(JSON.stringify(a.reader.form), JSON.stringify(b.reader.form));
    }),
    { numRuns: 300 },
  );
});
