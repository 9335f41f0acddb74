// What 1,000 async tasks cost that each wait a second, with concurrency and in processes of their own: whole `flow run` processes, start to
// exit, against one bare start of Node (N) and the bare wait.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'oxbow-bench-'));
const TASKS = 1000;
const SECONDS = 1;

function flowWith(concurrency: number): string {
  const path = join(folder, `wait-${concurrency}.ts`);
  writeFileSync(
    path,
    `import { setTimeout as sleep } from 'node:timers/promises';
     import { FlowSpec, Parameter, step } from 'oxbow';
     export default class WaitFlow extends FlowSpec {
       tasks = Parameter('tasks', { default: 1 });
       @step start() { this.items = Array.from({ length: this.tasks }, (_, i) => i); this.next(this.wait, { foreach: 'items' }); }
       @step({ concurrency: ${concurrency} }) async wait() {
         await sleep(${SECONDS * 1000});
         console.log('waited', this.index);
         this.result = this.index * 2;
         this.next(this.join);
       }
       @step join(inputs) { this.sum = inputs.reduce((sum, one) => sum + one.result, 0); this.next(this.end); }
       @step end() {}
     }`,
  );
  return path;
}

function seconds(args: readonly string[]): { readonly wall: number; readonly memory: number } {
  const start = performance.now();
  const report = spawnSync('/usr/bin/env', ['time', '-f', '%M', process.execPath, ...args], {
    encoding: 'utf8',
  });
  const wall = (performance.now() - start) / 1000;
  if (report.status !== 0) throw new Error(report.stderr);
  return { wall, memory: Number(report.stderr.trim().split('\n').at(-1)) / 1024 };
}

const run = (file: string, tasks: number, workers: number) =>
  seconds([
    ...[join(root, 'dist/tui/flow.js'), 'run', file, '--tasks', String(tasks), '--quiet'],
    ...['--store', join(folder, '.flow'), '--max-workers', String(workers)],
  ]);

try {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const bare = Math.min(...Array.from({ length: 7 }, () => seconds(['-e', '0']).wall));
  console.log(`one \`node -e 0\` (N): ${(bare * 1000).toFixed(0)} ms; the bare wait: ${SECONDS} s`);
  for (const [concurrency, workers] of [
    [100, 4],
    [1000, 4],
    [1000, 1],
  ] as const) {
    const file = flowWith(concurrency);
    run(file, 1, 1); // Compiles the flow.
    const runs = Array.from({ length: 3 }, () => run(file, TASKS, workers));
    const wall = Math.min(...runs.map((one) => one.wall));
    const memory = Math.max(...runs.map((one) => one.memory));
    console.log(
      `${TASKS} tasks, concurrency ${concurrency}, ${workers} workers: ${wall.toFixed(2)} s, ` +
        `${(wall / SECONDS).toFixed(1)} x the bare wait (aim 10), N/${(bare / ((wall - SECONDS) / TASKS)).toFixed(0)} a task beyond it, ` +
        `memory of a process at most ${memory.toFixed(0)} MB`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
