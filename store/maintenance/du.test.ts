import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scratchRepository } from '../git/scratch.ts';
import { runUsage, storeUsage } from './du.ts';
import { type FixtureRun, plainRuns, writeRuns } from './fixture-runs.ts';
import { gc } from './gc.ts';
import { listPacks } from './pack-file.ts';

const noise = (seed: number, length: number) =>
  Float64Array.from({ length }, (_, at) => Math.sin(at * seed) * seed);
const KILO = 8000;

const runs: FixtureRun[] = [
  {
    flow: 'F',
    createdAt: 1e12,
    steps: { start: { own: noise(1, 1000), inFlow: noise(2, 2000) }, end: { own: noise(1, 1000) } },
  },
  { flow: 'F', createdAt: 2e12, steps: { start: { inFlow: noise(2, 2000), everywhere: noise(3, 4000) } } },
  {
    flow: 'G',
    createdAt: 3e12,
    steps: { start: { everywhere: noise(3, 4000), zeros: new Float64Array(100_000) } },
  },
];

const near = (bytes: number | undefined, wanted: number) =>
  assert.ok(bytes !== undefined && Math.abs(bytes - wanted) < wanted * 0.1 + 3000, `${bytes}, not ${wanted}`);

test('a store is measured by run and by flow, exclusive against shared', (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, runs, 3);
  const { flows, runs: rows, stored, unused } = storeUsage(repository);
  const [one, two, three] = rows;
  near(one?.exclusive, KILO);
  near(one?.shared, 2 * KILO);
  near(two?.exclusive, 0);
  near(two?.shared, 6 * KILO);
  near(three?.shared, 4 * KILO);
  near(three?.logical, 4 * KILO + 800_000);
  assert.ok((three?.exclusive ?? 0) < 20_000, 'zeros are compressed');
  const [f, g] = flows;
  near(f?.exclusive, 3 * KILO);
  near(f?.shared, 4 * KILO);
  assert.equal(f?.runs, 2);
  near(g?.shared, 4 * KILO);
  assert.equal(unused, 0);
  const [pack] = listPacks(repository.packFolder);
  assert.equal(stored, (pack?.bytes ?? 0) - 32, 'all but header and trailer');
});

test('a run is measured by step and artifact; what an earlier step has counts there', (t) => {
  const repository = scratchRepository(t);
  const [made] = writeRuns(repository, runs, 3);
  const usage = runUsage(repository, { flow: 'F', id: made?.id ?? '' });
  const rows = new Map(usage?.artifacts.map((row) => [`${row.step}/${row.artifact}`, row]));
  near(rows.get('start/own')?.exclusive, KILO);
  near(rows.get('start/inFlow')?.shared, 2 * KILO);
  assert.deepEqual(rows.get('end/own'), {
    step: 'end',
    artifact: 'own',
    tasks: 1,
    exclusive: 0,
    shared: 0,
    logical: 0,
  });
  assert.equal(runUsage(repository, { flow: 'F', id: 'none' }), undefined);

  const within = (part: object) =>
    runUsage(repository, { flow: 'F', id: made?.id ?? '', ...part })?.artifacts;
  const [alone, ...others] = within({ step: 'end' }) ?? [];
  assert.deepEqual([alone?.artifact, others], ['own', []]);
  near(alone?.exclusive, KILO);
  assert.equal(alone?.logical, rows.get('start/own')?.logical);
  assert.deepEqual(within({ step: 'start', task: '0', artifact: 'inFlow' }), [rows.get('start/inFlow')]);
  assert.deepEqual(within({ step: 'start', task: '1' }), []);
});

test('what only the trash holds is unused', (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, runs, 3);
  const before = storeUsage(repository);
  gc(repository, { keepLast: 1, flows: ['F'] });
  const after = storeUsage(repository);
  near(after.unused, KILO);
  assert.equal(after.stored, before.stored);
  assert.equal(after.runs.length, 2);
});

test('a thousand runs are measured in a moment', (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, plainRuns(1000), 100);
  const { runs: rows, logical } = storeUsage(repository);
  assert.equal(rows.length, 1000);
  assert.ok(rows.every(({ exclusive, shared }) => exclusive > 0 && shared > 0) && logical > 0);
});
