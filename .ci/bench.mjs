// Runs every *.bench.ts, one after another: each prints what it measured as ratios to a baseline of the same run.
// Arguments choose benches by a part of their path (`npm run bench -- codec`).
import { join } from 'node:path';
import { filesNamed } from './files.mjs';
import { root, run, setUp } from './setup.mjs';

setUp();
const wanted = process.argv.slice(2);
const benches = filesNamed(/\.bench\.ts$/).filter(
  (path) => wanted.length === 0 || wanted.some((part) => path.includes(part)),
);
for (const path of benches) {
  console.log(`\n# ${path}`);
  run(process.execPath, ['--import', 'tsx', join(root, path)]);
}
