import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { inspect } from 'node:util';
import { tableFromArrays } from 'apache-arrow';
import fc from 'fast-check';
import * as vega from 'vega';
import * as vegaLite from 'vega-lite';
import { runTableOf } from '../tables/table-file.ts';
import { PLOT_KINDS } from './kinds.ts';
import { plot } from './plot.ts';
import { PlotError } from './plot-error.ts';
import { linearScale, logScale, timeScale } from './scale.ts';
import type { PlotSpec } from './spec.ts';
import { thinLine } from './thin-out.ts';

const fails = (words: RegExp, run: () => unknown): void =>
  assert.throws(run, (error) => error instanceof PlotError && words.test(error.message));

test('marks are round numbers within the axis, ascending and told apart', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (one, other) => {
        const scale = linearScale(Math.min(one, other), Math.max(one, other));
        const [a, b] = scale.domain;
        const values = scale.ticks(5).map(({ value }) => value);
        assert.ok(values.length <= 60);
        for (const [i, value] of values.entries()) {
          const place = scale.place(value);
          assert.ok(place >= -1e-6 && place <= 1 + 1e-6, `${value} in ${a}..${b} at ${place}`);
          assert.ok(i === 0 || value >= (values[i - 1] as number));
        }
      },
    ),
  );
  const labels = (scale: ReturnType<typeof linearScale>): string[] =>
    scale.ticks(5).map(({ label }) => label);
  assert.deepEqual(labels(linearScale(0, 1)), ['0', '0.2', '0.4', '0.6', '0.8', '1.0']);
  assert.deepEqual(labels(linearScale(0, 5e6)), ['0', '1e6', '2e6', '3e6', '4e6', '5e6']);
  assert.deepEqual(labels(logScale(0.001, 1000)), ['0.001', '0.1', '10', '1000']);
  assert.deepEqual(labels(timeScale(Date.UTC(2026, 0, 1), Date.UTC(2026, 3, 1))), [
    '2026-01',
    '2026-02',
    '2026-03',
    '2026-04',
  ]);
  assert.deepEqual(labels(timeScale(Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1, 4))).at(1), '01:00');
});

test('a line that is thinned out keeps the first, lowest, highest and last point of each column', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer()), { minLength: 1 }),
      (points) => {
        const sorted = points.toSorted((a, b) => a[0] - b[0]);
        const kept = thinLine(
          sorted.map(([x]) => x),
          sorted.map(([, y]) => y),
        ).map((k) => sorted[k] as [number, number]);
        assert.ok(kept.length <= 40);
        for (let column = 0; column < 10; column += 1) {
          const of = (all: [number, number][]): number[] =>
            all.filter(([x]) => x === column).map(([, y]) => y);
          const [own, left] = [of(sorted), of(kept)];
          assert.equal(left[0], own[0]);
          assert.equal(left.at(-1), own.at(-1));
          assert.equal(Math.min(...left), Math.min(...own));
          assert.equal(Math.max(...left), Math.max(...own));
        }
      },
    ),
  );
});

test('any numbers give pictures of the wanted size without NaN', () => {
  const cell = fc.oneof(fc.double(), fc.constant(null), fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }));
  const name = fc.oneof(fc.constantFrom('a', 'b', null), fc.string({ unit: 'binary', maxLength: 4 }));
  fc.assert(
    fc.property(
      fc.array(fc.record({ x: cell, y: cell, g: name, h: name }), { maxLength: 11 }),
      fc.constantFrom(...PLOT_KINDS),
      fc.constantFrom({}, { color: 'g' }, { facet: 'h' }, { color: 'g', facet: 'h' }, { color: 'x' }),
      fc.integer({ min: 30, max: 200 }),
      (rows, kind, groups, width) => {
        // A heat map has numbers as colours, and the other kinds at most 12 names.
        const more = kind === 'heatmap' ? { color: 'x' } : groups;
        const drawn = plot(rows, {
          kind,
          x: 'x',
          y: kind === 'parallel' ? ['x', 'y'] : 'y',
          ...more,
          width: 160,
          height: 120,
        });
        assert.doesNotMatch(drawn.toSVG(), /NaN|Infinity[^<]*"|[\u0000-\u0008]/);
        assert.ok(JSON.stringify(drawn.toVegaLite()).length > 0);
        for (const ascii of [false, true]) {
          const lines = drawn.toText({ width, ascii }).split('\n');
          assert.ok(lines.every((line) => [...line].length <= width));
          if (ascii) assert.ok(lines.every((line) => /^[ -~]*$/.test(line)));
        }
      },
    ),
  );
});

