// Large parts on their way through the lanes into packs.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ArtifactReader, Repository, storeValue } from '#store';
import { WorkerSink } from './worker-sink.ts';

const MB = 1 << 20;

function newStore(t: TestContext): Repository {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-sink-'));
  const repository = Repository.create(join(folder, 'store'));
  t.after(() => {
    repository.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return repository;
}

const noise = (bytes: number): Float64Array => new Float64Array(Uint8Array.from(randomBytes(bytes)).buffer);
const text = (megabytes: number): string => 'the quick brown fox jumps over it\n'.repeat(megabytes * 31_000);

/** Stores values one after the other, hands everything over and reads it back with a fresh view of the store. */
function throughStore(repository: Repository, values: readonly unknown[]): { packs: string[] } {
  const sink = new WorkerSink(repository, 'kept by a test\n');
  const entries = values.map((value) => storeValue('x', value, sink).entry);
  const rest = sink.take();
  const packs = sink.takePacks();
  repository.writePack(rest, { sync: false });
  const fresh = Repository.open(repository.path);
  for (const [i, entry] of entries.entries()) {
    assert.deepEqual(new ArtifactReader(fresh, entry).load(), values[i], `value ${i}`);
  }
  fresh.close();
  for (const pack of packs) execFileSync('git', ['verify-pack', pack]);
  return { packs };
}

const filesOf = ({ packFolder }: Repository) => readdirSync(packFolder).sort();
const sizeOf = (paths: readonly string[]) => paths.reduce((sum, path) => sum + readFileSync(path).length, 0);

test('large values of every kind, one after the other, come back', (t) => {
  const repository = newStore(t);
  const values = [noise(17 * MB), text(20), randomBytes(16 * MB + 5), noise(20 * MB), 'small', text(17)];
  const { packs } = throughStore(repository, values);
  assert.equal(packs.length, 5);
  assert.deepEqual(
    filesOf(repository).filter((name) => name.startsWith('.oxbow')),
    [],
  );
  for (const pack of packs)
    assert.equal(readFileSync(pack.replace(/pack$/, 'keep'), 'utf8'), 'kept by a test\n');
});

test('what is stored already is not written again, whoever stored it', (t) => {
  const repository = newStore(t);
  const value = noise(24 * MB);
  const changed = value.slice();
  changed[0] = 1;
  const first = throughStore(repository, [value]);
  assert.ok(sizeOf(first.packs) > 24 * MB);
  assert.deepEqual(throughStore(repository, [value]).packs, []);
  assert.ok(sizeOf(throughStore(repository, [changed]).packs) < 1.1 * MB);
});

test('a chunk that occurs twice in a part, and a part that occurs twice in a value, are stored once', (t) => {
  const repository = newStore(t);
  const half = noise(8 * MB);
  const twice = new Float64Array(half.length * 2 + 3);
  twice.set(half);
  twice.set(half, half.length);
  const { packs } = throughStore(repository, [{ a: twice, b: twice.slice() }]);
  assert.ok(sizeOf(packs) < 8.2 * MB);
});

test('a folder that cannot be written to is an error, and the next value is stored as if nothing had been', (t) => {
  const repository = newStore(t);
  const gone = { packFolder: join(repository.path, 'nowhere') };
  const sink = new WorkerSink(
    new Proxy(repository, { get: (_, key) => Reflect.get(gone, key) ?? bound(repository, key) }),
    'x',
  );
  assert.throws(() => storeValue('x', noise(20 * MB), sink), { code: 'ENOENT' });
  throughStore(repository, [noise(20 * MB)]);
});

function bound(repository: Repository, key: string | symbol): unknown {
  const value: unknown = Reflect.get(repository, key);
  return typeof value === 'function' ? value.bind(repository) : value;
}

test('a bit flipped in a large value is an error that names the object, never a wrong value', (t) => {
  const repository = newStore(t);
  const sink = new WorkerSink(repository, 'x');
  const { entry } = storeValue('big', noise(17 * MB), sink);
  repository.writePack(sink.take(), { sync: false });
  const [pack] = sink.takePacks();
  assert.ok(pack);
  const bytes = readFileSync(pack);
  bytes[9 * MB] = (bytes[9 * MB] ?? 0) ^ 1;
  chmodSync(pack, 0o644);
  writeFileSync(pack, bytes);
  assert.throws(() => new ArtifactReader(Repository.open(repository.path), entry).load(), {
    code: 'ObjectCorruptError',
  });
});

test('many processes store large values in one store at once', async (t) => {
  const repository = newStore(t);
  const file = fileURLToPath(new URL('worker-sink.rig.ts', import.meta.url));
  const run = () => promisify(execFile)(process.execPath, ['--import', 'tsx', file, repository.path]);
  const outputs = await Promise.all([run(), run(), run()]);
  for (const { stdout } of outputs) assert.equal(stdout, 'done\n');
  const git = ['--git-dir', repository.path, 'fsck', '--strict', '--no-dangling'];
  execFileSync('git', git, { stdio: 'pipe' });
});
