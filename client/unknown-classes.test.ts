// Values of classes that this process does not have, as those see them who only look.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { PackSink, Repository, registerCodec, type TreeEntry } from '#store';
import { NotFoundError } from './errors.ts';
import { StoredArtifact } from './stored-artifact.ts';
import { ValueCache } from './value-cache.ts';
import type { ValuePath } from './value-path.ts';

const folder = mkdtempSync(join(tmpdir(), 'oxbow-unknown-'));
const repository = Repository.create(join(folder, '.flow'));
after(() => {
  repository.close();
  rmSync(folder, { recursive: true, force: true });
});

const money = (cents: number) => ({ $class: { name: 'Money', value: [cents, 'EUR'] } });

/** As a process stores them that has the classes Order, by its properties, and Money, by a codec. */
const ORDER = {
  $def: [
    0,
    {
      $class: {
        name: 'Order',
        fields: { id: 7, price: money(1234), lines: [money(1), { net: money(2) }], self: { $ref: 0 } },
      },
    },
  ],
};
const SETTINGS = { $class: { name: 'Settings', value: { lr: 0.1, layers: [{ n: 1 }] } } };

function stored(skeleton: unknown): TreeEntry {
  const sink = new PackSink();
  const text = JSON.stringify({ format: 1, codec: 'structured', type: 'x', skeleton, parts: [] });
  const id = sink.tree([{ mode: '100644', name: 'value.json', id: sink.blob(Buffer.from(text)) }]);
  for (const object of sink.take()) repository.hold(object);
  return { mode: '40000', name: 'x', id };
}

const look = (skeleton: unknown, showsUnknown = true) =>
  new StoredArtifact({ repository, values: new ValueCache(), showsUnknown }, stored(skeleton), 'F/1/s/0/x');

describe('an instance of a class that is not there', () => {
  test('is shown as it is stored, under the name of the class', () => {
    const shown = look({ of: money(5), settings: SETTINGS }).load();
    assert.equal(
      inspect(shown, { depth: 9 }),
      `{\n  of: Money [ 5, 'EUR' ],\n  settings: Settings { lr: 0.1, layers: [ { n: 1 } ] }\n}`,
    );
    assert.deepEqual(JSON.parse(JSON.stringify(shown)), {
      of: { Money: [5, 'EUR'] },
      settings: { Settings: { lr: 0.1, layers: [{ n: 1 }] } },
    });
  });

  test('is looked into by paths', () => {
    const reached: readonly (readonly [unknown, ValuePath, unknown])[] = [
      [ORDER, ['id'], 7],
      [ORDER, ['price', 0], 1234],
      [ORDER, ['price', 'Money', 0], 1234],
      [ORDER, ['lines', 1, 'net', -1], 'EUR'],
      [ORDER, ['self', 'self', 'id'], 7],
      [SETTINGS, ['lr'], 0.1],
      [SETTINGS, ['layers', 0, 'n'], 1],
      [SETTINGS, ['Settings', 'lr'], 0.1],
      [[1, ORDER], [1, 'lines', 0, 0], 1],
    ];
    for (const [value, path, found] of reached) assert.deepEqual(look(value).at(path), found, path.join('.'));
  });

  test('says of a path that leads nowhere what there is', () => {
    assert.throws(
      () => look(SETTINGS).at(['nope']),
      (error: Error) =>
        error instanceof NotFoundError &&
        /an instance of Settings, stored as an Object, and has no key "nope"\. Its keys: lr, layers/.test(
          error.message,
        ),
    );
  });

  test('is an error for a program, which may look at properties without it', () => {
    assert.throws(() => look(ORDER, false).load(), {
      code: 'UnreadableError',
      message: /registerCodec\(Order\)/,
    });
    assert.equal(look(ORDER, false).at(['id']), 7);
    assert.throws(() => look(ORDER, false).at(['price', 0]), { code: 'UnreadableError' });
    assert.throws(() => look(SETTINGS, false).at(['lr']), { code: 'UnreadableError' });
  });

  test('is itself again where the class is there', () => {
    class Euro {
      readonly euros: number;
      constructor(cents: number) {
        this.euros = cents / 100;
      }
    }
    registerCodec(Euro, {
      encode: ({ euros }) => [euros * 100],
      decode: ([cents]) => new Euro(Number(cents)),
    });
    const euro = { $class: { name: 'Euro', value: [250] } };
    assert.ok(look(euro).load() instanceof Euro);
    assert.equal(look({ price: euro }).at(['price', 'euros']), 2.5);
  });
});
