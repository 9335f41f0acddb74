import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { current, NoCurrentTaskError, runAs } from './current.ts';

const task = (taskId: string) => ({
  flowName: 'TestFlow',
  runId: 'r',
  stepName: 'a',
  taskId,
  retryCount: 0,
  originRunId: undefined,
  pathspec: `TestFlow/r/a/${taskId}`,
  username: 'alice',
  tags: ['t'],
  parameterNames: ['alpha'],
});

test('outside of a task every field but isRunningFlow says so', () => {
  assert.equal(current.isRunningFlow, false);
  for (const field of ['runId', 'stepName', 'tempDir', 'tags'] as const) {
    assert.throws(
      () => current[field],
      (error) => error instanceof NoCurrentTaskError && error.message.includes(`current.${field}`),
    );
  }
});

test('tasks side by side each see their own, across await', async () => {
  const see = async () => {
    const seen: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      await sleep(Math.random() * 3);
      seen.push(current.pathspec, String(current.isRunningFlow));
    }
    return new Set(seen);
  };
  const seen = await Promise.all(['0', '1', '2'].map((id) => runAs(task(id), see).result));
  assert.deepEqual(
    seen,
    ['0', '1', '2'].map((id) => new Set([`TestFlow/r/a/${id}`, 'true'])),
  );
});

test('every task has a temporary folder of its own, made on first use', () => {
  const none = runAs(task('0'), () => current.taskId);
  assert.equal(none.tempDir(), undefined);
  const [first, second] = ['1', '2'].map((id) => runAs(task(id), () => [current.tempDir, current.tempDir]));
  const folders = [first?.tempDir(), second?.tempDir()];
  try {
    assert.deepEqual(first?.result, [folders[0], folders[0]]);
    assert.notEqual(folders[0], folders[1]);
    for (const folder of folders) assert.ok(folder && existsSync(folder));
  } finally {
    for (const folder of folders) if (folder) rmSync(folder, { recursive: true });
  }
});
