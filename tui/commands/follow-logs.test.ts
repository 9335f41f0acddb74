import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '#client';
import { FlowRig } from '../rig/flow-rig.ts';

/** Two tasks that write a line, wait to be let on by a file, write another, and fail if they are told to. */
const GATED = `import { existsSync } from 'node:fs';
import { FlowSpec, Parameter, step, type Inputs } from 'oxbow';

const gate = async (name: string) => {
  while (!existsSync(name)) await new Promise((resolve) => setTimeout(resolve, 20));
};

export default class GatedFlow extends FlowSpec {
  fail = Parameter('fail', { default: false });
  items = [0, 1];
  @step start() { this.next(this.work, { foreach: 'items' }); }
  @step async work() {
    console.log('begin', this.input);
    await gate('open');
    console.error('end', this.input);
    if (this.fail && this.input === 1) throw new Error('no luck');
    this.next(this.join);
  }
  @step async join(_: Inputs<GatedFlow>) { await gate('join'); process.stdout.write('joined'); this.next(this.end); }
  @step end() {}
}
`;

function gatedRig(): FlowRig {
  const rig = FlowRig.create();
  rig.write('gated.ts', GATED);
  return rig;
}

interface Spoken {
  readonly child: ChildProcess;
  readonly text: { stdout: string; stderr: string };
  until(wanted: string): Promise<void>;
  readonly code: Promise<number | null>;
}

function listen(child: ChildProcess): Spoken {
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.on('data', (chunk: Buffer) => {
      text[stream] += chunk.toString();
    });
  const until = async (wanted: string): Promise<void> => {
    for (let waits = 0; !text.stdout.includes(wanted); waits += 1) {
      assert.ok(waits < 1500, `It never wrote ${wanted}: ${JSON.stringify(text)}`);
      await sleep(20);
    }
  };
  return { child, text, until, code: once(child, 'close').then(([code]) => code as number | null) };
}

const sorted = (text: string): string[] => text.trimEnd().split('\n').sort();

const liveFolder = (rig: FlowRig): string => join(rig.folder, '.flow', 'oxbow-live', 'GatedFlow');

test('what tasks write is read while they run, and followed to the end of the run', async () => {
  using rig = gatedRig();
  const run = listen(rig.start('run', 'gated.ts'));
  await run.until('begin 1');
  const [whole, task, later] = [
    listen(rig.start('logs', '-f', 'GatedFlow')),
    listen(rig.start('logs', '--follow', 'GatedFlow/latest/work/1', '--stderr')),
    listen(rig.start('logs', '-f', 'GatedFlow/latest/join/0')),
  ];
  await whole.until('begin 1');
  await whole.until('begin 0');
  assert.deepEqual(sorted(rig.flow('logs', 'GatedFlow').stdout), ['[work/0] begin 0', '[work/1] begin 1']);
  assert.equal(rig.flow('logs', 'GatedFlow/latest/work/0').stdout, 'begin 0\n');
  const seen = connect({ store: join(rig.folder, '.flow'), namespace: null }).Task('GatedFlow/latest/work/1');
  assert.deepEqual(
    [seen.stdout, seen.finished, seen.successful, seen.finishedAt],
    ['begin 1\n', false, false, null],
  );
  assert.deepEqual(
    seen.logLines().map(({ stream, text }) => [stream, text]),
    [['stdout', 'begin 1']],
  );
  execFileSync('git', ['--git-dir', join(rig.folder, '.flow'), 'fsck', '--strict', '--no-dangling']);
  rig.write('open', '');
  assert.equal(await task.code, 0);
  assert.equal(task.text.stdout, 'end 1\n');
  assert.deepEqual([seen.finished, seen.stderr], [true, 'end 1\n']);
  rig.write('join', '');
  assert.deepEqual([await run.code, await whole.code, await later.code], [0, 0, 0]);
  assert.deepEqual(sorted(whole.text.stdout), [
    '[join/0] joined',
    '[work/0] begin 0',
    '[work/0] end 0',
    '[work/1] begin 1',
    '[work/1] end 1',
  ]);
  assert.equal(later.text.stdout, 'joined\n');
  assert.deepEqual([whole.text.stderr, task.text.stderr, later.text.stderr], ['', '', '']);
  assert.equal(existsSync(liveFolder(rig)), false, 'what is recorded leaves no files');
});

test('to follow what fails ends with 1 and the reason', async () => {
  using rig = gatedRig();
  const run = listen(rig.start('run', 'gated.ts', '--fail', 'true'));
  await run.until('begin 1');
  const whole = listen(rig.start('logs', '-f', 'GatedFlow'));
  const task = listen(rig.start('logs', '-f', 'GatedFlow/latest/work/1'));
  const never = listen(rig.start('logs', '-f', 'GatedFlow/latest/join/0'));
  rig.write('open', '');
  assert.deepEqual([await run.code, await whole.code, await task.code, await never.code], [1, 1, 1, 1]);
  assert.match(whole.text.stderr, /^The run GatedFlow\/\S+ failed\.\n$/);
  assert.match(task.text.stderr, /^work\/1 failed: Error: no luck\n/);
  assert.match(never.text.stderr, /failed and has no task of step "join"/);
});

test('a run that crashed ends the following, and what it wrote stays to be read', async () => {
  using rig = gatedRig();
  const run = listen(rig.start('run', 'gated.ts'));
  await run.until('begin 1');
  await run.until('begin 0');
  const whole = listen(rig.start('logs', '-f', 'GatedFlow'));
  await whole.until('begin 1');
  run.child.kill('SIGKILL');
  assert.equal(await whole.code, 1);
  assert.match(
    whole.text.stderr,
    /^The run GatedFlow\/\S+ crashed: its process is gone, and this is all its tasks wrote\.\n$/,
  );
  assert.deepEqual(sorted(rig.flow('logs', 'GatedFlow').stdout), ['[work/0] begin 0', '[work/1] begin 1']);
});

test('Ctrl-C ends the following quietly', async () => {
  using rig = gatedRig();
  const run = listen(rig.start('run', 'gated.ts'));
  await run.until('begin 1');
  const whole = listen(rig.start('logs', '-f', 'GatedFlow'));
  await whole.until('begin 1');
  whole.child.kill('SIGINT');
  assert.equal(await whole.code, 130);
  assert.equal(whole.text.stderr, '');
  rig.write('open', '');
  rig.write('join', '');
  assert.equal(await run.code, 0);
});
