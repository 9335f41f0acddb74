import { fork } from 'node:child_process';

// `flow run` is as fast as its first worker: it boots while this process loads everything else. The engine takes it over, and
// would start one just like it; so nothing is loaded here before the fork, and the program is named by its place in dist/.
const words = process.argv.slice(2);
const runs =
  ['run', 'resume', 'spin'].includes(words[0] ?? '') &&
  words.length > 1 &&
  !words.includes('--help') &&
  !words.includes('-h') &&
  !words.includes('--dry-run');
const worker = runs
  ? fork(new URL('../core/worker/worker.js', import.meta.url), [], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
      detached: process.platform !== 'win32',
    })
  : undefined;

void import('./main.ts').then(({ main }) => main(words, worker));
