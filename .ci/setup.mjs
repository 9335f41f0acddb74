// Makes a bare clone ready: installs what package-lock.json asks for when it is not there yet, and compiles
// dist/ when a source is newer than it. Does nothing, quickly, the second time.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Runs a command with inherited output and ends this process with its code when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

const time = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function newestSource(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) newest = Math.max(newest, newestSource(path));
    else if (/\.(ts|tsx)$/.test(entry.name)) newest = Math.max(newest, time(path));
  }
  return newest;
}

/** With `types`, dist/ has declarations too: projects that tests make are compiled against them. */
export function setUp({ types = false } = {}) {
  const installed = join(root, 'node_modules/.package-lock.json');
  // A linked node_modules belongs to another checkout, and npm would empty it there.
  const linked = lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink();
  if (!linked && time(installed) < time(join(root, 'package-lock.json'))) {
    const npm = process.env.npm_execpath;
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
    if (npm) run(process.execPath, [npm, ...args], { stdio: ['ignore', 2, 2] });
    else run('npm', args, { stdio: ['ignore', 2, 2] });
  }
  const built = time(join(root, 'dist/index.js'));
  const sources = ['core', 'store', 'client', 'tui'].map((folder) => newestSource(join(root, folder)));
  const tops = ['index.ts', '.ci/build.mjs', '.ci/load.cjs'].map((file) => time(join(root, file)));
  const newest = Math.max(...tops, ...sources);
  if (built < newest || (types && !existsSync(join(root, 'dist/types'))))
    run(process.execPath, [join(root, '.ci/build.mjs'), ...(types ? ['--types'] : [])]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setUp();
