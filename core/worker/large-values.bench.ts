// What saving and loading values costs in a run: stored as a worker stores them and checkpointed (fsync, ref move), beside
// the bare work on the same bytes in the same run. Run it by `node --import tsx core/worker/large-values.bench.ts`; a number as
// the first argument sets the megabytes of Float64.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import isomorphic from 'isomorphic-git';
import {
  ArtifactReader,
  newRunId,
  Repository,
  RunWriter,
  SCHEMA_VERSION,
  storeValue,
  type TreeEntry,
  thisProcess,
} from '#store';
import { WorkerSink } from './worker-sink.ts';

const folder = fs.mkdtempSync(join(tmpdir(), 'oxbow-bench-'));
const ROUNDS = 7;
let made = 0;

/** A fresh store with a run that tasks can be added to. */
function newRun(): { readonly repository: Repository; readonly writer: RunWriter } {
  const repository = Repository.create(join(folder, `store-${made++}`));
  const record = {
    ...{ schema: SCHEMA_VERSION, flow: 'F', id: newRunId(), status: 'running' as const, user: 'bench' },
    ...{
      createdAt: new Date().toISOString(),
      process: thisProcess(),
      tags: [],
      systemTags: [],
      parameters: [],
    },
    ...{ versions: { oxbow: '0', node: process.versions.node }, code: { entry: 'f.ts', class: 'F' } },
    totals: { tasks: 0, failed: 0 },
  };
  const graph = { flow: 'F', steps: [{ name: 'start', kind: 'linear' as const, join: false, next: [] }] };
  const lists = { parameters: [], constants: [], objects: [] };
  return { repository, writer: RunWriter.start(repository, { record, graph, code: new Map(), ...lists }) };
}

type Run = ReturnType<typeof newRun>;

/** Stores the artifacts of one task as its worker does, and hands them to the run. */
function finishTask({ repository, writer }: Run, task: string, values: Record<string, unknown>): TreeEntry[] {
  const sink = new WorkerSink(repository, 'bench\n');
  const entries = Object.entries(values).map(([name, value]) => storeValue(name, value, sink).entry);
  const artifacts = sink.tree(entries);
  const now = new Date().toISOString();
  const times = { startedAt: now, finishedAt: now, status: 'successful' as const };
  const record = { step: 'start', task, attempt: 0, ...times, parents: [], frames: [], reads: {} };
  const output = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  writer.add({ record, artifacts, ...output, packs: sink.takePacks(), objects: sink.take() });
  return entries;
}

const time = (run: () => unknown): number => {
  const started = performance.now();
  run();
  return performance.now() - started;
};
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Prints one row: our time, theirs, the ratio and what it is to be. */
function row(what: string, [ours, theirs]: readonly [number, number], aim: string): void {
  const ratio = aim.startsWith('≥') ? theirs / ours : ours / theirs;
  const times = `${ours.toFixed(0)} against ${theirs.toFixed(0)} ms`;
  console.log(`${what.padEnd(58)} ${ratio.toFixed(2).padStart(7)} ×   aim ${aim.padEnd(6)} (${times})`);
}

/** Medians of rounds in which a value is saved into a store of its own and loaded, between two bare measurements. */
function saveAndLoad(value: unknown, bare: { save(): unknown; load(): unknown }) {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const run = newRun();
    let entry: TreeEntry | undefined;
    const bareSave = time(bare.save);
    const save = time(() => {
      [entry] = finishTask(run, '0', { x: value });
      run.writer.checkpoint();
    });
    const fresh = Repository.open(run.repository.path);
    const bareLoad = time(bare.load);
    const load = time(() => entry && new ArtifactReader(fresh, entry).load());
    for (const repository of [fresh, run.repository]) repository.close();
    fs.rmSync(run.repository.path, { recursive: true });
    return { save, load, bareSave, bareLoad };
  });
  const of = (key: keyof (typeof rounds)[0]) => median(rounds.map((round) => round[key]));
  return { save: of('save'), load: of('load'), bareSave: of('bareSave'), bareLoad: of('bareLoad') };
}

