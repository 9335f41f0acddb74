import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AttemptLog, TaskRecord } from '#store';
import { logLines } from './log-lines.ts';

const START = Date.UTC(2026, 10, 22, 10, 0, 0);

/** A log that holds these bytes; without times they came with the end of the task. */
function logOf(
  output: TaskRecord['output'],
  logs: Readonly<Record<'stdout' | 'stderr', Buffer>>,
): AttemptLog {
  const list = output ?? [
    [9000, 0, logs.stdout.length],
    [9000, 1, logs.stderr.length],
  ];
  return {
    arrivals: () => list.map(([delay, stream, bytes]) => [START + delay, stream, bytes] as const),
    size: (stream) => logs[stream].length,
    read: (stream, from, to) => logs[stream].subarray(from, to),
    readable: (_, from) => from,
  };
}

const linesOf = (output: TaskRecord['output'], stdout: string, stderr = ''): [number, string, string][] =>
  logLines(logOf(output, { stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) })).map(
    ({ time, stream, text }) => [time.getTime() - START, stream, text],
  );

test('lines of both streams interleave as they arrived', () => {
  const output = [
    [10, 0, 4],
    [20, 1, 4],
    [30, 0, 4],
  ] as const;
  assert.deepEqual(linesOf(output, 'one\ntwo\n', 'err\n'), [
    [10, 'stdout', 'one'],
    [20, 'stderr', 'err'],
    [30, 'stdout', 'two'],
  ]);
});

test('a line has the time of its first byte, however many chunks it comes in', () => {
  const output = [
    [10, 0, 2],
    [20, 1, 2],
    [30, 0, 3],
  ] as const;
  assert.deepEqual(linesOf(output, 'abcd\n', 'e\n'), [
    [10, 'stdout', 'abcd'],
    [20, 'stderr', 'e'],
  ]);
});

test('a character cut by a chunk is put together', () => {
  const output = [
    [1, 0, 2],
    [2, 0, 3],
  ] as const;
  assert.deepEqual(linesOf(output, '😀\n'), [[1, 'stdout', '😀']]);
});

test('empty lines stay, and a last line needs no newline', () => {
  assert.deepEqual(linesOf([[5, 0, 5]], 'a\n\nbc'), [
    [5, 'stdout', 'a'],
    [5, 'stdout', ''],
    [5, 'stdout', 'bc'],
  ]);
});

test('without recorded times all lines are there, at the end of the task', () => {
  assert.deepEqual(linesOf(undefined, 'a\n', 'b\n'), [
    [9000, 'stdout', 'a'],
    [9000, 'stderr', 'b'],
  ]);
});

test('whatever the chunks, no text is lost and each stream keeps its order', () => {
  const chunks = fc.array(
    fc.record({
      which: fc.constantFrom(0 as const, 1 as const),
      text: fc.string({ unit: fc.constantFrom('a', 'ä', '\n') }),
    }),
  );
  fc.assert(
    fc.property(chunks, (parts) => {
      const logs = ['', ''];
      const output = parts.map(({ which, text }, at) => {
        logs[which] += text;
        return [at, which, Buffer.byteLength(text)] as const;
      });
      const [stdout = '', stderr = ''] = logs;
      const lines = linesOf(output, stdout, stderr);
      const joined = (stream: string): string =>
        lines
          .filter(([, from]) => from === stream)
          .map(([, , text]) => text)
          .join('\n');
      assert.equal(joined('stdout'), stdout.replace(/\n$/, ''));
      assert.equal(joined('stderr'), stderr.replace(/\n$/, ''));
    }),
  );
});
