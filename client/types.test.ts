import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Flow as FlowOf, Run as RunOf } from './default.ts';
import { FixtureStore, foreachRun } from './fixture-store.ts';

/** What FlowSpec gives every flow; the client knows it by these names only. */
class AnyFlow {
  static main(): Promise<void> {
    return Promise.resolve();
  }
  get input(): unknown {
    return undefined;
  }
  get index(): number {
    return 0;
  }
  next(..._targets: unknown[]): void {}
  foreachStack(): unknown[] {
    return [];
  }
  mergeArtifacts(_inputs: unknown): void {}
}

class ForeachFlow extends AnyFlow {
  static version = 3;
  suffix: string = 'processed';
  declare titles: string[];
  declare title: string;
  declare results: string[];
  declare maybe: number | undefined;
  declare anything: unknown;
  start(): void {}
  async a(): Promise<void> {}
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_T extends true>(): void => {};

test('data of a flow opened by its class has the types of the class', (t) => {
  const store = FixtureStore.for(t);
  store.run(foreachRun());
  const { Flow } = store.client;
  const { data } = Flow(ForeachFlow).latestRun;
  holds<Same<typeof data.results, string[]>>();
  holds<Same<typeof data.suffix, string>>();
  holds<Same<typeof data.version, number>>();
  holds<Same<typeof data.maybe, number | undefined>>();
  holds<Same<typeof data.anything, unknown>>();
  const names: string[] = data.results.map((result) => result.toUpperCase());
  assert.equal(names.length, 3);
  const viaNew = new Flow(ForeachFlow).latestSuccessfulRun.data.results;
  holds<Same<typeof viaNew, string[]>>();

  const refusals = [
    // @ts-expect-error: the flow declares no such artifact.
    () => data.resluts,
    // @ts-expect-error: steps are no data.
    () => data.start,
    // @ts-expect-error: members of FlowSpec are no data.
    () => data.mergeArtifacts,
    // @ts-expect-error: neither are its properties.
    () => data.input,
    // @ts-expect-error: static methods are no constants.
    () => data.main,
    () => {
      // @ts-expect-error: data cannot be assigned to.
      data.suffix = 'other';
    },
  ];
  for (const refused of refusals) assert.throws(refused, { name: /NotFoundError|ReadOnlyError/ });
});

test('the types reach tasks, artifacts and iteration', (t) => {
  const store = FixtureStore.for(t);
  store.run(foreachRun());
  const flow = store.client.Flow(ForeachFlow);
  for (const run of flow) {
    const titles = run
      .step('a')
      .tasks()
      .map((task) => task.data.title);
    holds<Same<typeof titles, string[]>>();
    assert.equal(titles.length, 3);
    const named = run.step('a').task.artifacts.title;
    holds<Same<typeof named.data, string>>();
    assert.equal(named.name, 'title');
    // @ts-expect-error: not an artifact of the flow.
    assert.equal(run.step('a').task.artifacts.nope, undefined);
    const digests: string[] = run.step('a').task.artifacts.map((artifact) => artifact.digest);
    assert.equal(digests.length, 2);
    holds<Same<typeof run.parameters.suffix, string>>();
    for (const task of run.step('a')) holds<Same<typeof task.data.titles, string[]>>();
  }
});

test('data of a flow opened by name can be used without casts', (t) => {
  const store = FixtureStore.for(t);
  store.run(foreachRun());
  const { Flow, Run } = store.client;
  const first: string = Flow('ForeachFlow').latestRun.data.results[0].toUpperCase();
  assert.equal(first, 'STRANGER THINGS PROCESSED');
  const anything: FlowOf = Flow('ForeachFlow');
  const run: RunOf = Run('ForeachFlow');
  assert.equal(anything.latestRun.id, run.id);
  // @ts-expect-error: an address is a text.
  assert.throws(() => Run(7), { code: 'ArgumentError' });
  // @ts-expect-error: a run has no such member.
  assert.equal(run.latestRun, undefined);
});
