// Prints what the codec takes, beside what the bare work takes in the same run: JSON and SHA-256 for JSON, SHA-256 for
// bytes. Run it by `node --import tsx store/codec/codec.bench.ts`.
import { hash } from 'node:crypto';
import { ArtifactReader, storeValue } from '../artifact.ts';
import { contentCuts } from '../chunk.ts';
import { nativeZstd, wasmZstd, type Zstd } from '../compress.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';
import { loadArrow } from './arrow.ts';
import type { ObjectSink, ObjectSource } from './objects.ts';

/** Keeps references and hashes nothing, so that the codec alone is measured. */
class Shelf implements ObjectSink, ObjectSource {
  readonly #kept = new Map<string, Uint8Array | readonly TreeEntry[]>();
  bytes = 0;

  blob(bytes: Uint8Array): ObjectId;
  blob(id: ObjectId): Uint8Array;
  blob(given: Uint8Array | ObjectId): ObjectId | Uint8Array {
    return typeof given === 'string' ? (this.#kept.get(given) as Uint8Array) : this.#add(given, given.length);
  }

  tree(entries: readonly TreeEntry[]): ObjectId;
  tree(id: ObjectId): readonly TreeEntry[];
  tree(given: readonly TreeEntry[] | ObjectId): ObjectId | readonly TreeEntry[] {
    return typeof given === 'string' ? (this.#kept.get(given) as readonly TreeEntry[]) : this.#add(given, 0);
  }

  storedBytes(id: ObjectId): number {
    return this.blob(id).length;
  }

  #add(object: Uint8Array | readonly TreeEntry[], bytes: number): ObjectId {
    const id = String(this.#kept.size) as ObjectId;
    this.#kept.set(id, object);
    this.bytes += bytes;
    return id;
  }
}

interface Case {
  readonly name: string;
  readonly value: unknown;
  /** How often a measurement repeats it. */
  readonly times: number;
  save(): unknown;
  load(): unknown;
}

function json(name: string, value: unknown, times = 1): Case {
  const text = JSON.stringify(value);
  const bytes = Buffer.from(text);
  const save = () => hash('sha256', Buffer.from(JSON.stringify(value)));
  return { name, value, times, save, load: () => [JSON.parse(bytes.toString()), hash('sha256', bytes)] };
}

function binary(name: string, value: unknown, bytes: Uint8Array): Case {
  const sum = () => hash('sha256', bytes);
  return { name, value, times: 1, save: sum, load: sum };
}

const record = (i: number) => ({
  id: i,
  title: `Movie number ${i}`,
  year: 1950 + (i % 70),
  genres: ['Drama', 'Comedy'],
  score: (i % 997) / 10,
  seen: i % 2 === 0,
});
const records = (count: number) => Array.from({ length: count }, (_, i) => record(i));
const floats = Float64Array.from({ length: 8 << 20 }, () => Math.random());
const counts = Int32Array.from({ length: 8 << 20 }, (_, i) => i % 1000);
const text = Array.from(
  { length: 400_000 },
  (_, i) => `Line ${i} of ${(i * 7919) % 10_007}: the quick brown fox.`,
).join('\n');
const table = loadArrow().tableFromArrays({
  price: floats.slice(0, 1 << 20),
  count: counts.slice(0, 1 << 20),
});
const columns = Buffer.concat(
  [floats.slice(0, 1 << 20), counts.slice(0, 1 << 20)].map(({ buffer }) => Buffer.from(buffer)),
);

const CASES: Case[] = [
  json('a number', 5, 20_000),
  json('an object of three', { a: 1, b: 'x', c: true }, 20_000),
  json(
    'a configuration',
    {
      opt: { lr: 0.1, beta: [0.9, 0.99] },
      layers: [
        { n: 'a', units: 64 },
        { n: 'b', units: 32 },
      ],
    },
    20_000,
  ),
  json('200 records', records(200), 20),
  json('30 MB of records', records(250_000)),
  {
    ...json('6 MB of records', records(50_000)),
    name: '6 MB of records with dates',
    value: records(50_000).map((one) => ({ ...one, at: new Date(one.id) })),
  },
  json('1 million numbers', Array.from(floats.subarray(0, 1e6))),
  binary('64 MB of random Float64', floats, new Uint8Array(floats.buffer)),
  binary('32 MB of small Int32', counts, new Uint8Array(counts.buffer)),
  binary('18 MB of text', text, Buffer.from(text)),
  binary('12 MB Arrow table', table, columns),
];

/** Shortest of five runs, in milliseconds. */
function time(run: () => unknown, times = 1): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    for (let i = 0; i < times; i++) run();
    best = Math.min(best, performance.now() - start);
  }
  return best / times;
}

const figure = (milliseconds: number): string =>
  (milliseconds < 1 ? `${(milliseconds * 1000).toFixed(1)} µs` : `${milliseconds.toFixed(1)} ms`).padStart(
    10,
  );

function measure({ name, value, times, save, load }: Case): void {
  let shelf = new Shelf();
  const store = () => storeValue('x', value, shelf).entry;
  const saved = time(() => {
    shelf = times === 1 ? new Shelf() : shelf;
    store();
  }, times);
  shelf = new Shelf();
  const entry = store();
  const loaded = time(() => new ArtifactReader(shelf, entry).load(), times);
  const bare = [time(save, times), time(load, times)] as const;
  const ratios = [saved / bare[0], loaded / bare[1]].map((ratio) => `${ratio.toFixed(2)} ×`.padStart(8));
  console.log(
    `${name.padEnd(28)}${figure(saved)}${ratios[0]}${figure(loaded)}${ratios[1]}${String(shelf.bytes).padStart(12)}`,
  );
}

console.log(`Node ${process.version}, zstd by ${nativeZstd() === undefined ? 'zstd-codec' : 'node:zlib'}`);
console.log(
  `${''.padEnd(28)}${'save'.padStart(10)}${'bare'.padStart(8)}${'load'.padStart(10)}${'bare'.padStart(8)}${'bytes'.padStart(12)}`,
);
for (const one of CASES) measure(one);

const rows = new Shelf();
const list = new ArtifactReader(rows, storeValue('x', records(250_000), rows).entry);
list.element(1);
console.log(
  `\nOne of 250,000 records alone: ${figure(time(() => list.element(Math.floor(Math.random() * 250_000)), 200))}`,
);
const bytes = Buffer.from(text);
console.log(`FastCDC: ${(bytes.length / 1000 / time(() => contentCuts(bytes))).toFixed(0)} MB/s`);
const chunk = bytes.subarray(0, 1 << 20);
for (const [name, make] of [
  ['zstd-codec', wasmZstd],
  ['node:zlib', nativeZstd],
] as [string, () => Zstd | undefined][]) {
  const start = performance.now();
  const zstd = make();
  if (zstd === undefined) continue;
  const begun = performance.now() - start;
  const frame = zstd.compress(chunk);
  const speed = (run: () => unknown) => (chunk.length / 1000 / time(run, 10)).toFixed(0);
  console.log(
    `${name}: ready in ${begun.toFixed(0)} ms, compresses ${speed(() => zstd.compress(chunk))} MB/s, decompresses ${speed(() => zstd.decompress(frame, chunk.length))} MB/s`,
  );
}
