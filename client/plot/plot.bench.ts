// What pictures of many points cost, beside JSON.stringify of the same numbers and their SHA-256: `node --import tsx client/plot/plot.bench.ts [POINTS]`
import { createHash } from 'node:crypto';
import { plot } from './plot.ts';

const count = Number(process.argv[2] ?? 1e6);
let seed = 1;
const random = (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
  return (seed >>> 0) / 2 ** 32;
};
const x = Float64Array.from({ length: count }, random);
const y = Float64Array.from({ length: count }, (_, i) => Math.sin(i / 1e5) + random());
const g = Array.from({ length: count }, (_, i) => 'abc'[i % 3]);

function took(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

const json = took(() => JSON.stringify(Array.from(y)));
const sha256 = took(() => createHash('sha256').update(new Uint8Array(y.buffer)).digest('hex'));
console.log(`${count} points: JSON.stringify ${json.toFixed(0)} ms, SHA-256 ${sha256.toFixed(0)} ms`);

function tell(what: string, run: () => string): void {
  let length = 0;
  const ms = took(() => {
    length = run().length;
  });
  console.log(
    `${what}: ${ms.toFixed(0)} ms, ${(ms / json).toFixed(2)} × JSON.stringify, ${(ms / sha256).toFixed(0)} × SHA-256, ${length} characters`,
  );
}

tell('line, terminal', () => plot(y).toText());
tell('line, SVG', () => plot(y).toSVG());
tell('line, x in no order', () => plot({ x, y }, { x: 'x', y: 'y' }).toSVG());
tell('scatter, terminal', () => plot({ x, y }, { kind: 'scatter', x: 'x', y: 'y' }).toText());
tell('scatter, SVG', () => plot({ x, y }, { kind: 'scatter', x: 'x', y: 'y' }).toSVG());
tell('scatter of three series', () =>
  plot({ x, y, g }, { kind: 'scatter', x: 'x', y: 'y', color: 'g' }).toSVG(),
);
tell('area', () => plot(y, { kind: 'area' }).toSVG());
tell('histogram', () => plot(y, { kind: 'histogram' }).toSVG());
tell('box', () => plot({ y, g }, { kind: 'box', x: 'g', y: 'y' }).toSVG());
tell('heat map', () => plot({ x, y }, { kind: 'heatmap', x: 'x', y: 'y' }).toSVG());
tell('parallel coordinates', () => plot({ x, y }, { kind: 'parallel' }).toSVG());
