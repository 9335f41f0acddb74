import { type ChildProcess, spawn } from 'node:child_process';
import type { Environment, Stream } from './output.ts';

/** Commands whose output is read, not watched. */
const PAGED = new Set([
  'blame',
  'cat',
  'code',
  'compare',
  'diff',
  'lineage',
  'log',
  'logs',
  'query',
  'runs',
  'show',
  'why',
]);

/**
 * The command line, for a shell as git has it, that shows long output on a terminal: `$FLOW_PAGER`, else `$PAGER`. Undefined where there is none, where it is empty or `cat`, where
 * output does not go to a terminal that can show it, and for commands that go on.
 */
export function pagerOf(
  words: readonly string[],
  environment: Environment,
  { isTTY }: Stream['facts'],
): string | undefined {
  const [command = ''] = words;
  const isFollowed = words.some((word) => word === '-f' || word === '--follow');
  if (!isTTY || environment.TERM === 'dumb' || environment.CI || !PAGED.has(command) || isFollowed)
    return undefined;
  const pager = (environment.FLOW_PAGER ?? environment.PAGER ?? '').trim();
  return pager === '' || pager === 'cat' ? undefined : pager;
}

/** Exit code of a shell that does not find a program. */
const NOT_FOUND = 127;

/**
 * Output on its way to a terminal. What fits the screen is written when the command ends; as soon as it is longer it goes through the pager, which
 * shows it a page at a time. Where the pager cannot be started it goes to the terminal.
 */
export class Pager {
  readonly #pager: string;
  readonly #rows: number;
  readonly #environment: Environment;
  readonly #terminal: NodeJS.WritableStream;
  #waiting: (string | Uint8Array)[] = [];
  #lines = 0;
  #child: ChildProcess | undefined;
  /** What it was given at first. */
  #begun: readonly (string | Uint8Array)[] = [];
  /** Whoever reads it has left: the rest is for nobody. */
  isClosed = false;

  constructor(
    pager: string,
    {
      rows,
      environment,
      terminal,
    }: {
      readonly rows: number;
      readonly environment: Environment;
      readonly terminal: NodeJS.WritableStream;
    },
  ) {
    this.#pager = pager;
    this.#rows = rows;
    this.#environment = environment;
    this.#terminal = terminal;
  }

  /** Takes what a command writes. */
  write(data: string | Uint8Array): void {
    if (this.#child) {
      if (this.isClosed) return;
      // What comes after it has ended is still wanted when it never began.
      if (this.#child.stdin?.writable) this.#child.stdin.write(data);
      else this.#waiting.push(data);
      return;
    }
    this.#waiting.push(data);
    for (let at = data.indexOf('\n' as never); at >= 0; at = data.indexOf('\n' as never, at + 1))
      this.#lines += 1;
    if (this.#lines >= this.#rows) this.#start();
  }

  /** Resolves when the reader has seen it all, or has left. */
  end(): Promise<void> {
    const child = this.#child;
    if (!child) {
      for (const data of this.#waiting) this.#terminal.write(data);
      return new Promise((resolve) => void this.#terminal.write('', () => resolve()));
    }
    return new Promise((resolve) => {
      const done = (code: number | null): void => {
        // The shell has not found it, and has said so.
        if (code === NOT_FOUND)
          for (const data of [...this.#begun, ...this.#waiting]) this.#terminal.write(data);
        this.#terminal.write('', () => resolve());
      };
      if (child.exitCode !== null) done(child.exitCode);
      else child.once('close', done);
      child.stdin?.end();
    });
  }

  #start(): void {
    const child = spawn(this.#pager, {
      shell: true,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { LESS: 'FRX', ...this.#environment },
    });
    child.on('error', () => {});
    child.stdin?.on('error', () => {});
    child.once('exit', (code) => {
      this.isClosed = code !== NOT_FOUND;
    });
    this.#child = child;
    this.#begun = this.#waiting;
    this.#waiting = [];
    // Ctrl-C is for the pager, which ends only when it is told to.
    child.once('spawn', () => process.on('SIGINT', () => {}));
    for (const data of this.#begun) child.stdin?.write(data);
  }
}
