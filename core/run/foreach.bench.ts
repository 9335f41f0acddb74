// What one trivial task of a foreach costs, as a part of one bare start of Node (N): whole `flow run` processes, start to exit.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const command = join(root, 'dist/tui/flow.js');
const flow = join(root, 'fixtures/flows/wide.ts');
const folder = mkdtempSync(join(tmpdir(), 'oxbow-bench-'));

function seconds(args: readonly string[]): { readonly wall: number; readonly memory: number } {
  const start = performance.now();
  const report = spawnSync('/usr/bin/env', ['time', '-f', '%M', process.execPath, ...args], {
    encoding: 'utf8',
  });
  const wall = (performance.now() - start) / 1000;
  if (report.status !== 0) throw new Error(report.stderr);
  return { wall, memory: Number(report.stderr.trim().split('\n').at(-1)) / 1024 };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const store = join(folder, '.flow');
const runWide = (width: number) =>
  seconds([command, 'run', flow, '--width', String(width), '--store', store, '--quiet']);

try {
  runWide(10); // Compiles the flow.
  const bare: number[] = [];
  for (let i = 0; i < 9; i += 1) bare.push(seconds(['-e', '0']).wall);
  const n = median(bare);
  console.log(`one \`node -e 0\` (N): ${(n * 1000).toFixed(0)} ms`);
  for (const [width, times] of [
    [100, 3],
    [1000, 5],
    [10_000, 3],
  ] as const) {
    const runs = Array.from({ length: times }, () => runWide(width));
    const wall = median(runs.map((run) => run.wall));
    const memory = Math.max(...runs.map((run) => run.memory));
    const each = wall / width;
    console.log(
      `foreach of ${width}: ${(wall / n).toFixed(1)} N in all, N/${(n / each).toFixed(0)} a task ` +
        `(${(each * 1000).toFixed(2)} ms), scheduler memory ${memory.toFixed(0)} MB`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
