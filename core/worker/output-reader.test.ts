import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { frameText } from './output-frames.ts';
import { OutputLines } from './output-lines.ts';
import { OutputReader } from './output-reader.ts';

const MARK = '\0c0ffee\0';
const end = (order: number): string => frameText(MARK, { kind: 'end', order });
const from = (order?: number): string => frameText(MARK, { kind: 'from', order });

/** A reader and what its tasks are given. */
function rig() {
  const stream = new PassThrough();
  const reader = new OutputReader(stream, MARK);
  let last = 0;
  const expect = () => {
    last += 1;
    const bytes: Buffer[] = [];
    const heard: string[] = [];
    const lines = new OutputLines({ onText: (text) => heard.push(text), onOpenLine: () => {} });
    const taker = {
      take(chunk: Buffer) {
        bytes.push(chunk);
        lines.take(chunk);
      },
      end: () => lines.end(),
    };
    const output = reader.expect(last, taker).then(() => Buffer.concat(bytes));
    return { heard, output, text: () => Buffer.concat(bytes).toString() };
  };
  return { reader, expect, send: (bytes: string | Uint8Array) => stream.emit('data', Buffer.from(bytes)) };
}

test('lines are heard when they are whole, what is left at the end; bytes are kept as they came', async () => {
  const { expect, send } = rig();
  const task = expect();
  send('one\ntw');
  assert.deepEqual(task.heard, ['one']);
  send('o\nthree');
  assert.deepEqual(task.heard, ['one', 'two']);
  send(end(1));
  assert.equal((await task.output).toString(), 'one\ntwo\nthree');
  assert.deepEqual(task.heard, ['one', 'two', 'three']);
});

test('a task that writes nothing has nothing', async () => {
  const { expect, send } = rig();
  const task = expect();
  send(end(1));
  assert.equal((await task.output).length, 0);
  assert.deepEqual(task.heard, []);
});

test('several tasks ordered ahead get their own', async () => {
  const { expect, send } = rig();
  const [first, second] = [expect(), expect()];
  send(`a${end(1)}b\n${end(2)}`);
  assert.equal((await first.output).toString(), 'a');
  assert.equal((await second.output).toString(), 'b\n');
});

test('what was written before the first task belongs to it', async () => {
  const { expect, send } = rig();
  send('loaded\nhalf');
  const task = expect();
  assert.deepEqual(task.heard, ['loaded']);
  send(` line\n${end(1)}`);
  assert.equal((await task.output).toString(), 'loaded\nhalf line\n');
  assert.deepEqual(task.heard, ['loaded', 'half line']);
});

test('what a dead worker wrote is cut off where it ended, the beginning of a mark included', () => {
  const { reader, expect, send } = rig();
  const task = expect();
  send(`last words\0c0f`);
  assert.deepEqual(task.heard, []);
  reader.cut(1);
  assert.equal(task.text(), 'last words\0c0f');
  assert.deepEqual(task.heard, ['last words\0c0f']);
});

test('a character cut in two is heard whole', async () => {
  const { expect, send } = rig();
  const task = expect();
  const bytes = Buffer.from('grün ✓\n');
  for (const byte of bytes) send(Buffer.of(byte));
  send(end(1));
  assert.deepEqual(task.heard, ['grün ✓']);
  assert.equal((await task.output).toString(), 'grün ✓\n');
});

test('however the bytes are cut, each task gets exactly its own', async () => {
  const part = fc.constantFrom('a', '\n', '\0', '\0c0ffe', 'c0ffee\0', '\0\0', 'ü', '0');
  const outputs = fc.array(
    fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
    { minLength: 1, maxLength: 4 },
  );
  const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 7 }));
  await fc.assert(
    fc.asyncProperty(outputs, cuts, async (texts, cut) => {
      // Only a text that holds the mark itself, which is random, could be taken for its end.
      fc.pre(texts.every((text) => !`${text}${MARK}`.slice(0, -1).includes(MARK)));
      const { expect, send } = rig();
      const tasks = texts.map(expect);
      const bytes = Buffer.from(texts.map((text, i) => text + end(i + 1)).join(''));
      for (let at = 0; at < bytes.length; ) {
        const size = cut.next().value ?? 1;
        send(bytes.subarray(at, at + size));
        at += size;
      }
      for (const [i, text] of texts.entries()) {
        const task = tasks[i];
        assert.equal((await task?.output)?.toString(), text);
        assert.equal(task?.heard.join('\n'), text.endsWith('\n') ? text.slice(0, -1) : text);
      }
    }),
    { numRuns: 300 },
  );
});

test('while somebody who is told of the output is behind, nothing more is read', async () => {
  const stream = new PassThrough();
  const slow = new OutputReader(stream, MARK);
  let release: () => void = () => {};
  const waiting = slow.waitFor(new Promise((resolve) => (release = resolve)));
  assert.equal(stream.isPaused(), true);
  release();
  await waiting;
  assert.equal(stream.isPaused(), false);
  assert.equal(slow.early(), '');
});

test('tasks side by side get what is theirs; the rest goes to the one that was ordered first', async () => {
  const { expect, send } = rig();
  const [first, second] = [expect(), expect()];
  send(`${from(2)}b1\n${from()}${from(1)}a1\n${from()}native\n${from(2)}b2\n${from()}`);
  send(`${end(1)}${from(1)}too late\n${from()}more\n${end(2)}`);
  assert.equal((await first.output).toString(), 'a1\nnative\n');
  assert.equal((await second.output).toString(), 'b1\nb2\nmore\n');
});

test('a frame that comes in pieces is one', async () => {
  const { expect, send } = rig();
  const [first, second] = [expect(), expect()];
  for (const byte of Buffer.from(`${from(2)}x${from()}${from(1)}y${from()}${end(2)}${end(1)}`))
    send(Buffer.of(byte));
  assert.equal((await first.output).toString(), 'y');
  assert.equal((await second.output).toString(), 'x');
});
