import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isCompiled, ownFile, ownModule } from '../load/own-module.ts';
import type { ProcessEnd } from '../task/process-errors.ts';
import { WorkerStartError } from './start-error.ts';
import { workerArguments } from './worker-arguments.ts';

/** How long it is waited for more of what a dead worker wrote, in milliseconds. */
const LAST_WORDS = 500;

/** How a worker is forked: tui/flow.ts forks one with the same. It leads a process group, which ends with it. */
const WORKER_OPTIONS = {
  stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  serialization: 'advanced',
  detached: process.platform !== 'win32',
} as const satisfies ForkOptions;

/** What tasks fork, and the threads they start, may be TypeScript. From source, the worker's own loader does that; so do other runtimes. */
const TYPESCRIPT_FOR_CHILDREN =
  isCompiled && !process.versions.bun && !process.versions.deno
    ? ['--require', ownFile('typescript.cjs')]
    : [];

/** Starts a worker process, or promises to say why none starts. */
export function forkWorker(): ChildProcess | Promise<WorkerStartError> {
  try {
    const child = fork(fileURLToPath(ownModule('core/worker/worker')), [], {
      execArgv: [...workerArguments(process.execArgv, !isCompiled), ...TYPESCRIPT_FOR_CHILDREN],
      ...WORKER_OPTIONS,
    });
    if (child.pid !== undefined) return child;
    // They were never opened, which they say too.
    for (const stream of child.stdio ?? []) stream?.on('error', () => {});
    return new Promise((resolve) => child.once('error', (error) => resolve(new WorkerStartError(error))));
  } catch (error) {
    return Promise.resolve(new WorkerStartError(error as Error));
  }
}

/** Resolves once a worker process has ended and all that it said has come; `isSilent` tells whether nothing came for so many milliseconds. */
export function endOf(child: ChildProcess, isSilent: (milliseconds: number) => boolean): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    const gone = (exitCode: number | null, signal: string | null): void => resolve({ exitCode, signal });
    const [closed, disconnected] = ['close', 'disconnect'].map(
      (event) => new Promise((end) => child.once(event, end)),
    );
    // Its last messages may arrive after its last output.
    void Promise.all([closed, disconnected]).then(() => gone(child.exitCode, child.signalCode));
    // A process that the step has started may hold the pipes open for ever.
    const whenSilent = (...how: Parameters<typeof gone>): void => {
      if (isSilent(LAST_WORDS)) gone(...how);
      else setTimeout(whenSilent, LAST_WORDS, ...how).unref();
    };
    child.on('exit', (...how) => setTimeout(whenSilent, LAST_WORDS, ...how).unref());
  });
}
