// What comparing costs: texts against `git diff`, arrays against their SHA-256, tables against reading their cells once, runs against `node -e 0`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromArrays } from 'apache-arrow';
import { FixtureStore, type FixtureTask } from '../fixture-store.ts';
import { compareArrays } from './arrays.ts';
import { compareTables, type TableLike } from './tables.ts';
import { compareText } from './text.ts';

/** Milliseconds, the best of some tries. */
function time(run: () => unknown, tries = 3): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tries; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function tell(what: string, cost: number, baseline: string, of: number): void {
  console.log(
    `${what}: ${cost.toFixed(0)} ms, ${(cost / of).toFixed(2)} x ${baseline} (${of.toFixed(0)} ms)`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'oxbow-bench-'));
try {
  const lines = (word: string) =>
    Array.from({ length: 20_000 }, (_, i) => `${i % 2 ? word : 'same'} ${i}\n`).join('');
  const [old, fresh] = [lines('old'), lines('new')];
  writeFileSync(join(folder, 'a'), old);
  writeFileSync(join(folder, 'b'), fresh);
  const git = time(() => spawnSync('git', ['diff', '--no-index', 'a', 'b'], { cwd: folder, maxBuffer: 1e9 }));
  tell(
    '20,000 lines, every second changed',
    time(() => compareText(old, fresh)),
    'git diff --no-index',
    git,
  );

  const a = Float64Array.from({ length: 1e7 }, (_, i) => Math.sin(i));
  const b = a.map((value, i) => (i % 10 ? value : value + 1e-3));
  const digests = time(() => [a, b].map((list) => createHash('sha256').update(list).digest()));
  tell(
    'two arrays of 10 million numbers',
    time(() => compareArrays(a, b)),
    'their SHA-256',
    digests,
  );

  const table = (shift: number) =>
    tableFromArrays({
      id: Int32Array.from({ length: 1e6 }, (_, i) => i + shift),
      x: Float64Array.from({ length: 1e6 }, (_, i) => ((i + shift) % 100 ? i + shift : shift)),
    }) as TableLike;
  const [before, after] = [table(0), table(1000)];
  const read = time(() => {
    for (const one of [before, after])
      for (const index of [0, 1]) for (let row = 0; row < one.numRows; row++) one.getChildAt(index)?.get(row);
  }, 1);
  tell(
    'two tables of 1 million rows, by key',
    time(() => compareTables(before, after), 1),
    'reading their cells',
    read,
  );

  const store = new FixtureStore(folder);
  const write = (first: number, changed: ReadonlySet<number>) => {
    const tasks = Array.from({ length: 10_000 }, (_, i): FixtureTask => {
      const loss = changed.has(i) ? i + 0.5 : i;
      return { step: 'train', task: String(i), pid: first + i, artifacts: { loss } };
    });
    store.run({ tasks });
  };
  write(1, new Set());
  write(2, new Set([3, 1000, 9999]));
  const start = time(() => spawnSync(process.execPath, ['-e', '0']));
  const compare = () => JSON.stringify(store.client.diff('ForeachFlow~1', 'ForeachFlow'));
  tell('two runs of 10,000 executed tasks with 3 changes, first time', time(compare, 1), 'node -e 0', start);
  tell('two runs of 10,000 executed tasks with 3 changes, again', time(compare), 'node -e 0', start);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
