// Small stores that claim, or become, something huge: each is refused with a sentence, by a process that has little memory.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { getHeapStatistics } from 'node:v8';
import { crc32, deflateSync } from 'node:zlib';
import type { Look, Seen } from './fixture-looks.ts';
import { objectIdOf } from './git/object.ts';
import { encodeIndex } from './git/pack-index.ts';
import { packHeader } from './git/pack-publish.ts';
import { Repository } from './git/repository.ts';
import { rawTree } from './git/scratch.ts';
import { newRunId } from './history/run-id.ts';
import { RunWriter } from './history/run-writer.ts';
import { type RunRecord, SCHEMA_VERSION } from './history/schema.ts';
import type { ObjectId } from './ids.ts';
import { checkHeap, checkMemory, checkSize } from './limits.ts';
import { thisProcess } from './process-mark.ts';

const folder = mkdtempSync(join(tmpdir(), 'oxbow-limits-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let stores = 0;
function newStore(): Repository {
  stores += 1;
  const repository = Repository.create(join(folder, `${stores}`, '.flow'));
  after(() => repository.close());
  return repository;
}

/** A number as git writes sizes: seven bits a byte, the lowest first. */
function sizeBytes(size: number): Buffer {
  const bytes: number[] = [];
  for (let rest = size; ; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    if (rest < 128) return Buffer.from(bytes);
  }
}

/** The header of a pack entry of a type, which says that it has `size` bytes. */
function header(type: number, size: number): Buffer {
  const rest = Math.floor(size / 16);
  const first = (type << 4) | (size % 16) | (rest > 0 ? 0x80 : 0);
  return rest > 0 ? Buffer.concat([Buffer.from([first]), sizeBytes(rest)]) : Buffer.from([first]);
}

/** An id of 40 digits that begins with a number. */
const idOf = (number: number): ObjectId => number.toString(16).padStart(8, '0').padEnd(40, 'a') as ObjectId;

/** Writes a pack of entries as they are, under the ids 0, 1, 2…. */
function writeEntries({ packFolder }: Repository, entries: readonly Buffer[]): void {
  let offset = 12;
  const rows = entries.map((entry, at) => {
    const row = { id: idOf(at), offset, crc: crc32(entry) };
    offset += entry.length;
    return row;
  });
  const body = Buffer.concat([packHeader(entries.length), ...entries]);
  const checksum = createHash('sha1').update(body).digest();
  const name = join(packFolder, `pack-${checksum.toString('hex')}`);
  writeFileSync(`${name}.pack`, Buffer.concat([body, checksum]));
  writeFileSync(`${name}.idx`, encodeIndex(rows, checksum));
}

/** A file that is there without taking room on disk. */
function sparse(path: string, size: number, begin = ''): void {
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, 'w');
  writeSync(fd, begin);
  ftruncateSync(fd, size);
  closeSync(fd);
}

const GB = 1e9;
const MB = 1e6;

/** A delta of a base of some bytes that repeats its first 8 MB until it has made `size` bytes, or says so. */
function delta(base: number, size: number): Buffer {
  const copy = Buffer.from([0x80 | 0x40, 0x80]); // 0x800000 bytes from byte 0
  const count = Math.min(100, Math.ceil(size / 0x800000));
  return Buffer.concat([sizeBytes(base), sizeBytes(size), ...Array.from({ length: count }, () => copy)]);
}

function recordOf(id: string): RunRecord {
  return {
    schema: SCHEMA_VERSION,
    flow: 'F',
    id,
    status: 'running',
    createdAt: new Date().toISOString(),
    user: 'tester',
    process: thisProcess(),
    versions: { oxbow: '0', node: process.versions.node },
    tags: [],
    systemTags: [],
    code: { entry: 'f.ts', class: 'F' },
    parameters: [],
    totals: { tasks: 0, failed: 0 },
  };
}

const ID = newRunId();

/** A run of which one file is a bomb. */
function runWith(repository: Repository, name: string, bytes: Buffer): void {
  const run = repository.writeLoose('blob', Buffer.from(JSON.stringify(recordOf(ID))));
  const entries = new Map([['run.json', run]]).set(name, repository.writeLoose('blob', bytes));
  const tree = repository.writeLoose(
    'tree',
    rawTree([...entries].map(([file, id]) => ({ mode: '100644', name: file, id }))),
  );
  const commit = `tree ${tree}\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nF/${ID}: running\n`;
  repository.refs.update(`refs/runs/F/${ID}`, { to: repository.writeLoose('commit', Buffer.from(commit)) });
}

/** A run with a log of `size` bytes without an end of line, in segments; `Flow/run/step/task`. */
async function runWithLog(repository: Repository, size: number): Promise<string> {
  const writer = RunWriter.start(repository, {
    record: recordOf(ID),
    graph: { flow: 'F', steps: [] },
    code: new Map(),
    parameters: [],
    constants: [],
    objects: [],
  });
  const content = { size, readInto: (target: Uint8Array) => void target.fill(0x61) };
  const now = new Date().toISOString();
  writer.add({
    record: {
      ...{ step: 'start', task: '0', attempt: 0, status: 'successful' },
      ...{ startedAt: now, finishedAt: now, parents: [], frames: [], reads: {} },
    },
    artifacts: writer.emptyTree(),
    stdout: await writer.logs.store(content),
    stderr: Buffer.alloc(0),
    objects: [],
  });
  writer.finish({ status: 'successful', finishedAt: now });
  return `F/${ID}/start/0`;
}

/** An artifact with a part: the same chunk of a MiB of zeros, `chunks` times, said to be `size` bytes. */
function artifact(
  repository: Repository,
  skeleton: string,
  { chunks, size }: { chunks: number; size: number },
): ObjectId {
  const zeros = repository.writeLoose('blob', Buffer.alloc(1 << 20));
  const names = Array.from({ length: chunks }, (_, at) => String(at << 20).padStart(12, '0'));
  const part = repository.writeLoose(
    'tree',
    rawTree(names.map((name) => ({ mode: '100644', name, id: zeros }))),
  );
  const parts = repository.writeLoose('tree', rawTree([{ mode: '40000', name: '0', id: part }]));
  const digest = createHash('sha256')
    .update(Buffer.alloc(chunks << 20))
    .digest('hex');
  const file = `{"format":1,"codec":"structured","type":"x","skeleton":${skeleton},"parts":[{"kind":"numeric","size":${size},"digest":"${digest}"}]}`;
  const value = repository.writeLoose('blob', Buffer.from(file));
  return repository.writeLoose(
    'tree',
    rawTree([
      { mode: '40000', name: 'parts', id: parts },
      { mode: '100644', name: 'value.json', id: value },
    ]),
  );
}

interface Bomb {
  readonly build: (repository: Repository) => Omit<Look, 'store'> | Promise<Omit<Look, 'store'>>;
  /** The code of the error, or `ok`. */
  readonly code: string;
  readonly says: RegExp;
}

const object = { at: 'object', what: idOf(0) } as const;
const zeros = (size: number): Buffer => deflateSync(Buffer.alloc(size));

const BOMBS: Readonly<Record<string, Bomb>> = {
  'a pack entry of 8 GB': {
    build(repository) {
      writeEntries(repository, [Buffer.concat([header(3, 8 * GB), zeros(4 * MB)])]);
      return object;
    },
    code: 'TooLargeError',
    says: /^The object at byte 12 of ".*\.pack" has 8000000000 bytes, but at most 268435456 are read\. If it is meant to be so large, set FLOW_LIMITS=30 and try again\.$/,
  },
  'a pack entry that says 5 bytes and has 40 MB': {
    build(repository) {
      writeEntries(repository, [Buffer.concat([header(3, 5), zeros(40 * MB)])]);
      return object;
    },
    code: 'ObjectCorruptError',
    says: /more than 5 bytes/,
  },
  'a pack entry of 2^52 bytes': {
    build(repository) {
      writeEntries(repository, [Buffer.concat([header(3, 2 ** 52), zeros(10)])]);
      return object;
    },
    code: 'TooLargeError',
    says: /It is damaged, or made to exhaust memory: restore it from a copy of the store\.$/,
  },
  'a delta that makes 10 GB': {
    build(repository) {
      const base = Buffer.concat([header(3, 9 * MB), zeros(9 * MB)]);
      const made = delta(9 * MB, 10 * GB);
      const distance = Buffer.from([0x80 | ((base.length >> 7) - 1), base.length & 0x7f]);
      writeEntries(repository, [base, Buffer.concat([header(6, made.length), distance, deflateSync(made)])]);
      return { at: 'object', what: idOf(1) };
    },
    code: 'TooLargeError',
    says: /^The object at byte .*, with its chain of deltas, has 10000000\d+ bytes/,
  },
  'a chain of 4,000 deltas of 8 MB': {
    build(repository) {
      const size = 0x800000;
      const entries = [Buffer.concat([header(3, size), zeros(size)])];
      const made = delta(size, size);
      for (let at = 1; at < 4000; at += 1) {
        const before = entries.at(-1)?.length ?? 0;
        const distance =
          before < 128 ? Buffer.from([before]) : Buffer.from([0x80 | ((before >> 7) - 1), before & 0x7f]);
        entries.push(Buffer.concat([header(6, made.length), distance, deflateSync(made)]));
      }
      writeEntries(repository, entries);
      return { at: 'object', what: idOf(3999) };
    },
    code: 'TooLargeError',
    says: /with its chain of deltas, has \d+ bytes/,
  },
  'deltas of each other': {
    build(repository) {
      const made = deflateSync(Buffer.concat([sizeBytes(1), sizeBytes(1), Buffer.from([1, 0x61])]));
      const entry = (base: ObjectId): Buffer => Buffer.concat([header(7, 4), Buffer.from(base, 'hex'), made]);
      writeEntries(repository, [entry(idOf(1)), entry(idOf(0))]);
      return object;
    },
    code: 'ObjectCorruptError',
    says: /chain of deltas is too long/,
  },
  'an index of 8 GB': {
    build(repository) {
      sparse(join(repository.packFolder, `pack-${'1'.repeat(40)}.idx`), 8 * GB);
      return object;
    },
    code: 'TooLargeError',
    says: /\.idx" has 8000000000 bytes, but at most 1073741824 are read\./,
  },
  'a loose object that says 8 GB': {
    build({ path }) {
      const file = join(path, 'objects', idOf(0).slice(0, 2), idOf(0).slice(2));
      mkdirSync(dirname(file));
      writeFileSync(file, deflateSync(Buffer.concat([Buffer.from(`blob ${8 * GB}\0`), Buffer.alloc(MB)])));
      return object;
    },
    code: 'TooLargeError',
    says: /^The object in ".*" has 8000000000 bytes/,
  },
  'a loose object of 8 GB': {
    build({ path }) {
      sparse(join(path, 'objects', idOf(0).slice(0, 2), idOf(0).slice(2)), 8 * GB);
      return object;
    },
    code: 'TooLargeError',
    says: /^".*" has 8000000000 bytes/,
  },
  'a tree of 17 MB': {
    build(repository) {
      writeEntries(repository, [Buffer.concat([header(2, 17 * MB), zeros(17 * MB)])]);
      return { at: 'tree', what: idOf(0) };
    },
    code: 'TooLargeError',
    says: /has 17000000 bytes, but at most 16777216 are read/,
  },
  'a commit of 100,000 parents': {
    build(repository) {
      const parents = `parent ${'1'.repeat(40)}\n`.repeat(1e5);
      const text = `tree ${'1'.repeat(40)}\n${parents}author A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nx\n`;
      return { at: 'commit', what: repository.writeLoose('commit', Buffer.from(text)) };
    },
    code: 'ObjectCorruptError',
    says: /its headers have 48000\d\d bytes/,
  },
  'packed-refs of 8 GB': {
    build({ path }) {
      sparse(join(path, 'packed-refs'), 8 * GB, '# pack-refs with: peeled sorted \n');
      return { at: 'refs', what: 'refs/runs/' };
    },
    code: 'TooLargeError',
    says: /packed-refs" has 8000000000 bytes/,
  },
  ...Object.fromEntries(
    ['refs/heads/F', 'config', 'objects/info/alternates'].map((name): [string, Bomb] => [
      `${name} of 8 GB`,
      {
        build({ path }) {
          sparse(join(path, name), 8 * GB);
          return { at: 'ref', what: 'refs/heads/F' };
        },
        code: name === 'refs/heads/F' ? 'RefCorruptError' : 'StoreEntryError',
        says: /is a file of 8000000000 bytes/,
      },
    ]),
  ),
  'symbolic refs in a circle': {
    build({ path }) {
      writeFileSync(join(path, 'refs/heads/a'), 'ref: refs/heads/b\n');
      writeFileSync(join(path, 'refs/heads/b'), 'ref: refs/heads/a\n');
      return { at: 'ref', what: 'refs/heads/a' };
    },
    code: 'RefCorruptError',
    says: /more than 5 symbolic refs/,
  },
  'a record of 4 million lists': {
    build(repository) {
      runWith(repository, 'run.json', Buffer.from(`{"x":[${'[],'.repeat(4e6)}0]}`));
      return { at: 'record', what: `F/${ID}` };
    },
    code: 'TooLargeError',
    says: /^The record F\/.*\/run\.json has 4000002 lists and objects, but at most 1048576 are read\./,
  },
  'a record of 140 MB': {
    build(repository) {
      runWith(repository, 'run.json', Buffer.alloc(140 * MB, ' '));
      return { at: 'record', what: `F/${ID}` };
    },
    code: 'TooLargeError',
    says: /^The record F\/.*\/run\.json has 140000000 bytes/,
  },
  'a log of 300 MB in a line, as one string': {
    build: async (repository) => ({ at: 'stdout', what: await runWithLog(repository, 300 * MB) }),
    code: 'TooLargeError',
    says: /^What F\/.*\/start\/0 wrote to stdout has 300000000 bytes, but at most 268435456 are given at once\. Read it piece by piece, .*FLOW_LIMITS=2\.$/,
  },
  'a log of 300 MB in a line, piece by piece': {
    build: async (repository) => ({ at: 'logs', what: await runWithLog(repository, 300 * MB) }),
    code: 'ok',
    says: /^300000000$/,
  },
  'live files that are not there, of 2^50 bytes': {
    build(repository) {
      const attempt = join(repository.path, 'oxbow-live/F', ID, 'start/0@0');
      mkdirSync(attempt, { recursive: true });
      const record = {
        step: 'start',
        task: '0',
        attempt: 0,
        status: 'running',
        startedAt: new Date().toISOString(),
      };
      writeFileSync(join(attempt, 'task.json'), JSON.stringify({ ...record, parents: [], frames: [] }));
      writeFileSync(join(attempt, 'arrivals'), `1 0 ${2 ** 50}\n`);
      writeFileSync(join(attempt, 'stdout'), 'abc');
      return { at: 'live', what: `F/${ID}` };
    },
    code: 'ok',
    says: /^\[\[3\]\]$/,
  },
  'an artifact of 2^50 bytes in one chunk': {
    build: (repository) => ({
      at: 'value',
      what: artifact(repository, '{"$Float64Array":0}', { chunks: 1, size: 2 ** 50 }),
    }),
    code: 'ArtifactCorruptError',
    says: /does not hold chunks/,
  },
  'the length of such an artifact': {
    build: (repository) => ({
      at: 'length',
      what: artifact(repository, '{"$Float64Array":0}', { chunks: 1, size: 2 ** 50 }),
    }),
    code: 'ArtifactCorruptError',
    says: /does not hold chunks/,
  },
  'a slice of such an artifact': {
    build: (repository) => ({
      at: 'slice',
      what: artifact(repository, '{"$numbers":0}', { chunks: 1, size: 2 ** 50 }),
    }),
    code: 'ArtifactCorruptError',
    says: /does not hold chunks/,
  },
  'a bigint of a million decimal digits': {
    build: (repository) => ({
      at: 'value',
      what: artifact(repository, `{"$bigint":"${'9'.repeat(1e6)}"}`, { chunks: 1, size: 1 << 20 }),
    }),
    code: 'ArtifactCorruptError',
    says: /broken bigint/,
  },
  'a vector of 2^50 rows of nothing': {
    build: (repository) => ({
      at: 'value',
      what: artifact(
        repository,
        `{"$arrow.Vector":{"field":{"name":"","nullable":true,"type":{"name":"null"},"children":[]},"chunks":[{"rows":${2 ** 50}}],"dictionaries":[]}}`,
        { chunks: 1, size: 1 << 20 },
      ),
    }),
    code: 'ArtifactCorruptError',
    says: /without a number of rows/,
  },
};

/** No look may take more than this, in bytes: twice the largest object, and what Node and its compiler take. */
const MOST_MEMORY = 900 * MB;

async function lookAll(looks: readonly Look[]): Promise<readonly Seen[]> {
  const script = fileURLToPath(new URL('./fixture-looks.ts', import.meta.url));
  const child = fork(script, [], {
    execArgv: ['--import', import.meta.resolve('tsx'), '--max-old-space-size=256'],
  });
  try {
    child.send(looks);
    const [seen] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code, signal]) => assert.fail(`the process ended with ${code ?? signal}`)),
    ]);
    return seen as readonly Seen[];
  } finally {
    child.kill();
  }
}

