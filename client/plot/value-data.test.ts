import assert from 'node:assert/strict';
import test from 'node:test';
import { tableFromArrays } from 'apache-arrow';
import { plot } from './plot.ts';
import { drawableOf, overlaid } from './value-data.ts';

test('a value has the plot that suits it', () => {
  const specOf = (value: unknown) => drawableOf(value)?.spec;
  assert.deepEqual(specOf([1, 2n, null]), { x: 'row', y: 'value' });
  assert.deepEqual(specOf(new Float32Array(3)), { x: 'row', y: 'value' });
  assert.deepEqual(specOf(['a', 'b', 'a']), { kind: 'bar', x: 'value', y: 'count' });
  assert.deepEqual(drawableOf(['a', 'b', 'a'])?.columns.count, [2, 1]);
  assert.deepEqual(specOf([new Float64Array(2), [1, 2]]), {
    kind: 'heatmap',
    x: 'column',
    y: 'row',
    color: 'value',
  });
  assert.deepEqual(specOf({ a: 1, b: 2 }), { kind: 'bar', x: 'name', y: 'value' });
  assert.deepEqual(specOf({ epoch: [1, 2], loss: [2, 1] }), { x: 'epoch', y: 'loss' });
  assert.deepEqual(specOf({ loss: [2, 1], acc: [1, 2] }), { y: 'loss' });
  assert.deepEqual(specOf([{ at: new Date(0), v: 1 }]), { x: 'at', y: 'v' });
  assert.deepEqual(specOf(tableFromArrays({ x: [1, 2], y: [2, 1] })), { x: 'x', y: 'y' });
  for (const value of [
    1,
    'text',
    null,
    {},
    new Map(),
    { a: 'b' },
    [[1], ['x']],
    Buffer.from('bytes'),
    [[[1]]],
  ])
    assert.equal(drawableOf(value), undefined);
});

test('values upon each other are told apart by their source', () => {
  const columns = overlaid([
    { name: 'a', columns: { row: Float64Array.of(0, 1), value: [1, 2] } },
    { name: 'b', columns: { row: Float64Array.of(0), other: ['x'] } },
  ]);
  assert.deepEqual(columns, {
    row: Float64Array.of(0, 1, 0),
    value: [1, 2, null],
    other: [null, null, 'x'],
    source: ['a', 'a', 'b'],
  });
  assert.match(
    plot(columns, { x: 'row', y: 'value', color: 'source' }).toSVG(),
    />a<[\s\S]*1 row left out|1 row left out[\s\S]*>a</,
  );
});
