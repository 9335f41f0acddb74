import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { endGuard, guardUnmerged } from './unmerged.ts';

class Base {
  get own(): string {
    return 'a getter';
  }
}

class JoinFlow extends Base {
  [artifact: string]: unknown;
  #secret = 7;
  secret(): number {
    return this.#secret;
  }
}

function guarded(): JoinFlow {
  const flow = new JoinFlow();
  guardUnmerged(flow, {
    has: (name) => ['rate', 'secret', 'toJSON', 'constructor'].includes(name),
    refuse: (name) => assert.fail(`read ${name}`),
  });
  return flow;
}

test('reading what the inputs have and the join has not is refused, anything else reads as ever', () => {
  const flow = guarded();
  assert.throws(() => flow.rate, /read rate/);
  assert.throws(() => (flow.rate as number) + 1, /read rate/);
  assert.throws(() => {
    flow.rate ??= 1;
  }, /read rate/);
  assert.equal(flow.other, undefined);
  assert.equal(flow.own, 'a getter');
  assert.equal(flow.secret(), 7);
  flow.rate = 3;
  assert.equal(flow.rate, 3);
  delete flow.rate;
  assert.throws(() => flow.rate, /read rate/);
});

test('asking, listing, copying and printing the flow do not count as reading', () => {
  const flow = guarded();
  flow.total = 1;
  assert.equal('rate' in flow, false);
  assert.equal(Object.hasOwn(flow, 'rate'), false);
  assert.deepEqual(Object.keys(flow), ['total']);
  const names: string[] = [];
  for (const name in flow) names.push(name);
  assert.deepEqual(names, ['total']);
  assert.equal(JSON.stringify(flow), '{"total":1}');
  assert.deepEqual({ ...flow }, { total: 1 });
  assert.deepEqual(structuredClone({ ...flow }), { total: 1 });
  assert.equal(inspect(flow), 'JoinFlow { total: 1 }');
  assert.equal(String(flow), '[object Object]');
  assert.ok(flow instanceof JoinFlow && flow instanceof Base);
  assert.equal(flow.constructor, JoinFlow);
});

test('a flow can be awaited: nothing looks for an artifact called then', async () => {
  const flow = guarded();
  assert.equal(await flow, flow);
});

test('stack traces name the flow as without the guard', () => {
  class TraceFlow extends Base {
    trace(): string {
      return new Error('here').stack ?? '';
    }
  }
  const flow = new TraceFlow();
  guardUnmerged(flow, { has: () => false, refuse: assert.fail });
  assert.match(flow.trace(), /at TraceFlow\.trace/);
});

test('once the guard has ended, what is not there is undefined', () => {
  const flow = guarded();
  endGuard(flow, JoinFlow.prototype);
  assert.equal(flow.rate, undefined);
  assert.equal(Object.getPrototypeOf(flow), JoinFlow.prototype);
  endGuard(flow, JoinFlow.prototype);
});
