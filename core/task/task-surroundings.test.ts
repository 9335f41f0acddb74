import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type CurrentTask, runAs } from '../flow/current.ts';
import { TaskSurroundings } from './task-surroundings.ts';

const { env, chdir } = process;
after(() => {
  process.env = env;
  process.chdir = chdir;
});
const surroundings = new TaskSurroundings();
const task = (taskId: string): CurrentTask => ({
  flowName: 'TestFlow',
  runId: 'r',
  stepName: 'a',
  taskId,
  retryCount: 0,
  originRunId: undefined,
  pathspec: `TestFlow/r/a/${taskId}`,
  username: 'alice',
  tags: [],
  parameterNames: [],
});
const alone = { vars: { OF_STEP: 'yes' }, isShared: false };
const shared = { ...alone, isShared: true };

test('what a task changes is put back when it ends', () => {
  const one = task('0');
  surroundings.enter(one, alone);
  runAs(one, () => {
    process.env.CHANGED = '1';
    delete process.env.PATH;
    process.chdir('/');
  });
  assert.deepEqual([process.env.OF_STEP, process.env.CHANGED, process.cwd()], ['yes', '1', '/']);
  surroundings.leave();
  assert.deepEqual([process.env.OF_STEP, process.env.CHANGED], [undefined, undefined]);
  assert.ok(process.env.PATH);
  assert.notEqual(process.cwd(), '/');
});

test('of tasks side by side each has its own variables, and none may move the others', () => {
  const [one, other] = [task('1'), task('2')];
  for (const each of [one, other]) surroundings.enter(each, shared);
  const seen = (): unknown[] => [
    ...[process.env.OF_STEP, process.env.MINE, 'MINE' in process.env, 'PATH' in process.env],
    ...[Object.keys(process.env).includes('MINE'), { ...process.env }.MINE, process.env.PATH === undefined],
  ];
  runAs(one, () => {
    process.env.MINE = '1';
    delete process.env.PATH;
    assert.throws(() => process.chdir('/'), /SharedProcessError|shares? a process/);
  });
  runAs(other, () =>
    Object.defineProperty(process.env, 'MINE', {
      value: '2',
      configurable: true,
      writable: true,
      enumerable: true,
    }),
  );
  assert.deepEqual(runAs(one, seen).result, ['yes', '1', true, false, true, '1', true]);
  assert.deepEqual(runAs(other, seen).result, ['yes', '2', true, true, true, '2', false]);
  assert.deepEqual(seen(), ['yes', undefined, false, true, false, undefined, false]);
  surroundings.leave();
  assert.equal(process.env.OF_STEP, 'yes');
  surroundings.leave();
  assert.equal(process.env.OF_STEP, undefined);
  // What goes on of a task that has ended still sees its own.
  assert.equal(runAs(one, () => process.env.MINE).result, '1');
});
