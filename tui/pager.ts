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
 * The program that shows long output on a terminal, as words: `$FLOW_PAGER`, else `$PAGER`. Undefined where there is none, where it is empty or `cat`, where
 * output does not go to a terminal that can show it, and for commands that go on.
 */
export function pagerOf(
  words: readonly string[],
  environment: Environment,
  { isTTY }: Stream['facts'],
): readonly string[] | undefined {
  const [command = ''] = words;
  const isFollowed = words.some((word) => word === '-f' || word === '--follow');
  if (!isTTY || environment.TERM === 'dumb' || environment.CI || !PAGED.has(command) || isFollowed)
    return undefined;
  const pager = (environment.FLOW_PAGER ?? environment.PAGER ?? '').split(/\s+/).filter(Boolean);
  return pager.length === 0 || pager[0] === 'cat' ? undefined : pager;
}

/**
 * Output on its way to a terminal. What fits the screen is written when the command ends; as soon as it is longer it goes through the pager, which
 * shows it a page at a time. Where the pager cannot be started it goes to the terminal.
 */
export class Pager {
  readonly #pager: readonly string[];
  readonly #rows: number;
  readonly #environment: Environment;
  readonly #terminal: NodeJS.WritableStream;
  #waiting: (string | Uint8Array)[] = [];
  #lines = 0;
  #child: ChildProcess | undefined;
  /** Whoever reads it has left: the rest is for nobody. */
  isClosed = false;

  constructor(
    pager: readonly string[],
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
    if (this.isClosed) return;
    if (this.#child?.stdin?.writable) {
      this.#child.stdin.write(data);
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
      if (child.exitCode !== null) resolve();
      child.once('close', () => resolve());
      child.stdin?.end();
    });
  }

  #start(): void {
    const [program = '', ...words] = this.#pager;
    const child = spawn(program, words, {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { LESS: 'FRX', ...this.#environment },
    });
    child.on('error', () => {});
    child.stdin?.on('error', () => {
      this.isClosed = true;
    });
    const all = this.#waiting;
    this.#waiting = [];
    if (child.pid === undefined) {
      // There is no such program: nothing waits any more.
      this.#lines = Number.NEGATIVE_INFINITY;
      for (const data of all) this.#terminal.write(data);
      return;
    }
    this.#child = child;
    // Ctrl-C is for the pager, which ends only when it is told to.
    child.once('spawn', () => process.on('SIGINT', () => {}));
    for (const data of all) child.stdin?.write(data);
  }
}
