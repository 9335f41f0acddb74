import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keep, roundTrip, valueFile } from './fixtures.ts';

describe('views on one ArrayBuffer', () => {
  test('share it again, wherever they begin', () => {
    const buffer = new ArrayBuffer(32);
    const value = {
      bytes: new Uint8Array(buffer, 3, 5),
      floats: new Float64Array(buffer, 8, 2),
      data: new DataView(buffer, 30),
    };
    const back = roundTrip(value) as typeof value;
    assert.equal(back.bytes.buffer, back.floats.buffer);
    assert.equal(back.bytes.buffer, back.data.buffer);
    back.floats[0] = 1.5;
    new Uint8Array(back.floats.buffer)[back.bytes.byteOffset] = 9;
    assert.equal(back.bytes[0], 9);
    assert.equal(back.floats.byteOffset - back.bytes.byteOffset, 5);
  });

  test('share it with the buffer itself, before or after', () => {
    for (const order of [
      ['buffer', 'view'],
      ['view', 'buffer'],
      ['view', 'buffer', 'again'],
    ]) {
      const buffer = new ArrayBuffer(5000);
      const parts: Record<string, unknown> = { buffer, view: new Uint16Array(buffer, 8, 4), again: buffer };
      const back = roundTrip(Object.fromEntries(order.map((key) => [key, parts[key]]))) as {
        buffer: ArrayBuffer;
        view: Uint16Array;
        again?: ArrayBuffer;
      };
      assert.equal(back.view.buffer, back.buffer);
      assert.equal(back.buffer.byteLength, 5000);
      assert.equal(back.again ?? back.buffer, back.buffer);
    }
  });

  test('store a stretch once, and only the stretch', () => {
    const buffer = new ArrayBuffer(1_000_000);
    const a = new Uint8Array(buffer, 100_000, 4000).fill(1);
    const b = new Uint8Array(buffer, 102_000, 4000);
    const { parts } = valueFile(keep({ a, b }));
    assert.deepEqual(
      parts.map(({ size }) => size),
      [6000],
    );
  });

  test('far apart in a large buffer are stored apart', () => {
    const buffer = new ArrayBuffer(1_000_000);
    const value = {
      a: new Uint8Array(buffer, 0, 2000).fill(1),
      b: new Uint8Array(buffer, 900_000, 2000).fill(2),
    };
    const kept = keep(value);
    assert.deepEqual(
      valueFile(kept).parts.map(({ size }) => size),
      [2000, 2000],
    );
    assert.deepEqual(kept.reader.load(), value);
  });

  test('a view alone stores nothing around it and does not tell where it stood', () => {
    const wide = new Uint8Array(10_000).fill(5);
    const { digest, size } = keep(wide.subarray(100, 5100)).stored;
    assert.equal(digest, keep(new Uint8Array(5000).fill(5)).stored.digest);
    assert.ok(size < 6000);
  });
});

describe('Buffers', () => {
  test('in Node’s pool are stored apart and always the same', () => {
    const make = () => [Buffer.from('first123'), Buffer.from('second'), Buffer.from('third')];
    const { digest } = keep(make()).stored;
    Buffer.from('something in between');
    assert.equal(keep(make()).stored.digest, digest);
    assert.ok(!JSON.stringify(valueFile(keep(make()))).includes('buffer'));
  });

  test('that overlap share their bytes again', () => {
    const whole = Buffer.from('hello world');
    const [a, b] = roundTrip([whole, whole.subarray(6)]) as [Buffer, Buffer];
    assert.ok(Buffer.isBuffer(a) && Buffer.isBuffer(b));
    assert.equal(String(b), 'world');
    a[6] = 'W'.charCodeAt(0);
    assert.equal(String(b), 'World');
  });

  test('met twice are one Buffer', () => {
    const buffer = Buffer.from('same');
    const [a, b] = roundTrip([buffer, buffer]) as [Buffer, Buffer];
    assert.equal(a, b);
  });
});
