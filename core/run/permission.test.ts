import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertPermitted } from './permission.ts';

const model = (...allowed: string[]) => ({ has: (scope: string) => allowed.includes(scope) });
const yes = (): boolean => true;
const no = (): boolean => false;

test('without the permission model everything is permitted', () => assertPermitted(undefined, no));

test('with all it needs a run may begin', () => assertPermitted(model('fs.read', 'fs.write', 'child'), yes));

test('what is missing is named', () => {
  assert.throws(
    () => assertPermitted(model('fs.read'), yes),
    /needs --allow-fs-write, --allow-child-process too\.$/,
  );
  assert.throws(() => assertPermitted(model(), no), /needs --allow-fs-read, /);
});

test('no option helps where fsync is disabled', () => {
  assert.throws(() => assertPermitted(model('fs.read', 'fs.write', 'child'), no), {
    code: 'PermissionModelError',
    message: /disables fsync.* runs can be read under it\.$/,
  });
});