test('what has no place on an axis is left out and counted', () => {
  const drawn = plot([1, Number.NaN, 3, Number.POSITIVE_INFINITY, -1], { kind: 'scatter', log: 'y' });
  assert.match(drawn.toSVG(), />3 rows left out</);
  assert.match(drawn.toText(), /\(3 rows left out\)/);
  assert.match(plot([], {}).toText(), /no data/);
});

test('errors name the column or the option', () => {
  fails(/no column "z".*a, b/, () => plot([{ a: 1, b: 2 }], { y: 'z' }));
  fails(/"a" cannot be drawn: row 0/, () => plot([{ a: {} }], { y: 'a' }));
  fails(/"a" cannot be drawn: it has a number and a name/, () => plot([{ a: 1 }, { a: 'x' }], { y: 'a' }));
  fails(/"value" has no positive value/, () => plot([-1, 0], { log: 'y' }));
  fails(/has 13 values/, () =>
    plot(
      Array.from({ length: 13 }, (_, i) => ({ y: i, c: i })),
      { y: 'y', color: 'c' },
    ),
  );
  fails(/has 10000 values; a bar plot/, () =>
    plot(
      Array.from({ length: 10_000 }, (_, i) => ({ n: `n${i}`, y: i })),
      { kind: 'bar', x: 'n', y: 'y' },
    ),
  );
  fails(/leave out log/, () => plot([1], { kind: 'histogram', log: 'x' }));
  fails(/kind of plot "pie"/, () => plot([1], { kind: 'pie' as 'bar' }));
});

test('names from data neither leave the SVG nor move the cursor', () => {
  const name = '</text><script>x("&")</script>\u001b[2J\u0000\ud800';
  const drawn = plot([{ [name]: 1, s: name }], { y: name, color: 's', title: name });
  assert.doesNotMatch(drawn.toSVG(), /<script|[\u0000-\u0008\u001b]/);
  assert.doesNotMatch(drawn.toText(), /[\u0000-\u0009\u001b]/);
  assert.equal(drawn.toSVG(), plot([{ [name]: 1, s: name }], { y: name, color: 's', title: name }).toSVG());
});

test('letters that take two columns do not move what stands behind them', () => {
  const rows = ['学習率が高い', '学', 'é'].map((n, i) => ({ n, v: 3 - i }));
  const lines = plot(rows, { kind: 'heatmap', x: 'v', y: 'n', title: '損失'.repeat(30) })
    .toText({ width: 40 })
    .split('\n');
  const axis = lines
    .filter((line) => /[┤│]/.test(line))
    .map((line) => {
      const before = line.slice(0, line.search(/[┤│]/));
      return (
        before.replace(/\p{Mn}/gu, '').length +
        (before.match(/\p{Script=Han}|\p{Script=Hiragana}/gu)?.length ?? 0)
      );
    });
  assert.equal(new Set(axis).size, 1);
  assert.equal(lines[0], `${'損失'.repeat(9)}損 …`);
});

test('tables, rows, columns and a list give the same picture', () => {
  const y = [3, 1, 2];
  const svg = plot(
    y.map((value, row) => ({ row, value })),
    { x: 'row', y: 'value' },
  ).toSVG();
  assert.equal(plot(tableFromArrays({ row: [0, 1, 2], value: y }), { x: 'row', y: 'value' }).toSVG(), svg);
  assert.equal(plot(Float32Array.from(y)).toSVG(), svg);
  assert.equal(plot({ row: [0, 1, 2], value: Float64Array.from(y) }, { x: 'row', y: 'value' }).toSVG(), svg);
  assert.equal(
    runTableOf([{ name: 'value', values: y }])
      .plot({ y: 'value' })
      .toSVG(),
    svg,
  );
  fails(/"a" has 1 values and "b" 2/, () => plot({ a: [1], b: [1, 2] }, { y: 'a' }));
  assert.equal(plot(BigInt64Array.from(y, BigInt)).toSVG(), svg);
});

