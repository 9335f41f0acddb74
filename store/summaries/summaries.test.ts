import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Repository } from '../git/repository.ts';
import { scratchRepository } from '../git/scratch.ts';
import { runCommits } from '../history/run-reader.ts';
import type { ObjectId } from '../ids.ts';
import { plainRuns, writeRuns } from '../maintenance/fixture-runs.ts';
import { fsck } from '../maintenance/fsck.ts';
import { gc } from '../maintenance/gc.ts';
import { SummaryColumn } from './column.ts';
import { Summaries } from './summaries.ts';

const commitOf = (index: number) => index.toString(16).padStart(40, '0') as ObjectId;

/** Asks so often that what is stored is read. */
function patiently(column: SummaryColumn, commit: ObjectId) {
  for (let count = 0; count < 20; count += 1) column.get(commit);
  return column.get(commit);
}

test('rows of several processes stand beside each other, and one that was cut off is passed over', (t) => {
  const { path } = scratchRepository(t);
  const open = () => new SummaryColumn(path, 'F', 'runs');
  const [one, two] = [open(), open()];
  for (let index = 0; index < 64; index += 1) (index % 2 ? one : two).add(commitOf(index), { index });
  const file = join(path, 'oxbow-cache', 'F', 'runs');
  appendFileSync(file, `{"index":70}\t${commitOf(70)}`.slice(0, -1));
  const three = open();
  three.add(commitOf(71), undefined);
  three.add(commitOf(72), 'a\tb\nc');
  three.write();
  const reader = open();
  assert.deepEqual(patiently(reader, commitOf(63)), { value: { index: 63 } });
  assert.deepEqual(reader.get(commitOf(0)), { value: { index: 0 } });
  assert.equal(reader.get(commitOf(70)), undefined);
  assert.deepEqual(reader.get(commitOf(71)), { value: undefined });
  assert.deepEqual(reader.get(commitOf(72)), { value: 'a\tb\nc' });
});

test('a column cut at any byte gives what it gave, or nothing', (t) => {
  const { path } = scratchRepository(t);
  const written = new SummaryColumn(path, 'F', 'runs');
  const values = [12345, 'text', true, null, undefined];
  for (const [index, value] of values.entries()) written.add(commitOf(index), value);
  written.write();
  const file = join(path, 'oxbow-cache', 'F', 'runs');
  const whole = readFileSync(file);
  for (let length = 0; length <= whole.length; length += 1) {
    writeFileSync(file, whole.subarray(0, length));
    const reader = new SummaryColumn(path, 'F', 'runs');
    for (const [index, value] of values.entries()) {
      const known = patiently(reader, commitOf(index));
      assert.ok(known === undefined || known.value === value);
    }
  }
});

test('briefs are those of the records, whatever stands in the cache', (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, plainRuns(70), 70);
  const runs = runCommits(repository, 'F');
  const briefs = () => {
    const summaries = new Summaries(Repository.open(repository.path));
    return runs.map(({ id, commit }) => summaries.brief({ flow: 'F', id, commit: commit as ObjectId }));
  };
  const first = briefs();
  assert.equal(first[5]?.id, runs[5]?.id);
  assert.deepEqual(briefs(), first);
  const folder = join(repository.path, 'oxbow-cache', 'F');
  const file = join(folder, 'runs');
  const rows = readFileSync(file, 'utf8');
  // Rows of another run, of a run that goes on, of another shape, and no JSON at all.
  const wrong = [
    rows.replaceAll(`"id":"${runs[40]?.id}"`, `"id":"${runs[41]?.id}"`),
    rows.replaceAll('"status":"successful"', '"status":"running"'),
    rows.replaceAll('"systemTags":[', '"systemTags":[7,'),
    rows.replaceAll('{', '['),
  ];
  for (const text of wrong) {
    writeFileSync(file, text);
    assert.deepEqual(briefs(), first);
  }
});

test('fsck makes the cache anew, and gc forgets the flows it deletes runs of', (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, plainRuns(70), 70);
  const file = join(repository.path, 'oxbow-cache', 'F', 'runs');
  assert.equal(existsSync(file), false);
  fsck(repository);
  const rows = readFileSync(file, 'utf8');
  writeFileSync(file, rows.replaceAll('"tasks":2', '"tasks":3'));
  assert.deepEqual(fsck(repository).damage, []);
  assert.equal(readFileSync(file, 'utf8'), rows);
  gc(repository, { keepLast: 10 }, { grace: 0 });
  assert.deepEqual(readdirSync(repository.path).includes('oxbow-cache'), false);
});

test('a cache that cannot be written, or is no folder of ours, costs nothing but time', (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, plainRuns(40), 40);
  writeFileSync(join(repository.path, 'oxbow-cache'), 'in the way');
  const summaries = new Summaries(repository);
  for (const { id, commit } of runCommits(repository, 'F'))
    assert.equal(summaries.brief({ flow: 'F', id, commit: commit as ObjectId }).status, 'successful');
  assert.equal(readFileSync(join(repository.path, 'oxbow-cache'), 'utf8'), 'in the way');
});
