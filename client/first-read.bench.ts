import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { FixtureStore, foreachRun } from './fixture-store.ts';

// What a plain script pays for `Flow('F').latestRun.data.x`, from the start of its process, in units of `node -e 0`.

const ROUNDS = 15;
const folder = mkdtempSync(join(tmpdir(), 'oxbow-bench-'));

try {
  const store = new FixtureStore(folder);
  for (let i = 0; i < 20; i += 1) store.run(foreachRun());
  const script = bundled("Flow('ForeachFlow').latestRun.data.results");
  const idle = median(() => execFileSync(process.execPath, ['-e', '0']));
  const reading = median(() => execFileSync(process.execPath, [script], { cwd: folder }));
  console.log(`first read from a plain script: ${reading.toFixed(0)} ms, ${(reading / idle).toFixed(2)} N`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A script with the client compiled into it, as a user of the published package runs it. */
function bundled(expression: string): string {
  const client = fileURLToPath(new URL('index.ts', import.meta.url));
  const source = join(folder, 'read.ts');
  const outfile = join(folder, 'read.mjs');
  writeFileSync(
    source,
    `import { Flow, namespace } from ${JSON.stringify(client)};\nnamespace(null);\n${expression};\n`,
  );
  buildSync({
    entryPoints: [source],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
  return outfile;
}

/** Median wall time in milliseconds. */
function median(work: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return times.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0;
}
