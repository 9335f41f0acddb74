import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../events.ts';
import { Running, type RunReports } from './running.ts';

const output = (text: string): RunEvent => ({
  ...{ type: 'task-output', time: 0, pid: 1, stream: 'stdout', text },
  task: { step: 'start', task: '0', attempt: 0 },
});

/** A run that reports these events and has ended. */
const ended = (events: Iterable<RunEvent>): Running<string> =>
  new Running<string>(async ({ onEvent, onRun }: RunReports<string>) => {
    onRun('run');
    for (const event of events) onEvent(event);
    return 'run';
  });

async function textsOf(running: Running<string>): Promise<string[]> {
  const texts: string[] = [];
  for await (const event of running) if (event.type === 'task-output') texts.push(event.text);
  return texts;
}

function* outputs(count: number, text = (at: number) => String(at)): Iterable<RunEvent> {
  for (let at = 0; at < count; at += 1) yield output(text(at));
}

test('who asks first gets all events, also after the end', async () => {
  const running = ended(outputs(9000));
  await running;
  const texts = await textsOf(running);
  assert.deepEqual([texts.length, texts[0]], [9000, '0']);
  assert.deepEqual(await textsOf(running), []);
});

test('of very many events that nobody has asked for the latest are held', async () => {
  const running = ended(outputs(25_000));
  await running;
  const texts = await textsOf(running);
  assert.deepEqual([texts.length, texts[0], texts.at(-1)], [10_000, '15000', '24999']);
});

test('of much output that nobody has asked for the latest is held', async () => {
  const running = ended(outputs(100, (at) => `${at} ${'x'.repeat(1 << 20)}`));
  await running;
  const texts = await textsOf(running);
  assert.equal(texts.length, 15);
  assert.ok(texts[0]?.startsWith('85 '));
});

test('who asks at once misses nothing, however many there are', async () => {
  let report: RunReports<string>['onEvent'] | undefined;
  let finish: ((run: string) => void) | undefined;
  const running = new Running<string>(({ onEvent }) => {
    report = onEvent;
    return new Promise((resolve) => {
      finish = resolve;
    });
  });
  const texts = textsOf(running);
  await Promise.resolve();
  for (const event of outputs(25_000)) report?.(event);
  finish?.('run');
  assert.equal((await texts).length, 25_000);
});

test('a run that cannot begin rejects for who asks for its events', async () => {
  const running = new Running<string>(async () => {
    throw new Error('no');
  });
  await assert.rejects(textsOf(running), /no/);
});
