// What lists of 10,000 runs cost, whole processes beside `node -e 0`, and the latest run and one value in a process that lives.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Repository } from '#store';
import { plainRuns, writeRuns } from '../../store/maintenance/fixture-runs.ts';
import { connect } from '../connect.ts';

const RUNS = 10_000;
const FLOW = join(import.meta.dirname, '../../dist/tui/flow.js');
const folder = mkdtempSync(join(tmpdir(), 'oxbow-bench-'));

function best(tries: number, run: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < tries; count += 1) {
    const start = performance.now();
    run();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

function processOf(...words: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: folder, maxBuffer: 1e9 });
  if (status !== 0) throw new Error(String(stderr));
}

try {
  const path = join(folder, '.flow');
  const repository = Repository.create(path);
  writeRuns(repository, plainRuns(RUNS), 500);
  const node = best(5, () => processOf('-e', '0'));
  const tell = (what: string, took: number, aim?: number) =>
    console.log(
      `${what}: ${took.toFixed(0)} ms, ${(took / node).toFixed(1)} × node -e 0${aim ? `  aim ≤ ${aim}` : ''}`,
    );
  const where = ['--where', 'end/0/index > 9990'];
  console.log(`${RUNS} runs, node -e 0: ${node.toFixed(0)} ms`);
  tell(
    'flow runs -n 1',
    best(3, () => processOf(FLOW, 'runs', 'F', '-n', '1', '--all-users')),
  );
  tell(
    'flow runs, nothing kept',
    best(1, () => processOf(FLOW, 'runs', 'F', '--all-users')),
  );
  tell(
    'flow runs',
    best(5, () => processOf(FLOW, 'runs', 'F', '--all-users')),
    2.5,
  );
  tell(
    'flow runs --where, nothing kept',
    best(1, () => processOf(FLOW, 'runs', 'F', '--all-users', ...where)),
  );
  tell(
    'flow runs --where',
    best(5, () => processOf(FLOW, 'runs', 'F', '--all-users', ...where)),
  );
  tell(
    'flow blame',
    best(3, () => processOf(FLOW, 'blame', 'F/latest/start/0/shared', '--all-users')),
  );

  // As in a store whose refs git has not packed.
  mkdirSync(join(path, 'refs/runs/F'), { recursive: true });
  for (const [name, id] of repository.refs.all('refs/')) writeFileSync(join(path, name), `${id}\n`);
  rmSync(join(path, 'packed-refs'));
  utimesSync(join(path, 'refs/runs/F'), new Date(), new Date(Date.now() - 60_000));
  tell(
    'flow runs, each ref in a file',
    best(3, () => processOf(FLOW, 'runs', 'F', '--all-users')),
  );

  const client = connect({ store: path, namespace: null });
  const latest = () => (client.Flow('F').latestRun.data as { index: number }).index;
  latest();
  console.log(
    `the latest run and one value in a process that lives: ${best(200, latest).toFixed(2)} ms  aim ≤ 3`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
