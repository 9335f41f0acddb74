import assert from 'node:assert/strict';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../git/scratch.ts';
import { processMark, thisProcess } from '../process-mark.ts';
import { MaintenanceRunningError, takeMaintenanceLock, whileMaintaining } from './lock.ts';

const LOCK = 'oxbow-maintenance.lock';
const markOf = (change: object): string => `oxbow lock ${processMark({ ...thisProcess(), ...change })}\n`;

test('one at a time holds the lock', (t) => {
  const store = scratchFolder(t);
  whileMaintaining(store, () => {
    assert.equal(takeMaintenanceLock(store), undefined);
    assert.throws(() => whileMaintaining(store, () => {}), MaintenanceRunningError);
  });
  assert.deepEqual(readdirSync(store), []);
});

test('the lock of a dead process is broken', (t) => {
  const store = scratchFolder(t);
  writeFileSync(join(store, LOCK), markOf({ pid: 0x7fff_fff0 }));
  const lock = takeMaintenanceLock(store);
  assert.ok(lock);
  lock.release();
  assert.deepEqual(readdirSync(store), []);
});

test('a lock of another machine, or of nobody, is honoured for twelve hours', (t) => {
  const store = scratchFolder(t);
  const path = join(store, LOCK);
  for (const text of [markOf({ host: `not-${hostname()}` }), '']) {
    writeFileSync(path, text);
    assert.equal(takeMaintenanceLock(store), undefined);
    utimesSync(path, Date.now() / 1000, Date.now() / 1000 - 13 * 3600);
    takeMaintenanceLock(store)?.release();
    assert.deepEqual(readdirSync(store), []);
  }
});
