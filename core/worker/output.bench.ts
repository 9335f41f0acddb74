// 100 MB of output of one task, a million lines: against a bare Node that writes the same into a pipe that `cat` reads. Whole
// `flow run` processes, and the peak memory of the scheduler and its workers above those of a run that writes ten lines.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'oxbow-bench-'));
const LINES = 1_000_000;
const BARE = `for (let i = 0; i < ${LINES}; i += 1) console.log(('line ' + i + ' ').padEnd(99, 'abcdefgh'))`;

/** Seconds, and the largest megabytes seen of the process and of its children. */
async function measured(lines: number): Promise<{ wall: number; scheduler: number; workers: number }> {
  const start = performance.now();
  const words = [join(root, 'dist/tui/flow.js'), 'run', join(root, 'fixtures/flows/chatty.ts')];
  const options = ['--lines', String(lines), '--store', join(folder, '.flow'), '--quiet'];
  const child = spawn(process.execPath, [...words, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
  const peaks = { scheduler: 0, workers: 0 };
  const timer = setInterval(() => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const status = statusOf(pid);
      const megabytes = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
      if (pid === String(child.pid)) peaks.scheduler = Math.max(peaks.scheduler, megabytes);
      else if (new RegExp(`PPid:\\s+${child.pid}\n`).test(status))
        peaks.workers = Math.max(peaks.workers, megabytes);
    }
  }, 50);
  const [code] = (await once(child, 'exit')) as [number];
  clearInterval(timer);
  if (code !== 0) throw new Error(`flow run ended with ${code}`);
  return { wall: (performance.now() - start) / 1000, ...peaks };
}

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

function seconds(line: string): number {
  const start = performance.now();
  const { status } = spawnSync('bash', ['-c', line], { stdio: 'ignore' });
  if (status !== 0) throw new Error(line);
  return (performance.now() - start) / 1000;
}

try {
  await measured(10);
  const idle = await measured(10);
  const node = Math.min(
    ...[0, 1, 2].map(() => seconds(`'${process.execPath}' -e "${BARE}" | cat >/dev/null`)),
  );
  const runs = [await measured(LINES), await measured(LINES), await measured(LINES)];
  const wall = Math.min(...runs.map((run) => run.wall));
  const scheduler = Math.max(...runs.map((run) => run.scheduler)) - idle.scheduler;
  const workers = Math.max(...runs.map((run) => run.workers)) - idle.workers;
  console.log(
    `100 MB of output: flow run ${(wall / node).toFixed(1)} x node | cat (${node.toFixed(1)} s), ` +
      `memory +${scheduler.toFixed(0)} MB scheduler, +${workers.toFixed(0)} MB worker`,
  );
  const logs = seconds(
    `'${process.execPath}' '${join(root, 'dist/tui/flow.js')}' logs ChattyFlow/latest/start/0 --store '${folder}/.flow' --all-users`,
  );
  console.log(`flow logs of it: ${(logs / node).toFixed(1)} x`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
