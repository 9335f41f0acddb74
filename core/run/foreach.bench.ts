// What one trivial task of a foreach costs, as a part of one bare start of Node (N): whole `flow run` processes, start to exit.
// OXBOW_BENCH_WIDE=1 adds one of 100,000 tasks, which takes a minute.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { best, type Cost, CostRig, leastCpu, ROOT } from '../../fixtures/cost.ts';

const flow = join(ROOT, 'fixtures/flows/wide.ts');
using rig = new CostRig();
const store = join(rig.folder, '.flow');
const runWide = (width: number): Cost =>
  rig.flow(['run', flow, '--width', String(width), '--store', store, '--quiet']);

/** Seconds of `node -e 0`, with certificates to read when the environment names some, and without. */
function bareStart(env: NodeJS.ProcessEnv): number {
  const walls = Array.from({ length: 9 }, () => {
    const start = performance.now();
    spawnSync(process.execPath, ['-e', '0'], { env });
    return (performance.now() - start) / 1000;
  });
  return Math.min(...walls);
}

const { NODE_EXTRA_CA_CERTS: certificates, ...plain } = process.env;
const starts = [
  ...(certificates ? [{ name: 'with NODE_EXTRA_CA_CERTS', n: bareStart(process.env) }] : []),
  { name: certificates ? 'without' : 'plain', n: bareStart(plain) },
];
for (const { name, n } of starts) console.log(`one \`node -e 0\` (N), ${name}: ${(n * 1000).toFixed(0)} ms`);

runWide(10); // Compiles the flow.
const each = new Map<number, number>();
for (const [width, times] of [
  [100, 3],
  [1000, 3],
  [10_000, 2],
  ...(process.env.OXBOW_BENCH_WIDE ? [[100_000, 1] as const] : []),
] as const) {
  const runs = Array.from({ length: times }, () => runWide(width));
  const { wall } = best(runs);
  const cpu = leastCpu(runs);
  each.set(width, cpu / width);
  const parts = starts.map(({ n }) => `N/${(n / (wall / width)).toFixed(0)}`).join(' or ');
  const aim = width === 1000 || width === 10_000 ? ' (aim N/100)' : '';
  console.log(
    `foreach of ${width}: ${parts} a task${aim}, ${((wall / width) * 1000).toFixed(2)} ms wall, ` +
      `${((cpu / width) * 1000).toFixed(2)} ms CPU of all processes; scheduler memory ` +
      `${Math.max(...runs.map(({ memory }) => memory)).toFixed(0)} MB${width === 10_000 ? ' (aim 300)' : ''}`,
  );
}
const [hundred = 1, tenThousand = 1] = [each.get(100), each.get(10_000)];
console.log(
  `CPU of a task among 10,000 against among 100: ${(tenThousand / hundred).toFixed(2)} × (aim 1.2)`,
);
