import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OxbowError } from '../errors.ts';
import type { ObjectId } from '../ids.ts';
import * as errors from './errors.ts';

const id = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391' as ObjectId;

const examples: readonly OxbowError[] = [
  new errors.NotARepositoryError('/tmp/x', 'there is no such folder'),
  new errors.ObjectMissingError(id, '/tmp/x'),
  new errors.ObjectCorruptError(id, 'the pack ends before it'),
  new errors.ObjectTypeError(id, 'tree', 'blob'),
  new errors.MalformedObjectError('tree', 'it is cut short'),
  new errors.IllegalObjectError('Tree entry name', '.git', 'is the folder of git'),
  new errors.RefNameError('a b', 'contains a space'),
  new errors.RefLockedError('/tmp/x.lock', 1500),
  new errors.RefChangedError('refs/x', null, id),
  new errors.RefConflictError('refs/x', 'refs/x/y'),
  new errors.RefCorruptError('refs/x', 'its file is empty'),
];

test('every error of this folder is here, named by its code', () => {
  const classes = Object.entries(errors).map(([name]) => name);
  assert.deepEqual(examples.map((error) => error.code).sort(), classes.sort());
  for (const error of examples) {
    assert.ok(error instanceof OxbowError);
    assert.equal(error.code, error.constructor.name);
    assert.equal(error.name, error.code);
  }
});

test('every message is sentences that end with a full stop', () => {
  for (const { message } of examples) assert.match(message, /^\S.*[a-z)".]\.$/);
});