test('a small SVG, to the byte', () => {
  const rows = [1, 2, 3].map((x) => ({ x, y: x * x, g: x > 1 ? 'b & c' : 'a' }));
  const svg = plot(rows, {
    kind: 'bar',
    x: 'x',
    y: 'y',
    color: 'g',
    title: 'Squares',
    width: 240,
    height: 160,
  }).toSVG();
  assert.equal(svg, readFileSync(join(import.meta.dirname, 'bars.golden.svg'), 'utf8'));
});

test('a million points give an SVG bounded by its area, and a spike stays', () => {
  const values = new Float64Array(1e6);
  values[654_321] = 1;
  const line = plot(values).toSVG();
  assert.ok(line.length < 30_000);
  // Only the path of the data has joints; its highest point stands on the highest mark.
  const tops = [...line.matchAll(/L[\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
  assert.ok(Math.min(...tops) < Math.max(...tops) - 200);
  assert.ok(plot(values, { kind: 'scatter' }).toSVG().length < 100_000);
});

test('odd data gives a picture, or an error that names the column', () => {
  const kinds = PLOT_KINDS.filter((kind) => kind !== 'parallel' && kind !== 'heatmap');
  for (const kind of kinds)
    for (const values of [
      [],
      [0],
      [7, 7, 7],
      [1e-300, 2e-300],
      [-1e300, 1e300],
      [null, null],
      [2n ** 70n, -1n],
    ]) {
      const drawn = plot({ value: values }, { kind });
      assert.doesNotMatch(drawn.toSVG(), /NaN/);
      assert.ok(drawn.toText().includes('┤') || values.length === 0);
    }
  const wide = { a: [-Number.MAX_VALUE, Number.MAX_VALUE], b: [0, 1] };
  assert.doesNotMatch(plot(wide, { kind: 'parallel' }).toSVG(), /NaN/);
  assert.match(plot(wide, { kind: 'parallel' }).toText(), /1\.80e308/);
  const names = Array.from({ length: 10_000 }, (_, i) => `name ${i}`);
  const long = plot({ n: names, v: names.map((_, i) => i) }, { x: 'n', y: 'v' });
  assert.ok(long.toSVG().length < 60_000);
  assert.ok(
    long
      .toText()
      .split('\n')
      .every((line) => line.length <= 80),
  );
  fails(/"n" has 10000 values; a heat map/, () =>
    plot({ n: names, v: names }, { kind: 'heatmap', x: 'n', y: 'v' }),
  );
  const times = { t: [new Date(8.64e15), new Date(-8.64e15), new Date(Number.NaN)], v: [1, 2, 3] };
  assert.match(plot(times, { x: 't', y: 'v' }).toSVG(), /1 row left out/);
  fails(/"v" has names/, () => plot({ v: ['a'] }, { y: 'v' }));
  fails(/plot\(\) takes rows, columns by name/, () => plot(5 as never, {}));
  fails(/log is x, y or xy/, () => plot([1], { log: 'z' as 'x' }));
});

test('many points give few bytes', () => {
  const x = Float64Array.from({ length: 2e5 }, (_, i) => (i * 7919) % 100_003);
  const y = Float64Array.from({ length: 2e5 }, (_, i) => (i * 104_729) % 99_991);
  for (const kind of PLOT_KINDS) {
    if (kind === 'bar') continue;
    const across = kind === 'box' ? {} : { x: 'x' };
    const svg = plot({ x, y }, { kind, ...across, y: kind === 'parallel' ? ['x', 'y'] : 'y' }).toSVG();
    assert.ok(svg.length < 500_000, `${kind}: ${svg.length}`);
  }
});

test('Vega draws the Vega-Lite specification with as many marks, on the same scales', async () => {
  const rows = ['a', 'b'].flatMap((g) => [1, 10, 100].map((x) => ({ g, x, y: x * 2 })));
  const expected: [PlotSpec, string, number][] = [
    [{ kind: 'scatter', x: 'x', y: 'y', color: 'g', log: 'x' }, 'symbol', 6],
    [{ kind: 'line', x: 'x', y: 'y', color: 'g' }, 'line', 6],
    [{ kind: 'area', x: 'x', y: ['x', 'y'] }, 'area', 12],
    [{ kind: 'bar', x: 'x', y: 'y', color: 'g' }, 'rect', 6],
    [{ kind: 'histogram', x: 'x', bins: 3 }, 'rect', 3],
    // Medians are ticks, which are rectangles, too.
    [{ kind: 'box', x: 'g', y: 'y' }, 'rect', 4],
    [{ kind: 'heatmap', x: 'x', y: 'g', color: 'y' }, 'rect', 6],
    [{ kind: 'heatmap', x: 'x', y: 'y', bins: 2 }, 'rect', 2],
    [{ kind: 'parallel', y: ['x', 'y', 'g'], color: 'g' }, 'line', 18],
    [{ kind: 'scatter', x: 'x', y: 'y', facet: 'g' }, 'symbol', 6],
  ];
  for (const [spec, type, count] of expected) {
    const own = JSON.parse(JSON.stringify(plot(rows, spec).toVegaLite()));
    const view = new vega.View(vega.parse(vegaLite.compile(own).spec), { renderer: 'none' });
    await view.runAsync();
    const marks = marksOf(view).filter(({ marktype }) => marktype === type);
    assert.equal(
      marks.reduce((sum, { items }) => sum + items.length, 0),
      count,
      JSON.stringify(spec),
    );
    if (spec.log === 'x') assert.deepEqual(view.scale('x').domain(), [1, 100]);
    if (spec.kind === 'histogram')
      assert.deepEqual(
        own.data.values.map(({ y }: { y: number }) => y),
        [4, 0, 2],
      );
    view.finalize();
  }
});

test('boxes have the quartiles, whiskers within 1.5 of their distance, and what lies beyond', () => {
  const values = [...Array.from({ length: 9 }, (_, i) => i + 1), 100];
  const { data } = plot(values, { kind: 'box' }).toVegaLite() as {
    data: { values: Record<string, number>[] };
  };
  const [box, far] = data.values;
  assert.deepEqual([box?.low, box?.q1, box?.median, box?.q3, box?.high], [1, 3.25, 5.5, 7.75, 9]);
  assert.equal(far?.beyond, 100);
  assert.match(plot(values, { kind: 'box' }).toText(), /∘[\s\S]*┌─+┐/);
});

test('a heat map has the mean of each pair of names, the first name on top', () => {
  const rows = [
    { x: 'a', y: 'p', v: 1 },
    { x: 'a', y: 'p', v: 3 },
    { x: 'b', y: 'q', v: 8 },
  ];
  const drawn = plot(rows, { kind: 'heatmap', x: 'x', y: 'y', color: 'v' });
  assert.match(drawn.toSVG(), />2<[\s\S]*>8</);
  const lines = drawn.toText().split('\n');
  assert.ok(
    lines.findIndex((line) => line.startsWith('p ┤')) < lines.findIndex((line) => line.startsWith('q ┤')),
  );
  assert.match(plot(rows, { kind: 'heatmap', x: 'x', y: 'y' }).toSVG(), /3 rows/);
  fails(/takes x and one y/, () => plot(rows, { kind: 'heatmap', x: 'x' }));
});

test('parallel coordinates have an axis for each column with numbers, and a line for each row with two values', () => {
  const rows = [
    { a: 1, b: 2, name: 'x', c: 0 },
    { a: 2, b: null, name: 'y', c: 1 },
    { a: null, b: 1, name: 'z', c: Number.NaN },
  ];
  const svg = plot(rows, { kind: 'parallel' }).toSVG();
  assert.match(svg, /<desc[^>]*>Parallel coordinates of a, b, c: 2 rows\. 1 row left out/);
  fails(/two axes/, () => plot(rows, { kind: 'parallel', y: 'a' }));
});

test('panels share their axes, and several columns of y make a series each', () => {
  const rows = [1, 2, 3, 4].map((x) => ({ x, y: x, z: -x, g: x % 2 ? 'odd' : 'even' }));
  const svg = plot(rows, { x: 'x', y: ['y', 'z'], facet: 'g' }).toSVG();
  for (const word of ['odd', 'even', 'y', 'z']) assert.match(svg, new RegExp(`>${word}<`));
  assert.match(svg, /in 2 panels: 8 rows/);
  const wide = plot(rows, { x: 'x', y: 'y', facet: 'g' }).toText({ width: 80 });
  assert.match(wide, /odd {10,}even/);
  fails(/leave out color/, () => plot(rows, { x: 'x', y: ['y', 'z'], color: 'g' }));
});

test('names at the ends of lines do not cover each other', () => {
  const rows = Array.from({ length: 8 }, (_, s) =>
    [0, 1].map((x) => ({ x, y: 1 + s / 1000 + x, s: `s${s}` })),
  ).flat();
  const svg = plot([...rows, { x: 0, y: 0, s: 's0' }], { x: 'x', y: 'y', color: 's' }).toSVG();
  const tops = [...svg.matchAll(/y="([\d.]+)"[^>]*>s\d</g)].map(([, y]) => Number(y)).sort((a, b) => a - b);
  assert.equal(tops.length, 8);
  for (const [i, top] of tops.entries()) assert.ok(i === 0 || top - (tops[i - 1] as number) >= 12);
});

test('an area has two edges, and a scatter plot shades for many numbers', () => {
  const rows = Array.from({ length: 20 }, (_, x) => ({ x, low: x - 1, high: x + 1 }));
  assert.match(plot(rows, { kind: 'area', x: 'x', y: 'high', y2: 'low' }).toSVG(), /fill-opacity/);
  const shaded = plot(rows, { kind: 'scatter', x: 'x', y: 'low', color: 'high' });
  assert.match(shaded.toSVG(), /#45347e[\s\S]*#fde725/);
  assert.match(shaded.toText(), /^high {2}1 ··∘∘oo●● 20$/m);
  fails(/other edge of an area/, () => plot(rows, { x: 'x', y: 'low', y2: 'high' }));
});

test('a plot is written by the end of the file name, and shows itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-plot-'));
  try {
    const drawn = plot([1, 2, 3]);
    drawn.write(join(folder, 'a.svg'));
    assert.equal(readFileSync(join(folder, 'a.svg'), 'utf8'), drawn.toSVG());
    drawn.write(join(folder, 'a.html'));
    assert.ok(readFileSync(join(folder, 'a.html'), 'utf8').endsWith(drawn.toSVG()));
    fails(/\.svg, \.html, \.png or \.vl\.json/, () => drawn.write(join(folder, 'a.gif')));
    assert.equal(inspect(drawn), drawn.toText());
    drawn.write(join(folder, 'a.png'));
    const png = readFileSync(join(folder, 'a.png'));
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1280, 720]);
    const { pixels } = drawn.toRaster({ theme: 'dark', scale: 1 });
    assert.deepEqual([...pixels.subarray(0, 3)], [0x1b, 0x1b, 0x1b]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

interface Mark {
  readonly name?: string;
  readonly marktype: string;
  readonly items: readonly { readonly items?: readonly Mark[] }[];
}

/** The marks of the data, whose names end with `marks` in what Vega-Lite compiles, in a scene that is drawn. */
function marksOf(view: vega.View): Mark[] {
  const { root } = view.scenegraph() as unknown as { root: Mark };
  const inside = (mark: Mark): Mark[] => [
    mark,
    ...mark.items.flatMap(({ items = [] }) => items.flatMap(inside)),
  ];
  return inside(root).filter(({ name }) => name?.endsWith('marks'));
}
