// The test command of README.md: installs and builds what is missing, then runs every *.test.ts with node:test.
// Arguments name test files (`npm test -- store/git/delta.test.ts`); without any, all of them run.
// With CI set, a test that skips itself because something is missing counts as failed.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesNamed } from './files.mjs';
import { run, setUp } from './setup.mjs';

setUp({ types: true });

const words = process.argv.slice(2);
const named = words.filter((word) => !word.startsWith('-'));
const options = words.filter((word) => word.startsWith('-'));
const files = named.length > 0 ? named : filesNamed(/\.test\.tsx?$/);
const folder = mkdtempSync(join(tmpdir(), 'oxbow-test-report-'));
const report = join(folder, 'report.tap');
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
// Flows that tests compile shall not stay among the user's.
process.env.XDG_CACHE_HOME = join(folder, 'cache');

run(process.execPath, [
  '--import',
  'tsx',
  '--test',
  // Node leaves a core free, and of two that is one test file at a time.
  `--test-concurrency=${Math.max(2, availableParallelism())}`,
  '--test-reporter=spec',
  '--test-reporter-destination=stdout',
  '--test-reporter=tap',
  `--test-reporter-destination=${report}`,
  ...options,
  ...files,
]);

const text = readFileSync(report, 'utf8');
const skipped = text.split('\n').filter((line) => / # SKIP/.test(line));
if (process.env.CI && skipped.length > 0) {
  console.error(`CI skips nothing, but these tests skipped themselves:\n${skipped.join('\n')}`);
  process.exit(1);
}
