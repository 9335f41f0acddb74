// What reading many small artifacts costs: 10,000 of 100 tasks through the client, each once, beside reading as many small
// files. Run it by `node --import tsx client/many-reads.bench.ts`.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FixtureStore } from './fixture-store.ts';

const ROUNDS = 9;
const TASKS = 100;
const ARTIFACTS = 100;
const AIM = 3;
const folder = mkdtempSync(join(tmpdir(), 'oxbow-bench-'));

const metric = (task: number, i: number) => ({ task, i, accuracy: Math.sin(task * ARTIFACTS + i) });

/** Microseconds that each of all the reads takes. */
function perRead(read: () => number): number {
  const started = performance.now();
  const sum = read();
  const took = performance.now() - started;
  if (!(Math.abs(sum) > 0)) throw new Error('The values are not those that were stored.');
  return (1000 * took) / (TASKS * ARTIFACTS);
}

function readFiles(): number {
  let sum = 0;
  for (let i = 0; i < TASKS * ARTIFACTS; i++) sum += readFileSync(join(folder, 'files', `${i}.json`)).length;
  return sum;
}

// A client of its own, as in a new process: nothing has been read before.
function readArtifacts(store: FixtureStore): number {
  let sum = 0;
  for (const { data } of store.client.Run('ForeachFlow/latest').step('start').tasks())
    for (let i = 0; i < ARTIFACTS; i++) sum += (data[`metric${i}`] as ReturnType<typeof metric>).accuracy;
  return sum;
}

try {
  const tasks = Array.from({ length: TASKS }, (_, task) => ({
    step: 'start',
    task: String(task),
    artifacts: Object.fromEntries(
      Array.from({ length: ARTIFACTS }, (_, i) => [`metric${i}`, metric(task, i)]),
    ),
  }));
  const store = new FixtureStore(folder);
  store.run({ tasks });
  mkdirSync(join(folder, 'files'));
  for (let i = 0; i < TASKS * ARTIFACTS; i++)
    writeFileSync(join(folder, 'files', `${i}.json`), JSON.stringify(metric(i % TASKS, i), null, 2));
  const rounds = Array.from({ length: ROUNDS }, () => {
    return { theirs: perRead(readFiles), ours: perRead(() => readArtifacts(store)) };
  });
  const median = (key: 'ours' | 'theirs') =>
    rounds.map((round) => round[key]).sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
  const [ours, theirs] = [median('ours'), median('theirs')];
  const times = `${ours.toFixed(1)} against ${theirs.toFixed(1)} µs each`;
  console.log(`Node ${process.version}`);
  console.log(
    `read ${TASKS * ARTIFACTS} small artifacts, against readFileSync  ${(ours / theirs).toFixed(2)} ×  aim ≤ ${AIM}  (${times})`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
