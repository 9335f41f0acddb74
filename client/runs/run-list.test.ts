import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { type FixtureRun, FixtureStore } from '../fixture-store.ts';
import { parseColumns } from '../tables/run-table.ts';

const run = (lr: number, loss: number | undefined, more: FixtureRun = {}): FixtureRun => ({
  parameters: { lr },
  tasks: [
    { step: 'train', task: '0', artifacts: { loss: 1, cfg: { x: [lr] } } },
    { step: 'train', task: '1', artifacts: { loss: 2 } },
    { step: 'end', artifacts: loss === undefined ? {} : { loss } },
  ],
  ...more,
});

function runsOf(context: TestContext) {
  const store = FixtureStore.for(context);
  const ids = [run(0.1, 0.5), run(0.2, undefined, { status: 'failed' }), run(0.3, 0.1)].map((one) =>
    store.run(one),
  );
  store.client.Run(`ForeachFlow/${ids[2]}`).addTag('best');
  return { runs: store.client.Flow('ForeachFlow').runs(), ids: ids.reverse() };
}

test('runs are a list, newest first', (context) => {
  const { runs, ids } = runsOf(context);
  assert.equal(runs.length, 3);
  assert.deepEqual(
    [...runs].map(({ id }) => id),
    ids,
  );
  assert.equal(runs[0]?.id, ids[0]);
  assert.deepEqual(
    runs.latest(2).map(({ id }) => id),
    ids.slice(0, 2),
  );
  assert.ok(Array.isArray(runs) && runs.map(({ id }) => id).constructor === Array);
});

test('a condition is a function or an expression', (context) => {
  const { runs, ids } = runsOf(context);
  const where = (condition: Parameters<typeof runs.where>[0]) =>
    runs.where(condition).map(({ id }) => ids.indexOf(id));
  assert.deepEqual(
    where((one) => one.data.loss === 0.1),
    [0],
  );
  assert.deepEqual(where('parameters/lr < 0.25'), [1, 2]);
  assert.deepEqual(where('end/0/loss < 0.2 || status == "failed"'), [0, 1]);
  assert.deepEqual(where("tags == 'best' && user == 'alice'"), [0]);
  assert.deepEqual(where('end/0/loss == null && tasks == 3'), [1]);
  assert.deepEqual(where('train/0/cfg#x[0] > 0.15 && none/0/x == null && train/7/x == null'), [0, 1]);
  assert.deepEqual(where('seconds >= 3'), [0, 1, 2]);
  assert.deepEqual(runs.where('parameters/lr > 0.1').where('seconds > 0').latest(1)[0]?.id, ids[0]);
  assert.throws(() => runs.where('lr < 1'), { code: 'ExpressionError' });
});

test('a table has a row for each run', (context) => {
  const { runs, ids } = runsOf(context);
  const table = runs.table({
    lr: 'parameters/lr',
    loss: 'end/0/loss',
    cfg: 'train/0/cfg',
    none: 'x/0/y',
    tags: 'tags',
  });
  assert.deepEqual(
    table.schema.fields.map(({ name, type }) => `${name} ${type}`),
    [
      'run Utf8',
      'status Utf8',
      'startedAt Timestamp<MILLISECOND, UTC>',
      'seconds Float64',
      'lr Float64',
      'loss Float64',
      'cfg Utf8',
      'none Null',
      'tags Utf8',
    ],
  );
  const column = (name: string) => [...(table.getChild(name) ?? [])];
  assert.deepEqual(column('run'), ids);
  assert.deepEqual(column('status'), ['successful', 'failed', 'successful']);
  assert.deepEqual(
    column('startedAt'),
    [...runs].map(({ createdAt }) => createdAt.getTime()),
  );
  assert.deepEqual(column('seconds'), [3, 3, 3]);
  assert.deepEqual(column('loss'), [0.1, null, 0.5]);
  assert.deepEqual(column('cfg')[0], '{"x":[0.3]}');
  assert.equal(runs.latest(0).table().numRows, 0);
  assert.throws(() => runs.table({ lr: 'parameters' }), { code: 'AddressError' });
  assert.throws(() => runs.table({ loss: 'train/*/loss' }), { code: 'ArgumentError' });
});

test('a table has a row for each task of a step', (context) => {
  const { runs, ids } = runsOf(context);
  const table = runs.table(
    { loss: 'loss', x: 'cfg#x[0]', lr: 'parameters/lr' },
    { per: 'task', step: 'train' },
  );
  const column = (name: string) => [...(table.getChild(name) ?? [])];
  assert.equal(table.numRows, 6);
  assert.deepEqual(
    table.schema.fields.map(({ name }) => name),
    ['run', 'task', 'status', 'startedAt', 'seconds', 'loss', 'x', 'lr'],
  );
  assert.deepEqual(column('run').slice(0, 2), [ids[0], ids[0]]);
  assert.deepEqual(column('task'), ['0', '1', '0', '1', '0', '1']);
  assert.deepEqual(column('loss'), [1, 2, 1, 2, 1, 2]);
  assert.deepEqual(column('x'), [0.3, null, 0.2, null, 0.1, null]);
  assert.deepEqual(column('lr').slice(0, 2), [0.3, 0.3]);
  assert.throws(() => runs.table({}, { per: 'task' } as never), { code: 'ArgumentError' });
  assert.throws(() => runs.table({}, { per: 'task', step: 'nope' }), { code: 'NotFoundError' });
  assert.equal(runs.latest(0).table({}, { per: 'task', step: 'nope' }).numRows, 0);
});

test('numbers keep what they are, and mixtures become what holds all of them', (context) => {
  const store = FixtureStore.for(context);
  for (const value of [1, 2n, null])
    store.run({ parameters: { mixed: value, any: value === null ? 'x' : value, big: 2n ** 60n } });
  const table = store.client
    .Flow('ForeachFlow')
    .runs()
    .table({ mixed: 'parameters/mixed', any: 'parameters/any', big: 'parameters/big' });
  const types = table.schema.fields.slice(4).map(({ type }) => String(type));
  assert.deepEqual(types, ['Float64', 'Utf8', 'Int64']);
  assert.deepEqual([...(table.getChild('mixed') ?? [])], [null, 2, 1]);
  assert.deepEqual([...(table.getChild('any') ?? [])], ['x', '{"$bigint":"2"}', '1']);
  assert.equal(table.getChild('big')?.get(0), 2n ** 60n);
});

test('columns as a command line has them', () => {
  assert.deepEqual(parseColumns('lr=parameters/lr,end/0/loss,end/0/cfg#a[0],tags'), {
    lr: 'parameters/lr',
    loss: 'end/0/loss',
    'cfg#a[0]': 'end/0/cfg#a[0]',
    tags: 'tags',
  });
  assert.throws(() => parseColumns('end/0/loss,train/0/loss'), { code: 'ArgumentError' });
  assert.throws(() => parseColumns('x=nothing'), { code: 'ArgumentError' });
});
