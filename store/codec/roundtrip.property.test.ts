import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { ArtifactReader } from '../artifact.ts';
import { encodeSkeleton } from './encode.ts';
import { encodeTree } from './encode-tree.ts';
import { FakeObjects } from './fake-objects.ts';
import { keep } from './fixtures.ts';
import { PartWriter } from './part-write.ts';
import { sameGraph } from './same-graph.ts';
import { surveyOf } from './survey.ts';

const key = fc.oneof(
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', '$def', '$ref', '$Map', '$', 'toString', '0', '10', 'ü'),
);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud800', 'a\udc00', 'x'.repeat(66_000)),
);
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, 0, Number.NaN, 1e21, 5e-324));
const leaf = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(text, number, fc.boolean(), fc.constant(null)) },
  fc.oneof(
    fc.constant(undefined),
    fc.bigInt(),
    fc.date({ noInvalidDate: false }),
    fc.uint8Array({ maxLength: 1500 }),
    fc.float64Array(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.uint8Array().map((bytes) => new Uint8Array(bytes).buffer),
    fc.string().map((message) => new RangeError(message)),
    fc.constantFrom(/a/g, new URL('https://example.org/'), Object(1n)),
  ),
);
const holey = (item: fc.Arbitrary<unknown>) =>
  fc.array(fc.tuple(fc.boolean(), item)).map((pairs) => {
    const list: unknown[] = [];
    for (const [hole, value] of pairs) hole ? list.length++ : list.push(value);
    return list;
  });
const object = (item: fc.Arbitrary<unknown>, prototype: object | null) =>
  fc.array(fc.tuple(key, item), { maxLength: 6 }).map((fields) => {
    const made: object = Object.create(prototype);
    for (const [name, value] of fields)
      Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true });
    return made;
  });

const { value: tree } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    leaf,
    tie('array'),
    tie('object'),
    tie('json'),
    tie('other'),
  ),
  array: fc.oneof(
    fc.array(tie('value')),
    holey(tie('value')),
    fc.array(number, { minLength: 1020, maxLength: 1030 }),
  ),
  object: fc.oneof(object(tie('value'), Object.prototype), object(tie('value'), null)),
  json: fc.jsonValue(),
  other: fc.oneof(
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    fc.array(tie('value'), { maxLength: 4 }).map((members) => new Set(members)),
    tie('value').map((cause) => new Error('e', { cause })),
    fc.tuple(fc.array(tie('value')), tie('value')).map(([list, extra]) => Object.assign(list, { extra })),
  ),
}));

/** A value some of whose objects are met more than once, and cycles. */
const graph = fc
  .tuple(tree, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 4 }))
  .map(([value, links]) => {
    const objects = objectsIn(value);
    for (const [from, to] of links) {
      const holder = objects[from % objects.length];
      const target = objects[to % objects.length];
      if (
        holder === undefined ||
        ArrayBuffer.isView(holder) ||
        holder instanceof RegExp ||
        holder instanceof URL ||
        holder instanceof Date
      )
        continue;
      if (holder instanceof Map) holder.set('link', target);
      else if (holder instanceof Set) holder.add(target);
      else if (Array.isArray(holder)) holder.push(target);
      else if (Object.getPrototypeOf(holder) === Object.prototype)
        Object.defineProperty(holder, 'link', {
          value: target,
          enumerable: true,
          configurable: true,
          writable: true,
        });
    }
    return value;
  });

function objectsIn(value: unknown, found: object[] = []): object[] {
  if (typeof value !== 'object' || value === null || found.includes(value)) return found;
  found.push(value);
  if (ArrayBuffer.isView(value)) return found;
  const inside = value instanceof Map || value instanceof Set ? [...value].flat() : Object.values(value);
  for (const child of inside) objectsIn(child, found);
  return found;
}

const RUNS = { numRuns: 400 };

test('any value comes back the same, with the same digest', () => {
  fc.assert(
    fc.property(graph, (value) => {
      const { stored, reader } = keep(value);
      const back = reader.load();
      assert.ok(sameGraph(value, back));
      assert.equal(keep(back).stored.digest, stored.digest);
      assert.equal(reader.size, stored.size);
    }),
    RUNS,
  );
});

test('any JSON comes back deeply equal', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      // -0 is written as JSON allows it, and read as what it was.
      assert.ok(isDeepStrictEqual(keep(value).reader.load(), value));
    }),
    RUNS,
  );
});

test('the elements of any list are those of the list', () => {
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 8 }), (list) => {
      const { reader } = keep(list);
      assert.equal(reader.length, list.length);
      for (const [index, item] of list.entries()) assert.ok(sameGraph(item, reader.element(index)));
    }),
    RUNS,
  );
});

test('the two encoders make the same skeleton', () => {
  fc.assert(
    fc.property(tree, (value) => {
      fc.pre(surveyOf(value).kind !== 'other');
      const encoded = (encode: (parts: PartWriter) => unknown) => {
        const parts = new PartWriter(new FakeObjects());
        return [JSON.stringify(encode(parts)), parts.parts];
      };
      const general = encoded((parts) => encodeSkeleton('x', value, parts).node);
      fc.pre(surveyOf(value).kind === 'tree' || surveyOf(value).splits);
      assert.deepEqual(
        encoded((parts) => encodeTree(value, parts)),
        general,
      );
    }),
    RUNS,
  );
});

test('damaged bytes give a clear error or the right value', () => {
  fc.assert(
    fc.property(
      graph,
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (value, which, where, change) => {
        const { objects, stored, reader } = keep(value);
        reader.load();
        const blobs = objects.below(stored.entry).filter((id) => objects.objects.get(id)?.type === 'blob');
        const id = blobs[which % blobs.length];
        const body = id === undefined ? undefined : objects.objects.get(id)?.body;
        if (id === undefined || body === undefined || body.length === 0) return;
        const damaged = Buffer.from(body);
        damaged[where % body.length] = (damaged[where % body.length] ?? 0) ^ change;
        objects.damage(id, damaged);
        const again = new ArtifactReader(objects, stored.entry, stored.digest);
        try {
          assert.ok(sameGraph(value, again.load())); // A zstd frame may have bits that do not matter.
        } catch (error) {
          assert.equal((error as { code?: unknown }).code, 'ArtifactCorruptError', String(error));
        }
      },
    ),
    RUNS,
  );
});

test('a value.json somebody changed gives a clear error or some value, and harms nobody', () => {
  fc.assert(
    fc.property(
      graph,
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'[]{}",:0129-e$aDM_')), { minLength: 1, maxLength: 3 }),
      (value, edits) => {
        const { objects, stored } = keep(value);
        const file =
          stored.entry.mode === '40000'
            ? objects.tree(stored.entry.id).find(({ name }) => name === 'value.json')
            : stored.entry;
        const body = file && objects.objects.get(file.id)?.body;
        if (file === undefined || body === undefined) return;
        const text = Buffer.from(body);
        for (const [at, character] of edits) text[at % text.length] = character.charCodeAt(0);
        objects.damage(file.id, text);
        const reader = new ArtifactReader(objects, stored.entry);
        for (const read of [
          () => reader.load(),
          () => reader.type,
          () => reader.length,
          () => (reader.length ?? 0) > 0 && reader.element(0),
        ]) {
          try {
            read();
          } catch (error) {
            assert.match(
              String((error as { code?: unknown }).code),
              /^(ArtifactCorrupt|Unreadable)Error$/,
              String(error),
            );
          }
        }
        assert.equal(Object.keys(Object.prototype).length, 0);
      },
    ),
    { numRuns: 1500 },
  );
});
