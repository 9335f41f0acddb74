import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { OutputLines } from './output-lines.ts';

function rig() {
  const texts: string[] = [];
  const open: string[] = [];
  const lines = new OutputLines({
    onText: (text) => texts.push(text),
    onOpenLine: (text) => open.push(text),
  });
  return { lines, texts, open };
}

test('an open line is told after a while, and again when it has grown, until it is whole', async () => {
  const { lines, texts, open } = rig();
  lines.take(Buffer.from('loading'));
  assert.deepEqual(open, []);
  await sleep(130);
  assert.deepEqual(open, ['loading']);
  lines.take(Buffer.from(' more'));
  await sleep(130);
  assert.deepEqual(open, ['loading', 'loading more']);
  lines.take(Buffer.from(' done\n'));
  await sleep(130);
  assert.deepEqual([open.length, texts], [2, ['loading more done']]);
});

test('a progress bar of megabytes without a line end is bounded, and its last state is told', () => {
  const { lines, texts } = rig();
  for (let i = 0; i <= 100_000; i += 1) lines.take(Buffer.from(`\r${i} of 100000 ${'='.repeat(60)}`));
  lines.take(Buffer.from('\n'));
  assert.equal(texts.length, 1);
  assert.ok((texts[0] ?? '').length < 70_000);
  assert.match(texts[0] ?? '', /\r100000 of 100000 =+$/);
});

test('a bar that writes its carriage return last keeps its last state', () => {
  const { lines, texts } = rig();
  for (let i = 0; i <= 2000; i += 1) lines.take(Buffer.from(`${i} of 2000 ${'='.repeat(60)}\r`));
  lines.end();
  assert.match(texts.join(), /2000 of 2000 =+\r$/);
});

test('a line of megabytes comes in pieces, no character torn', () => {
  const { lines, texts } = rig();
  const line = Buffer.from('grün ✓ 🎉 '.repeat(200_000));
  for (let at = 0; at < line.length; at += 4099) lines.take(line.subarray(at, at + 4099));
  lines.end();
  assert.ok(texts.length > 10);
  assert.ok(texts.every((text) => text.length < 70_000));
  assert.equal(texts.join(''), line.toString());
});

test('bytes that are no text are told as well as may be, and end nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), (chunks) => {
      const { lines, texts } = rig();
      for (const chunk of chunks) lines.take(Buffer.from(chunk));
      lines.end();
      const all = Buffer.concat(chunks).toString();
      assert.equal(texts.join('\n'), all.endsWith('\n') ? all.slice(0, -1) : all);
    }),
  );
});
