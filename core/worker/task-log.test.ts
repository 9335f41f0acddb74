import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { LiveLog, type LongContent, type RunningTaskRecord } from '#store';
import { TaskLog } from './task-log.ts';

const record = (limit: number | undefined): RunningTaskRecord => ({
  step: 'a',
  task: '0',
  attempt: 0,
  status: 'running',
  startedAt: '2026-11-22T10:47:55.006Z',
  parents: [],
  frames: [],
  ...(limit === undefined ? {} : { maxLogSize: limit }),
});

const never = (_: LongContent): never => assert.fail('it is short');

/** All that is kept of what a task writes in these pieces; `isLive`: from the start in files. */
async function kept(
  pieces: readonly Uint8Array[],
  { limit, isLive }: { readonly limit?: number; readonly isLive: boolean },
) {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-log-'));
  try {
    const log = new TaskLog({ limit, openLive: () => LiveLog.begin(folder, 'F/1', record(limit)) });
    if (isLive) log.goLive();
    for (const piece of pieces) log.take('stdout', Buffer.from(piece));
    const { stdout, stderr, arrivals } = await log.stored(never);
    assert.equal((stderr as Uint8Array).length, 0);
    const bytes = Buffer.from(stdout as Uint8Array);
    assert.equal(
      arrivals.reduce((sum, [, , count]) => sum + count, 0),
      bytes.length,
    );
    log.live?.remove();
    return bytes;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('what a task writes is kept byte for byte, in memory and in files', async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 20_000 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.boolean(), async (bytes, isLive) => {
      assert.deepEqual(await kept(bytes, { isLive }), Buffer.concat(bytes));
    }),
    { numRuns: 60 },
  );
});

for (const isLive of [false, true]) {
  test(`a log that grows too long keeps whole lines of both ends, and tells what is missing; ${isLive ? 'files' : 'memory'}`, async () => {
    const lines = Array.from({ length: 1000 }, (_, i) => Buffer.from(`line ${i}\n`));
    const text = (await kept(lines, { limit: 2000, isLive })).toString();
    const [, head, bytes, count, tail] =
      /^([^[]*)\[(\d+) bytes in (\d+) lines were left out here: the log was longer than 2000 bytes\.\]\n([\s\S]*)$/.exec(
        text,
      ) ?? [];
    const whole = Buffer.concat(lines).toString();
    assert.ok(head && tail && whole.startsWith(head) && whole.endsWith(tail));
    assert.ok(head.endsWith('\n') && tail.startsWith('line '));
    assert.ok(head.length + tail.length <= 2000 && head.length + tail.length > 1950);
    assert.equal(Number(bytes), whole.length - head.length - tail.length);
    assert.equal(Number(count), 1000 - (head + tail).split('\n').length + 1);
  });
}

test('without lines it is cut anywhere', async () => {
  const text = (
    await kept([Buffer.alloc(90_000, 'x'), Buffer.alloc(90_000, 'y')], { limit: 1000, isLive: false })
  ).toString();
  assert.equal(
    text,
    `${'x'.repeat(500)}\n[179000 bytes in 0 lines were left out here: the log was longer than 1000 bytes.]\n${'y'.repeat(500)}`,
  );
});
