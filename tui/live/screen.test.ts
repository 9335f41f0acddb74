import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Output } from '../output.ts';
import { type Text, text, textOf } from '../plain/text.ts';
import { paper } from '../rig/paper.ts';
import { VirtualScreen } from '../rig/virtual-screen.ts';
import { LiveScreen } from './screen.ts';

/** A terminal, its screen, and a window that can be made narrower. */
function terminal(columns: number): { readonly output: Output; readonly screen: VirtualScreen } {
  const screen = new VirtualScreen(columns);
  const output = { ...paper({ columns }), write: (words: Text) => screen.write(String(words)) };
  return { output, screen };
}

test('lines stay above the block, which is drawn anew below them', async () => {
  const { output, screen } = terminal(40);
  let count = 0;
  const live = new LiveScreen(output, () => [text`count ${count}`, text`second line`]);
  live.say(text`one`);
  await sleep(60);
  assert.equal(screen.text, 'one\ncount 0\nsecond line');
  count = 1;
  live.say(text`two`);
  live.say(text`three`);
  await sleep(60);
  assert.equal(screen.text, 'one\ntwo\nthree\ncount 1\nsecond line');
  live.close();
  assert.equal(screen.text, 'one\ntwo\nthree');
});

test('a block that is to stay is drawn once more, and nothing said is lost', () => {
  const { output, screen } = terminal(40);
  const live = new LiveScreen(output, () => [text`the block`]);
  live.say(text`one`);
  live.close({ keepBlock: true });
  assert.equal(screen.text, 'one\nthe block');
});

test('a block that grows and shrinks leaves nothing behind', async () => {
  const { output, screen } = terminal(40);
  let lines = 'abcd'.split('').map(textOf);
  const live = new LiveScreen(output, () => lines);
  await sleep(120);
  assert.equal(screen.text, 'a\nb\nc\nd');
  lines = [text`e`];
  await sleep(120);
  assert.equal(screen.text, 'e');
  live.close();
  assert.equal(screen.text, '');
});

test('a window made narrower has broken the lines of the block: all of it is taken away', async () => {
  const wide = paper({ columns: 40 });
  let written = '';
  let columns = 40;
  const output: Output = {
    ...wide,
    get columns() {
      return columns;
    },
    write: (data) => {
      written += String(data);
    },
  };
  const live = new LiveScreen(output, () => [textOf('x'.repeat(30)), text`y`]);
  await sleep(120);
  columns = 10;
  live.close();
  assert.match(written, /\x1b\[4A\r\x1b\[J\x1b\[\?2026l$/);
});
