import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyDelta } from './delta.ts';
import { MalformedObjectError } from './errors.ts';
import { damages } from './scratch.ts';

type Step = { readonly copy: readonly [offset: number, length: number] } | { readonly insert: Uint8Array };

// The counterpart of applyDelta; only tests need one, because this store never writes deltas.
function encodeDelta(base: Uint8Array, steps: readonly Step[]): Buffer {
  const target = expected(base, steps);
  const bytes = [...number(base.length), ...number(target.length)];
  for (const step of steps) {
    if ('insert' in step) bytes.push(step.insert.length, ...step.insert);
    else bytes.push(...copy(...step.copy));
  }
  return Buffer.from(bytes);
}

function number(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...number(Math.floor(value / 128))];
}

function copy(offset: number, length: number): number[] {
  const parts = [
    offset & 255,
    (offset >> 8) & 255,
    (offset >> 16) & 255,
    offset >>> 24,
    length & 255,
    (length >> 8) & 255,
    length >> 16,
  ];
  if (length === 0x10000) parts.fill(0, 4);
  const code = parts.reduce((bits, part, i) => (part === 0 ? bits : bits | (1 << i)), 0x80);
  return [code, ...parts.filter((part) => part !== 0)];
}

function expected(base: Uint8Array, steps: readonly Step[]): Buffer {
  return Buffer.concat(
    steps.map((step) =>
      'insert' in step ? step.insert : base.subarray(step.copy[0], step.copy[0] + step.copy[1]),
    ),
  );
}

const cases = fc.uint8Array({ minLength: 1, maxLength: 300 }).chain((base) => {
  const copies = fc
    .tuple(fc.nat(base.length - 1), fc.integer({ min: 1, max: base.length }))
    .map(([offset, length]) => ({ copy: [offset, Math.min(length, base.length - offset)] as const }));
  const inserts = fc.uint8Array({ minLength: 1, maxLength: 127 }).map((insert) => ({ insert }));
  return fc.record({
    base: fc.constant(base),
    steps: fc.array(fc.oneof(copies, inserts), { maxLength: 10 }),
  });
});

test('property: a delta makes its target', () => {
  fc.assert(
    fc.property(cases, ({ base, steps }) => {
      assert.deepEqual(applyDelta(base, encodeDelta(base, steps)), expected(base, steps));
    }),
  );
});

test('copies reach over 16-bit offsets and lengths', () => {
  const base = Buffer.from(Array.from({ length: 20_000_000 / 8 }, (_, i) => i % 251));
  const steps = [
    { copy: [0x10001, 0x10000] as const },
    { copy: [0, 0xffffff % base.length] as const },
    { copy: [0x20000, 0x12345] as const },
  ];
  assert.deepEqual(applyDelta(base, encodeDelta(base, steps)), expected(base, steps));
});

test('property: a damaged delta is refused or makes as many bytes as it says', () => {
  fc.assert(
    fc.property(cases, damages, ({ base, steps }, damage) => {
      try {
        applyDelta(base, damage(encodeDelta(base, steps)));
      } catch (error) {
        assert.ok(error instanceof MalformedObjectError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});

test('a size that is out of range claims no memory', () => {
  const huge = Buffer.from([1, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 65]);
  assert.throws(() => applyDelta(Buffer.from('x'), huge), /makes 1 bytes instead of/);
  assert.throws(() => applyDelta(Buffer.from('x'), Buffer.alloc(50, 0xff)), /out of range/);
});

test('a delta for another base, beyond its base, or of unknown kind is refused', () => {
  const base = Buffer.from('base');
  assert.throws(() => applyDelta(base, Buffer.from([3, 0])), /for a base of 3 bytes, not 4/);
  assert.throws(() => applyDelta(base, Buffer.from([4, 5, 0x90, 5])), /beyond its base/);
  assert.throws(() => applyDelta(base, Buffer.from([4, 1, 0])), /kind 0/);
  assert.throws(() => applyDelta(base, Buffer.from([4, 3, 3, 65])), /cut short/);
});
