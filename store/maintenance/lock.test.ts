import assert from 'node:assert/strict';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { thisProcess } from '../environment.ts';
import { scratchFolder } from '../git/scratch.ts';
import { MaintenanceLock, MaintenanceRunningError, whileMaintaining } from './lock.ts';

const LOCK = 'oxbow-maintenance.lock';
const dead = { ...thisProcess(), pid: 0x7fff_fff0, token: '0123456789abcdef' };

test('one at a time holds the lock', (t) => {
  const store = scratchFolder(t);
  whileMaintaining(store, () => {
    assert.equal(MaintenanceLock.take(store), undefined);
    assert.throws(() => whileMaintaining(store, () => {}), MaintenanceRunningError);
  });
  assert.deepEqual(readdirSync(store), []);
});

test('the lock of a dead process is broken', (t) => {
  const store = scratchFolder(t);
  writeFileSync(join(store, LOCK), JSON.stringify(dead));
  const lock = MaintenanceLock.take(store);
  assert.ok(lock);
  lock.release();
  assert.deepEqual(readdirSync(store), []);
});

test('so is one that was never filled, when it is old', (t) => {
  const store = scratchFolder(t);
  const path = join(store, LOCK);
  writeFileSync(path, '{"pid":');
  assert.equal(MaintenanceLock.take(store), undefined);
  utimesSync(path, 1e9, 1e9);
  assert.ok(MaintenanceLock.take(store));
});

test('a lock of another machine is honoured for twelve hours', (t) => {
  const store = scratchFolder(t);
  const path = join(store, LOCK);
  writeFileSync(path, JSON.stringify({ ...dead, host: `not-${hostname()}` }));
  assert.equal(MaintenanceLock.take(store), undefined);
  utimesSync(path, Date.now() / 1000, Date.now() / 1000 - 13 * 3600);
  assert.ok(MaintenanceLock.take(store));
});

test('who breaks a lock was killed in between: a later one breaks it after all', (t) => {
  const store = scratchFolder(t);
  writeFileSync(join(store, LOCK), JSON.stringify(dead));
  const breaker = join(store, `${LOCK}-${dead.token}`);
  writeFileSync(breaker, '');
  assert.equal(MaintenanceLock.take(store), undefined);
  utimesSync(breaker, 1e9, 1e9);
  assert.ok(MaintenanceLock.take(store));
});
