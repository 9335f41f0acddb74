// What merging across runs buys and costs: a store of 10,000 runs, merged in the background as they come, against one of 10.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArtifactReader } from '../artifact.ts';
import { Repository } from '../git/repository.ts';
import { micro, report, time } from '../git/stopwatch.ts';
import { readRun, runIds } from '../history/run-reader.ts';
import { storeUsage } from './du.ts';
import { makeRun, plainRuns } from './fixture-runs.ts';
import { fsck } from './fsck.ts';
import { planGc } from './gc.ts';
import { maintenanceDue } from './maintain.ts';
import { mergePacks } from './merge-packs.ts';
import { listPacks } from './pack-file.ts';
import { addRefs } from './ref-table.ts';

const MANY = 10_000;
const FEW = 10;
const folder = mkdtempSync(join(tmpdir(), 'oxbow-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Writes runs one by one; merges whenever a run would start the background process. */
function grow(path: string, runs: number) {
  const repository = Repository.create(path);
  const refs: (readonly [string, ReturnType<typeof makeRun>['commit']])[] = [];
  const spent = { asking: 0, merging: 0, merges: 0, copied: 0, written: 0, most: 0 };
  for (const run of plainRuns(runs)) {
    const made = makeRun(run);
    spent.written += repository.writePack(made.objects, { sync: false })?.bytes ?? 0;
    refs.push(...made.refs);
    const asked = performance.now();
    const isDue = maintenanceDue(repository, 'F');
    spent.asking += performance.now() - asked;
    if (!isDue) continue;
    spent.most = Math.max(spent.most, listPacks(repository.packFolder).length);
    const started = performance.now();
    spent.copied += mergePacks(repository).copiedBytes;
    spent.merging += performance.now() - started;
    spent.merges += 1;
  }
  addRefs(repository, refs);
  repository.close();
  return spent;
}

/** Opens the store anew and reads a value of its latest run. */
function readLatest(path: string): unknown {
  const repository = Repository.open(path);
  const run = readRun(repository, 'F', runIds(repository, 'F').at(-1) ?? '');
  const entry = run?.task('end', '0')?.artifacts().get('result');
  const value = entry && new ArtifactReader(repository, entry).load();
  repository.close();
  return value;
}

const many = join(folder, 'many');
const few = join(folder, 'few');
const spent = grow(many, MANY);
grow(few, FEW);
const packs = listPacks(join(many, 'objects', 'pack')).length;
console.log(`${MANY} runs: ${packs} packs, at most ${spent.most}; ${spent.merges} merges`);
console.log(`each byte copied ${(spent.copied / spent.written).toFixed(1)} times`);
console.log(
  `merging takes ${micro(spent.merging / MANY)} per run, asking whether to takes ${micro(spent.asking / MANY)}`,
);

const read = (path: string) =>
  time(
    20,
    () => path,
    (from) => {
      for (let round = 0; round < 20; round += 1) readLatest(from);
    },
  );
report(`open, find the latest of ${MANY} runs, read a value`, read(many), {
  [`with ${FEW} runs`]: read(few),
});

for (const [what, act] of [
  ['flow du', () => storeUsage(Repository.open(many))],
  ['flow gc --dry-run', () => planGc(Repository.open(many), { keepLast: 10 })],
  ['flow fsck', () => fsck(Repository.open(many))],
] as const) {
  const started = performance.now();
  act();
  console.log(`${what} of ${MANY} runs: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
