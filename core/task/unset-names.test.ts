import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exceptionOf } from '../exceptions.ts';
import { withUnsetNames } from './unset-names.ts';

/** The message of what a step throws, with the names that nobody set. */
async function told(flow: object, step: string): Promise<string> {
  const method = Reflect.get(flow, step) as () => unknown;
  try {
    method.call(flow);
  } catch (error) {
    return (await withUnsetNames(exceptionOf(error), { flow, method })).message;
  }
  return assert.fail('the step did not throw');
}

class TrainFlow {
  // biome-ignore lint/suspicious/noExplicitAny: the steps use what nobody declared.
  declare rows: any;
  // biome-ignore lint/suspicious/noExplicitAny: likewise.
  declare labels: any;
  list: number[] = [];
  member(): void {
    this.list.push(this.rows?.length);
    this.labels.map(String);
  }
  iterate(): void {
    for (const row of this.rows) this.list.push(row);
  }
  destructure(): void {
    const { first } = this.rows;
    this.list.push(first);
  }
  alias(): void {
    const all = this.rows;
    all.push(1);
  }
  helper(): void {
    this.count();
  }
  count(): number {
    return this.rows.length;
  }
  call(): void {
    this.rows();
  }
  taken(): void {
    this.list.push(this.rows ? 1 : 0);
    (this.list as unknown as () => void)();
  }
  own(): void {
    throw new Error('undefined is not what I wanted');
  }
  elsewhere(): void {
    const nothing: { x?: { y: number } } = {};
    this.list.push((nothing.x as { y: number }).y);
  }
}

test('the name that was read and never set is told', async () => {
  const flow = new TrainFlow();
  assert.match(await told(flow, 'member'), /reading 'map'\)\. this\.labels was never set: assign it/);
  for (const step of ['iterate', 'destructure', 'alias', 'helper', 'call'])
    assert.match(await told(flow, step), /\. this\.rows was never set: assign it/, step);
});

test('errors that are about something else stay as they are', async () => {
  const flow = new TrainFlow();
  assert.equal(await told(flow, 'own'), 'undefined is not what I wanted');
  assert.doesNotMatch(await told(flow, 'elsewhere'), /never set/);
  assert.match(await told(flow, 'taken'), /^this\.list is not a function$/);
  const set = Object.assign(new TrainFlow(), { rows: undefined });
  assert.doesNotMatch(await told(set, 'alias'), /never set/);
});
