import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { step } from '../flow/decorators.ts';
import { FlowSpec } from '../flow/flow-spec.ts';
import { topologicalOrder } from './graph.ts';
import { graphIn } from './graph-notation.ts';
import { lint } from './lint.ts';
import { graphOf } from './read-graph.ts';

class BaseFlow extends FlowSpec {
  declare xs: number[];
  declare verdict: string;

  @step start() {
    this.next(this.a, { foreach: 'xs' });
  }

  @step a() {
    this.next({ yes: this.a, no: this.join }, { condition: 'verdict' });
  }

  @step join(_inputs: unknown) {
    this.next(this.end);
  }

  @step end() {}

  helper() {
    this.next(this.end);
  }
}

test('a graph is read off the class: kinds, variables, cases, joins', () => {
  const { flow, steps } = graphOf(BaseFlow);
  assert.equal(flow, 'BaseFlow');
  const told = [...steps.values()].map(({ name, kind, join, next, variable }) => [
    name,
    kind,
    join,
    next,
    variable,
  ]);
  assert.deepEqual(told, [
    ['start', 'foreach', false, ['a'], 'xs'],
    ['a', 'switch', false, ['a', 'join'], 'verdict'],
    ['join', 'linear', true, ['end'], undefined],
    ['end', 'end', false, [], undefined],
  ]);
  assert.deepEqual(steps.get('a')?.cases, [
    { case: 'yes', step: 'a' },
    { case: 'no', step: 'join' },
  ]);
});

test('a subclass inherits steps, overrides them, and may stop one being a step', () => {
  class DerivedFlow extends BaseFlow {
    @step override join(_inputs: unknown) {
      this.next(this.extra);
    }

    @step extra() {
      this.next(this.end);
    }

    override a() {}
  }
  const { steps } = graphOf(DerivedFlow);
  assert.deepEqual([...steps.keys()], ['start', 'join', 'end', 'extra']);
  assert.deepEqual(steps.get('join')?.next, ['extra']);
});

test('the same targets in a switch count once', () => {
  const { steps } = graphOf(
    class extends FlowSpec {
      declare v: number;
      @step start() {
        this.next({ 1: this.end, 2: this.end }, { condition: 'v' });
      }
      @step end() {}
    },
  );
  assert.deepEqual(steps.get('start')?.next, ['end']);
  assert.equal(steps.get('start')?.cases?.length, 2);
});

test('the topological order follows the branches in source order and keeps what is unreachable last', () => {
  const notation = { lost: 'end', end: '', join: 'inputs end', b: 'c', a: 'join', c: 'join', start: 'a b' };
  const order = topologicalOrder(graphIn(notation)).map(({ name }) => name);
  assert.deepEqual(order, ['start', 'a', 'b', 'c', 'join', 'end', 'lost']);
});

test('in a topological order every step comes after those that go to it', () => {
  // Steps s0, s1, …; each goes to some with a greater number, so there is no cycle.
  const forward = fc
    .array(fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 })
    .map((gaps) =>
      gaps.map((list, i) => [...new Set(list.map((gap) => Math.min(i + 1 + gap, gaps.length)))]),
    );
  const check = (targets: number[][]) => {
    const name = (i: number) => (i === 0 ? 'start' : i === targets.length ? 'end' : `s${i}`);
    const notation: Record<string, string> = { end: '' };
    for (const [i, to] of [...targets.entries()].reverse()) notation[name(i)] = to.map(name).join(' ');
    const order = topologicalOrder(graphIn(notation)).map((node) => node.name);
    const reached = new Set(['start']);
    for (const one of reached)
      for (const next of (notation[one] ?? '').split(' ').filter(Boolean)) reached.add(next);
    for (const one of reached) {
      for (const next of (notation[one] ?? '').split(' ').filter(Boolean)) {
        assert.ok(order.indexOf(one) < order.indexOf(next), `${one} before ${next} in ${order}`);
      }
    }
    assert.equal(order.length, Object.keys(notation).length);
  };
  fc.assert(fc.property(forward, check));
});

test('a transition may be the base class’s, called by super', () => {
  class MiddleFlow extends BaseFlow {
    @step override start() {
      super.start();
    }

    protected finish() {
      this.next(this.end);
    }
  }

  class SuperFlow extends MiddleFlow {
    declare done: boolean;

    @step override start() {
      this.xs = [1];
      return super.start();
    }

    @step override a() {
      if (this.done) super.a.call(this);
      else super.a();
    }

    @step override join(_inputs: unknown) {
      super.finish();
    }
  }
  const { steps } = graphOf(SuperFlow);
  assert.deepEqual(
    [...steps.values()].map(({ name, kind, next }) => [name, kind, next]),
    [
      ['start', 'foreach', ['a']],
      ['a', 'switch', ['a', 'join']],
      ['join', 'linear', ['end']],
      ['end', 'end', []],
    ],
  );
  assert.deepEqual(lint(graphOf(SuperFlow)), []);
  assert.deepEqual(
    [...steps.values()].map(({ inheritedFrom }) => inheritedFrom),
    [undefined, undefined, undefined, 'BaseFlow'],
  );
});

test('what super gives must agree with what the step says itself', () => {
  class TwoWaysFlow extends BaseFlow {
    @step override join(inputs: unknown) {
      super.join(inputs);
      this.next(this.extra);
    }

    @step extra() {
      this.next(this.end);
    }
  }
  const problems = lint(graphOf(TwoWaysFlow));
  assert.deepEqual(
    problems.map(({ check, step }) => [check, step]),
    [
      ['transitions', 'join'],
      ['orphans', 'extra'],
    ],
  );
});

test('an inherited step that is overridden without @step is left out of the flow', () => {
  class ShorterFlow extends BaseFlow {
    @step override start() {
      this.next(this.end);
    }

    override a() {}

    override join() {}
  }
  assert.deepEqual([...graphOf(ShorterFlow).steps.keys()], ['start', 'end']);
  class LeftFlow extends BaseFlow {
    @step override start() {
      this.next(this.end);
    }
  }
  const [problem] = lint(graphOf(LeftFlow));
  assert.match(
    problem?.message ?? '',
    /"a" is never reached .* inherited from BaseFlow.* override it without @step/,
  );
});
