import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { FixtureStore } from './fixture-store.ts';

const VALUES = {
  cfg: { opt: { lr: 0.1 }, names: ['a', 'b'] },
  weights: new Float64Array(200_000).fill(0.5),
  map: new Map([['k', new Date(0)]]),
  text: 'long '.repeat(100_000),
};

function filled(test: TestContext) {
  const store = FixtureStore.for(test);
  store.run({ parameters: { cfg: { depth: 3 } }, tasks: [{ step: 'start', artifacts: VALUES }] });
  return store.client;
}

test('an artifact knows its facts', (t) => {
  const { Artifact, Task } = filled(t);
  const cfg = Artifact('ForeachFlow/latest/start/0/cfg');
  assert.deepEqual([cfg.id, cfg.name, cfg.kind], ['cfg', 'cfg', 'artifact']);
  assert.deepEqual(cfg.data, VALUES.cfg);
  assert.match(cfg.digest, /^[0-9a-f]{64}$/);
  assert.ok(cfg.storedSize > 0 && cfg.storedSize < cfg.size + 64);
  const { task } = Task('ForeachFlow/latest/start/0').parent;
  assert.deepEqual(cfg.createdAt, task.finishedAt);
  assert.equal(cfg.parent.pathspec, task.pathspec);
  assert.equal(cfg.pathspec, `${task.pathspec}/cfg`);
  assert.match(inspect(cfg), /^Artifact ForeachFlow\/\S+\/start\/0\/cfg \{/);
});

test('large values come back equal and are smaller in the store when they compress', (t) => {
  const { Artifact } = filled(t);
  const weights = Artifact('ForeachFlow/latest/start/0/weights');
  assert.deepEqual(weights.data, VALUES.weights);
  assert.ok(weights.size >= VALUES.weights.byteLength);
  assert.ok(weights.storedSize < weights.size);
  assert.equal(weights.type, 'Float64Array[200000]');
  assert.equal(Artifact('ForeachFlow/latest/start/0/text').data, VALUES.text);
  assert.deepEqual(Artifact('ForeachFlow/latest/start/0/map').data, VALUES.map);
});

test('an address leads into a value', (t) => {
  const { Artifact } = filled(t);
  const of = (rest: string) => Artifact(`ForeachFlow/latest/start/0/${rest}`);
  assert.equal(of('cfg#opt.lr').data, 0.1);
  assert.equal(of('cfg#names[-1]').data, 'b');
  assert.equal(of('cfg#opt').at('lr'), 0.1);
  assert.equal(of('weights#[-1]').data, 0.5);
  assert.equal(of('cfg').at('names[0]'), 'a');
  assert.equal(of('cfg#opt.lr').pathspec.endsWith('/start/0/cfg#opt.lr'), true);
  assert.throws(
    () => of('cfg#opt.rl').data,
    /cfg#opt is an Object and has no key "rl"\. Its keys: lr\. Did you mean lr\?$/,
  );
  assert.throws(
    () => of('weights#[200000]').data,
    /weights is a Float64Array of 200000 elements and has no element 200000/,
  );
  assert.throws(() => of('cfg').at('opt['), { code: 'AddressError' });
});

test('parameters and constants are artifacts of the run', (t) => {
  const { Artifact, Run } = filled(t);
  const parameter = Artifact('ForeachFlow/latest/parameters/cfg');
  assert.deepEqual(parameter.data, { depth: 3 });
  assert.equal(parameter.parent.pathspec, Run('ForeachFlow').pathspec);
  assert.deepEqual(parameter.createdAt, Run('ForeachFlow').createdAt);
  assert.equal(Artifact('ForeachFlow/latest/parameters/cfg#depth').data, 3);
  assert.throws(
    () => Artifact('ForeachFlow/latest/parameters/cgf'),
    /has no parameter "cgf"\. Its parameters: cfg\. Did you mean cfg\?/,
  );
  assert.throws(
    () => Artifact('ForeachFlow/latest/constants/N'),
    /has no constant "N"\. Its constants: none\./,
  );
});