test('every bomb is a sentence', async (t) => {
  const names = Object.keys(BOMBS);
  const looks: Look[] = [];
  for (const name of names) {
    const repository = newStore();
    looks.push({
      store: repository.path,
      ...((await BOMBS[name]?.build(repository)) as Omit<Look, 'store'>),
    });
  }
  const seen = await lookAll(looks);
  for (const [at, name] of names.entries()) {
    await t.test(name, () => {
      const { code = '', message = '', rss = 0 } = seen[at] ?? {};
      assert.equal(code, BOMBS[name]?.code, message);
      assert.match(message, BOMBS[name]?.says as RegExp);
      assert.ok(rss < MOST_MEMORY, `${rss} bytes of memory`);
    });
  }
});

test('FLOW_LIMITS raises the limits, and the message says how far', () => {
  const check = (): void => checkSize('file', 2.5 * 2 ** 20, () => 'It');
  try {
    for (const factor of ['', '0.1', 'x', '2']) {
      process.env.FLOW_LIMITS = factor;
      assert.throws(check, { code: 'TooLargeError', message: /set FLOW_LIMITS=3 and try again\.$/ });
    }
    process.env.FLOW_LIMITS = '3';
    check();
  } finally {
    delete process.env.FLOW_LIMITS;
  }
});

test('a value larger than the memory there is, or whose text is larger than the heap, is a sentence', () => {
  assert.throws(() => checkMemory(2 ** 50, () => 'It'), {
    code: 'TooLargeError',
    message: /memory that are left\. Read a part/,
  });
  const { heap_size_limit: heap } = getHeapStatistics();
  const text = Buffer.alloc(Math.max(2 ** 26, heap / 30), '[');
  assert.throws(() => checkHeap(text, () => 'It'), {
    code: 'TooLargeError',
    message: /--max-old-space-size/,
  });
  checkHeap(Buffer.alloc(text.length, ' '), () => 'It');
});

test('a bomb beside sound objects hides none of them, and a sound copy of the bomb is found', () => {
  const repository = newStore();
  const body = Buffer.from('sound');
  const id = objectIdOf('blob', body);
  sparse(join(repository.packFolder, `pack-${'1'.repeat(40)}.idx`), 8 * GB);
  repository.writeLoose('blob', body);
  assert.equal(repository.blob(id).toString(), 'sound');
});
