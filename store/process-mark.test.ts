import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import {
  isAlive,
  isWordOfDead,
  parseProcessMark,
  processMark,
  processWord,
  thisProcess,
} from './process-mark.ts';

const LINUX = existsSync('/proc/self/stat');

test('a mark says what its process is, and an older one says what it can', () => {
  const { pid, host, boot } = thisProcess();
  const whole = { pid, host, boot: 'b', start: 5, space: 4026531836 };
  assert.deepEqual(parseProcessMark(processMark(whole)), whole);
  assert.deepEqual(parseProcessMark(processMark(thisProcess())), thisProcess());
  const older = parseProcessMark(`pid ${pid} host ${host} boot ${boot ?? ''}`);
  assert.deepEqual(older, { pid, host, ...(boot ? { boot } : {}) });
  assert.equal(older && isAlive(older), true);
  for (const text of ['', 'pid x host h boot b', `${processMark(whole)} more`])
    assert.equal(parseProcessMark(text), undefined);
});

test('a process is alive, dead, or out of sight', () => {
  const here = thisProcess();
  assert.equal(isAlive(here), true);
  assert.equal(isAlive({ ...here, pid: 0x7fff_fff0 }), false);
  assert.equal(isAlive({ ...here, boot: 'before' }), false);
  assert.equal(isAlive({ ...here, host: 'elsewhere' }), undefined);
});

test('a pid that was given away again is not taken for the process, nor one of another container', {
  skip: !LINUX && 'needs /proc',
}, () => {
  const here = thisProcess();
  assert.equal(isAlive({ ...here, start: (here.start ?? 0) - 1 }), false);
  assert.equal(isAlive({ ...here, space: 1 }), undefined);
});

test('a process that has ended and that nobody has noticed is dead', {
  skip: !LINUX && 'needs /proc',
}, async () => {
  // The shell starts a process that ends, and does not wait for it.
  const shell = spawn('sh', ['-c', 'true & echo $!; exec sleep 20'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [pid] = await once(shell.stdout.setEncoding('utf8'), 'data');
  const { start: _, ...here } = thisProcess();
  const record = { ...here, pid: Number(pid) };
  for (let i = 0; i < 100 && isAlive(record); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(isAlive(record), false);
  shell.kill();
  await once(shell, 'close');
});

test('the word of a process tells that it is dead, and nothing of a process elsewhere', () => {
  const here = thisProcess();
  assert.equal(isWordOfDead(processWord(here)), false);
  assert.equal(isWordOfDead(processWord({ ...here, pid: 0x7fff_fff0 })), true);
  assert.equal(isWordOfDead(processWord({ ...here, pid: 0x7fff_fff0, host: 'elsewhere' })), false);
  for (const word of ['', '1', '1-2', 'x-1-00000000']) assert.equal(isWordOfDead(word), false);
});
