// What a large value that changed a little adds to the store: bytes on disk, beside those of the whole value. Run it by
// `node --import tsx core/worker/changed-values.bench.ts`.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Table, tableFromArrays } from 'apache-arrow';
import { Repository, storeValue } from '#store';
import { WorkerSink } from './worker-sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'oxbow-bench-'));
const MB = 1 << 20;
let made = 0;

/** Bytes that storing each value after those before it adds to a new store, indexes of packs included. */
function newBytes(...values: readonly unknown[]): number[] {
  const repository = Repository.create(join(folder, `store-${made++}`));
  const sink = new WorkerSink(repository, 'bench\n');
  let before = 0;
  const added = values.map((value) => {
    storeValue('x', value, sink);
    repository.writePack(sink.take(), { sync: false });
    sink.takePacks();
    const after = bytesIn(repository.packFolder);
    const grown = after - before;
    before = after;
    return grown;
  });
  repository.close();
  rmSync(repository.path, { recursive: true });
  return added;
}

const bytesIn = (path: string): number =>
  readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);

/** Prints one row: bytes added, what they are measured by, and what the ratio is to be. */
function row(what: string, added: number, whole: number, most: number): void {
  const ratio = `${((100 * added) / whole).toFixed(2)} %`.padStart(8);
  const aim = `${((100 * most) / whole).toFixed(2)} %`;
  console.log(
    `${what.padEnd(66)} ${ratio}   aim ≤ ${aim} (${(added / MB).toFixed(2)} MB of ${(whole / MB).toFixed(0)})`,
  );
}

function benchArray(): void {
  const floats = Float64Array.from({ length: 32 * MB }, () => Math.random());
  const changed = floats.slice();
  const [start, count] = [floats.length >> 1, Math.floor(floats.length / 100)];
  for (let i = 0; i < count; i++) changed[start + i] = Math.random();
  row(
    'change 1 % of 256 MB of Float64 in one place',
    newBytes(floats, changed)[1] ?? 0,
    floats.byteLength,
    floats.byteLength / 50,
  );
}

function benchText(): void {
  const words = Array.from({ length: 5000 }, () =>
    Math.random()
      .toString(36)
      .slice(2, 3 + Math.random() * 9),
  );
  const pick = () => words[Math.floor(Math.random() * words.length)] ?? '';
  const line = () => `${Array.from({ length: 12 }, pick).join(' ')}\n`;
  const lines: string[] = [];
  for (let size = 0; size < 64 * MB; size += lines.at(-1)?.length ?? 0) lines.push(line());
  const text = lines.join('').slice(0, 64 * MB);
  const inserted = `${text.slice(0, 32 * MB)}${'x'.repeat(1024)}${text.slice(32 * MB)}`;
  const [, added = 0] = newBytes(text, inserted);
  row('insert 1 KB in the middle of 64 MB of text', added, text.length, 2 * MB);
}

const ROWS = 4_000_000;

/** A table of 24 bytes a row, the first `rows` of an endless one. */
function tableOf(rows: number): Table {
  return tableFromArrays({
    price: Float64Array.from({ length: rows }, (_, i) => (Math.sin(i) * 1e9) % 1000),
    volume: Float64Array.from({ length: rows }, (_, i) => (Math.cos(i) * 1e9) % 1000),
    count: Int32Array.from({ length: rows }, (_, i) => Math.imul(i, 2_654_435_761)),
    id: Int32Array.from({ length: rows }, (_, i) => i),
  }) as unknown as Table;
}

function benchTable(): void {
  const table = tableOf(ROWS);
  const bytes = ROWS * 24;
  const more = ROWS * 1.01;
  const score = Float64Array.from({ length: more }, () => Math.random());
  const most = bytes / 50 + score.byteLength;
  const [appended, anew] = [table.concat(tableOf(ROWS / 100)), tableOf(more)].map((longer) =>
    longer.assign(tableFromArrays({ score })),
  );
  const what = `append 1 % of rows and a column to ${(bytes / MB).toFixed(0)} MB of Arrow table`;
  row(what, newBytes(table, appended)[1] ?? 0, bytes, most);
  row('the same in a table made anew', newBytes(table, anew)[1] ?? 0, bytes, most);
}

try {
  console.log(`Node ${process.version}`);
  benchArray();
  benchText();
  benchTable();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