function benchFloats(megabytes: number): void {
  const floats = Float64Array.from({ length: megabytes << 17 }, () => Math.random());
  const bytes = new Uint8Array(floats.buffer);
  const file = join(folder, 'floats');
  fs.writeFileSync(file, bytes);
  const sum = () => sha256(bytes);
  // What nobody can do without: memory of the value's size, which may be dear, its bytes, and their digest.
  const floor = () => sha256(fs.readFileSync(file));
  const { save, load, bareSave, bareLoad } = saveAndLoad(floats, { save: sum, load: floor });
  const { repository } = newRun();
  const git = time(() => execFileSync('git', ['--git-dir', repository.path, 'hash-object', '-w', file]));
  const what = `${megabytes} MB of random Float64`;
  row(`save ${what}, against git hash-object -w`, [save, git], '≥ 10');
  const native = 'zstdCompressSync' in process.getBuiltinModule('node:zlib');
  row(`save ${what}, against SHA-256`, [save, bareSave], native ? '≤ 2.5' : '≤ 4');
  row(`load ${what}, against readFileSync + SHA-256`, [load, bareLoad], '≤ 1.3');
}

function benchJson(): void {
  const records = Array.from({ length: 300_000 }, (_, i) => ({
    ...{ id: i, title: `Movie number ${i}`, year: 1950 + (i % 70), genres: ['Drama', 'Comedy'] },
    ...{ score: (i % 997) / 10, seen: i % 2 === 0 },
  }));
  const bytes = Buffer.from(JSON.stringify(records));
  const times = saveAndLoad(records, {
    save: () => sha256(Buffer.from(JSON.stringify(records))),
    load: () => [sha256(bytes), JSON.parse(bytes.toString())],
  });
  const what = `${(bytes.length / 1e6).toFixed(0)} MB of JSON records`;
  row(`save ${what}, against JSON.stringify + SHA-256`, [times.save, times.bareSave], '≤ 2');
  row(`load ${what}, against JSON.parse + SHA-256`, [times.load, times.bareLoad], '≤ 2');
}

async function benchSmall(): Promise<void> {
  const rounds = Array.from({ length: ROUNDS }, (_, round) => {
    const tasks = Array.from({ length: 100 }, (_, task) => small(round, task));
    const run = newRun();
    const ours = time(() => {
      for (const [i, values] of tasks.entries()) finishTask(run, String(i), values);
      run.writer.checkpoint();
    });
    const { path } = Repository.create(join(folder, `import-${made++}`));
    const fastImport = ['--git-dir', path, '-c', 'fastimport.unpackLimit=1', 'fast-import', '--quiet'];
    const input = importStream(tasks);
    return { ours, theirs: time(() => execFileSync('git', fastImport, { input })) };
  });
  const ours = median(rounds.map((round) => round.ours));
  const what = 'store and commit 10,000 small artifacts, against';
  row(`${what} git fast-import`, [ours, median(rounds.map(({ theirs }) => theirs))], '≤ 1.5');
  row(`${what} isomorphic-git`, [ours, 100 * (await isomorphicTask())], '≥ 20');
}

const small = (round: number, task: number): Record<string, unknown> =>
  Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [
      `metric${i}`,
      { round, task, i, accuracy: Math.sin(round + task * 100 + i) },
    ]),
  );

function importStream(tasks: readonly Record<string, unknown>[]): string {
  const files = tasks.flatMap((values, task) =>
    Object.entries(values).map(([name, value]) => {
      const text = `${JSON.stringify(value, null, 2)}\n`;
      return `M 100644 inline steps/start/${task}/artifacts/${name}.json\ndata ${Buffer.byteLength(text)}\n${text}\n`;
    }),
  );
  return `commit refs/heads/main\ncommitter A <a@b> 1700000000 +0000\ndata 2\nx\n${files.join('')}\n`;
}

/** Milliseconds isomorphic-git takes for the blobs and the tree of one task. */
async function isomorphicTask(): Promise<number> {
  const { path: gitdir } = Repository.create(join(folder, `isomorphic-${made++}`));
  const started = performance.now();
  const tree = [];
  for (const [name, value] of Object.entries(small(99, 0))) {
    const blob = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
    const oid = await isomorphic.writeBlob({ fs, gitdir, blob });
    tree.push({ mode: '100644', path: `${name}.json`, oid, type: 'blob' as const });
  }
  await isomorphic.writeTree({ fs, gitdir, tree });
  return performance.now() - started;
}

try {
  console.log(`Node ${process.version}`);
  await benchSmall();
  benchJson();
  benchFloats(Number(process.argv[2] ?? 256));
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
