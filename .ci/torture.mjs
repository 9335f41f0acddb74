// The torture suites in their long form: `npm run torture -- 30 1234` gives them 30 minutes (10 without a word) and the seed
// 1234 (a random one without). At the end: how long each took, how many cases, and what was found.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesNamed } from './files.mjs';
import { run, setUp } from './setup.mjs';

const [minutes = '10', seed = String(Math.floor(Math.random() * 1e9))] = process.argv.slice(2);
if (!(Number(minutes) > 0) || !/^\d+$/.test(seed)) {
  console.error('Usage: npm run torture -- [MINUTES] [SEED]');
  process.exit(2);
}

setUp();

const files = filesNamed(/\.test\.ts$/).filter((file) => file.startsWith('fixtures/torture/'));
/** Takes the time it takes. */
const conformance = 'fixtures/conformance/conformance.test.ts';
const folder = mkdtempSync(join(tmpdir(), 'oxbow-torture-report-'));
const report = join(folder, 'report.jsonl');
process.env.TORTURE_SEED = seed;
// One of the files holds three suites.
process.env.TORTURE_MS = String(Math.round((Number(minutes) * 60_000) / (files.length + 2)));
process.env.TORTURE_REPORT = report;

const begun = performance.now();
process.on('exit', (code) => {
  const rows = lines(report).map((line) => JSON.parse(line));
  console.log(`\nTorture with seed ${seed}, ${((performance.now() - begun) / 60_000).toFixed(1)} minutes:`);
  for (const { name, seconds, cases, findings } of rows) {
    console.log(
      `  ${name}: ${seconds} s, ${cases}; ${findings.length === 0 ? 'nothing wrong' : `${findings.length} found`}`,
    );
    for (const finding of findings) console.log(`    ${finding.replaceAll('\n', '\n    ')}`);
  }
  if (code !== 0) console.log(`  Again: npm run torture -- ${minutes} ${seed}`);
  rmSync(folder, { recursive: true, force: true });
});

// One after the other: each wants the machine for itself.
run(process.execPath, ['--import', 'tsx', '--test', '--test-concurrency=1', conformance, ...files]);

function lines(file) {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
