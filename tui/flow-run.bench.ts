// How long commands take, as ratios to one start of node: `node --import tsx tui/flow-run.bench.ts [rounds]`. Needs dist/.
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FlowRig } from './rig/flow-rig.ts';

const ROUNDS = Number(process.argv[2] ?? 11);

using rig = FlowRig.create();
const CACHE = join(rig.folder, 'cache');
process.env.XDG_CACHE_HOME = CACHE;
copyFileSync(join(import.meta.dirname, '../fixtures/flows/linear.ts'), join(rig.folder, 'linear.ts'));
const run = (): void => must(rig.flow('run', 'linear.ts').code);
run();

/** What is measured; `prepare` is not. */
const CASES: Readonly<Record<string, { readonly prepare?: () => void; readonly work: () => void }>> = {
  'node -e 0': { work: () => must(rig.node(['-e', '0']).code) },
  'flow run linear.ts': { work: run },
  'flow run linear.ts, not compiled yet': {
    prepare: () => rmSync(join(CACHE, 'oxbow/compiled'), { recursive: true, force: true }),
    work: run,
  },
  'flow runs': { work: () => must(rig.flow('runs').code) },
  'flow cat of a text': { work: () => must(rig.flow('cat', 'LinearFlow/latest/end/0/myVar').code) },
  'flow show of a run': { work: () => must(rig.flow('show', 'LinearFlow').code) },
};

// Round by round, so that a busy moment of the machine touches all of them.
const times = new Map<string, number[]>();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, { prepare, work }] of Object.entries(CASES)) {
    prepare?.();
    const started = performance.now();
    work();
    times.set(name, [...(times.get(name) ?? []), performance.now() - started]);
  }
}

const one = median(times.get('node -e 0') ?? []);
for (const [name, all] of times) {
  const [time, fastest] = [median(all), Math.min(...all)];
  console.log(
    `${name.padEnd(38)} ${(time / one).toFixed(1).padStart(5)} N   (${time.toFixed(0)} ms, best ${fastest.toFixed(0)} ms)`,
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function must(code: number | null): void {
  if (code !== 0) throw new Error(`A command ended with ${code}.`);
}
