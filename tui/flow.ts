import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// `flow run` is as fast as its first worker: it boots while this process loads everything else. The engine takes it over, and
// would start one just like it; so nothing is loaded here before the fork, and the program is named by its place in dist/.
const words = process.argv.slice(2);
const runs =
  ['run', 'resume', 'spin'].includes(words[0] ?? '') &&
  words.length > 1 &&
  !words.includes('--help') &&
  !words.includes('-h') &&
  !words.includes('--dry-run');
const worker = runs ? forkWorker() : undefined;

/** Without one that starts, the engine tries itself, and says why none does. */
function forkWorker(): ChildProcess | undefined {
  try {
    const child = fork(new URL('../core/worker/worker.js', import.meta.url), [], {
      execArgv: [...process.execArgv, ...typescriptForChildren()],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
      detached: process.platform !== 'win32',
    });
    if (child.pid !== undefined) return child;
    for (const one of [child, ...(child.stdio ?? [])]) one?.on('error', () => {});
  } catch {
    // It says so again.
  }
  return undefined;
}

/** See core/worker/fork-worker.ts. */
function typescriptForChildren(): string[] {
  if (process.versions.bun || process.versions.deno) return [];
  return ['--require', fileURLToPath(new URL('../typescript.cjs', import.meta.url))];
}

void import('./main.ts').then(({ main }) => main(words, worker));
