import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { FlowRig, masked } from './rig/flow-rig.ts';
import { SLOW } from './rig/flows.ts';

interface Followed {
  readonly child: ChildProcess;
  /** Resolves when the text has been printed on stdout or stderr. */
  until(text: string): Promise<void>;
  /** Exit code and all output. */
  readonly end: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

function follow(child: ChildProcess): Followed {
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.on('data', (chunk: Buffer) => {
      text[stream] += chunk.toString();
    });
  const until = async (wanted: string): Promise<void> => {
    while (!(text.stdout + text.stderr).includes(wanted)) {
      if (child.exitCode !== null)
        throw new Error(`It ended without ${wanted}: ${text.stdout}${text.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return {
    child,
    until,
    end: once(child, 'close').then(([code]) => ({ code: code as number | null, ...text })),
  };
}

function slowRig(): FlowRig {
  const rig = FlowRig.create();
  rig.write('slow.ts', SLOW);
  return rig;
}

const statusOf = (rig: FlowRig): string => rig.flow('runs').stdout.split('\t')[1] ?? '';

const fsck = (rig: FlowRig): string =>
  execFileSync('git', ['--git-dir', join(rig.folder, '.flow'), 'fsck', '--strict'], { encoding: 'utf8' });

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} lets running tasks finish, starts no others and records the interruption`, async () => {
    using rig = slowRig();
    const run = follow(rig.start('run', 'slow.ts', '--ms', '700', '--max-workers', '2'));
    await run.until('waiting');
    run.child.kill(signal);
    const { code, stdout, stderr } = await run.end;
    assert.equal(code, 130);
    assert.match(stdout, /Interrupted: no new tasks start\. [12] running tasks? may finish within 5 s\./);
    assert.match(stdout, /wait\/0 \(pid \d+\)\] Task finished successfully\./);
    assert.match(stdout, /Workflow interrupted after/);
    assert.match(
      masked(stderr),
      /^Press Ctrl-C again to kill them now\.\nThe run was interrupted\.\nhint: .*\n {2}flow show SlowFlow\/<run>\nhint: .*\n {2}flow resume slow\.ts\n$/,
    );
    assert.equal(statusOf(rig), 'interrupted');
    assert.equal(fsck(rig), '');
  });
}

test('Ctrl-C twice kills what runs', async () => {
  using rig = slowRig();
  const run = follow(rig.start('run', 'slow.ts', '--max-workers', '2'));
  await run.until('waiting');
  run.child.kill('SIGINT');
  await run.until('Press Ctrl-C again');
  run.child.kill('SIGINT');
  const { code, stdout, stderr } = await run.end;
  assert.equal(code, 130);
  assert.match(stdout, /wait\/0 \(pid \d+\)\] Task was killed\./);
  assert.match(
    stderr,
    /Killing the running tasks\.\nThe run was interrupted\. [12] tasks? did not finish: wait/,
  );
  assert.equal(statusOf(rig), 'interrupted');
  assert.equal(fsck(rig), '');
});

test('an interruption before the run exists leaves no run', async () => {
  using rig = FlowRig.create();
  rig.write(
    'slow.ts',
    `console.log('loading'); await new Promise((resolve) => setTimeout(resolve, 60000));\n${SLOW}`,
  );
  const run = follow(rig.start('run', 'slow.ts'));
  await run.until('loading');
  run.child.kill('SIGINT');
  assert.notEqual((await run.end).code, 0);
  assert.equal(rig.flow('runs').code, 1);
});
