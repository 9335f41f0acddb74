import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CACHE_BOUNDS, sweep, sweepDaily } from './cache-sweep.ts';

const DAY = 24 * 3_600_000;
const NOW = Date.now();

/** A cache with files of 100 bytes, each last used so many days ago. */
function cacheWith(t: TestContext, files: Readonly<Record<string, number>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-sweep-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, days] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.alloc(100));
    utimesSync(path, (NOW - days * DAY) / 1000, (NOW - days * DAY) / 1000);
  }
  return folder;
}

const left = (cache: string): string[] => readdirSync(cache, { recursive: true, encoding: 'utf8' }).sort();

test('what nobody uses goes, and its folder', (t) => {
  const cache = cacheWith(t, { 'a/x.mjs': 31, 'a/y.mjs': 1, 'b/z.mjs': 40 });
  sweep(cache, CACHE_BOUNDS, NOW);
  assert.deepEqual(left(cache), ['a', 'a/y.mjs']);
});

test('above its size the least used goes, but never what was used today', (t) => {
  const cache = cacheWith(t, { 'a/1.mjs': 0.1, 'a/2.mjs': 0.2, 'b/3.mjs': 2, 'b/4.mjs': 3 });
  sweep(cache, { ...CACHE_BOUNDS, bytes: 300 }, NOW);
  assert.deepEqual(left(cache), ['a', 'a/1.mjs', 'a/2.mjs', 'b', 'b/3.mjs']);
  sweep(cache, { ...CACHE_BOUNDS, bytes: 100 }, NOW);
  assert.deepEqual(left(cache), ['a', 'a/1.mjs', 'a/2.mjs']);
});

test('a cache is swept once a day', (t) => {
  const cache = cacheWith(t, { 'a/x.mjs': 31 });
  sweepDaily(cache, NOW);
  assert.deepEqual(left(cache), ['swept']);
  mkdirSync(join(cache, 'b'));
  sweepDaily(cache, NOW + DAY / 2);
  assert.deepEqual(left(cache), ['b', 'swept']);
  sweepDaily(cache, NOW + 2 * DAY);
  assert.deepEqual(left(cache), ['swept']);
});
