import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ObjectCorruptError } from './errors.ts';
import { objectIdOf } from './object.ts';
import { packObject, unpackObject } from './packed-object.ts';
import { damages } from './scratch.ts';

const bodies = fc.uint8Array({ maxLength: 2000 });
const types = fc.constantFrom('blob', 'tree', 'commit', 'tag');

test('property: an object comes back as it was packed, at every level', () => {
  const levels = fc.constantFrom<0 | 1 | 6 | undefined>(undefined, 0, 1, 6);
  fc.assert(
    fc.property(types, bodies, levels, (type, body, level) => {
      const packed = packObject(type, body, level);
      assert.equal(packed.id, objectIdOf(type, body));
      assert.equal(packed.size, body.length);
      assert.deepEqual(unpackObject(packed), { type, body: Buffer.from(body) });
    }),
  );
});

test('it survives being sent to another thread', () => {
  const packed = packObject('blob', Buffer.from('x'.repeat(1000)));
  assert.equal(unpackObject(structuredClone(packed)).body.length, 1000);
});

test('tiny bodies are stored, others compressed', () => {
  assert.equal(packObject('blob', Buffer.alloc(100)).deflated.length, 111);
  assert.ok(packObject('blob', Buffer.alloc(1000)).deflated.length < 100);
  assert.ok(packObject('blob', Buffer.alloc(1000), 0).deflated.length > 1000);
});

test('property: damage is an ObjectCorruptError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), damages, (body, damage) => {
      const packed = packObject('blob', body);
      try {
        const object = unpackObject({ ...packed, deflated: damage(packed.deflated) });
        assert.deepEqual(object.body, Buffer.from(body));
      } catch (error) {
        assert.ok(error instanceof ObjectCorruptError, String(error));
        assert.equal(error.id, packed.id);
      }
    }),
    { numRuns: 500 },
  );
});

test('another object under this id is an ObjectCorruptError', () => {
  const packed = packObject('blob', Buffer.from('a'));
  const other = packObject('blob', Buffer.from('b'));
  assert.throws(() => unpackObject({ ...packed, deflated: other.deflated }), ObjectCorruptError);
  assert.throws(() => unpackObject({ ...packed, type: 'tag' }), ObjectCorruptError);
});
