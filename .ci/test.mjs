// The test command of README.md: installs and builds what is missing, then runs every *.test.ts with node:test.
// Arguments name test files (`npm test -- store/git/delta.test.ts`); without any, all of them run.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, setUp } from './setup.mjs';

setUp();

function testsIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testsIn(path);
    return /\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

const named = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const options = process.argv.slice(2).filter((word) => word.startsWith('-'));
const files = named.length > 0 ? named : ['core', 'store', 'client', 'tui', 'fixtures'].flatMap(testsIn);
run(process.execPath, ['--import', 'tsx', '--test', ...options, ...files]);
