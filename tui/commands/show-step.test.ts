import assert from 'node:assert/strict';
import test from 'node:test';
import type { Step, Task } from '#client';
import { paper } from '../rig/paper.ts';
import { Listing } from './listing-of.ts';
import { showStep } from './show-step.ts';

/** A step of so many tasks, of which one may have failed, that counts those whose record is read. */
function wide(count: number, failed?: number): { readonly step: Step; readonly read: Set<string> } {
  const read = new Set<string>();
  const time = new Date(0);
  const tasks = Array.from({ length: count }, (_, index) => {
    const isBad = index === failed;
    const task = {
      id: String(index),
      pathspec: `F/1/a/${index}`,
      successful: !isBad,
      createdAt: time,
      finishedAt: time,
      get metadata() {
        read.add(task.id);
        const exception = isBad ? { name: 'Error', message: 'bad \x1b[2J' } : undefined;
        return { status: isBad ? 'failed' : 'successful', startedAt: time.toISOString(), exception };
      },
    };
    return task as unknown as Task;
  });
  const failure = failed === undefined ? undefined : { task: `a/${failed}` };
  const step = {
    id: 'a',
    pathspec: 'F/1/a',
    tasks: () => tasks,
    parent: { graph: { steps: [] }, metadata: { failure } },
  };
  return { step: step as unknown as Step, read };
}

test('of a wide step a terminal gets the first tasks and the one that failed, and no other is opened', async () => {
  const { step, read } = wide(100_000, 77_777);
  const page = paper();
  await showStep(step, { options: { store: 'my store' }, output: page, listing: new Listing(page) });
  assert.match(page.text, /^tasks {2}100000 tasks, at least 1 failed$/m);
  assert.match(page.text, /^77777 +. failed .*Error: bad \\x1b\[2J$/m);
  assert.match(page.text, /^… 99899 more tasks: flow show F\/1\/a --store 'my store' \| less$/m);
  assert.equal(read.size, 101);
});

test('a program gets a line for each task of a wide step', async () => {
  const { step } = wide(5000);
  const pipe = paper({ isTerminal: false });
  await showStep(step, { options: {}, output: pipe, listing: new Listing(pipe) });
  assert.equal(pipe.text.match(/^task\t/gm)?.length, 5000);
});

test('a step of few tasks is shown whole', async () => {
  const { step } = wide(100, 3);
  const page = paper();
  await showStep(step, { options: {}, output: page, listing: new Listing(page) });
  assert.match(page.text, /100 tasks, 1 failed/);
  assert.doesNotMatch(page.text, /more/);
});

test('when nobody reads any more, no further task is opened', async () => {
  const { step, read } = wide(50_000);
  const pipe = paper({ isTerminal: false });
  await showStep(step, { options: {}, output: { ...pipe, isClosed: true }, listing: new Listing(pipe) });
  assert.ok(read.size < 5000, `${read.size} opened`);
});
