import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeFolder } from '../../fixtures/remove-folder.ts';

/** The root of this repository. */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** The compiled command. */
export const COMMAND = join(ROOT, 'dist/tui/flow.js');

/** What a process left behind. */
export interface Left {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a process is started. */
export interface StartOptions {
  /** Environment variables beside the rig's own; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A terminal to start a process on. */
export interface TerminalOptions extends StartOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** What is typed. */
  readonly input?: string;
}

/** A temporary folder in which tests run the compiled `flow` command as a user does. `using rig = FlowRig.create()`. */
export class FlowRig implements Disposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes the folder; flow files in it find `oxbow` and the packages of this repository. */
  static create(): FlowRig {
    if (!existsSync(COMMAND)) throw new Error(`${COMMAND} is missing: run \`npm run build\` first.`);
    const folder = mkdtempSync(join(tmpdir(), 'oxbow-tui-'));
    // tsx compiles a file to CommonJS unless its package says otherwise, and there is no top-level await in that.
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules/oxbow'));
    for (const name of ['tsx', 'apache-arrow', 'zod']) {
      symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
    }
    return new FlowRig(folder);
  }

  /** Writes a file into the folder. */
  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Runs `flow` with these words, its output in pipes. */
  flow(...words: string[]): Left {
    return this.flowWith({}, ...words);
  }

  /** The same with other environment variables. */
  flowWith(options: StartOptions, ...words: string[]): Left {
    return this.node([COMMAND, ...words], options);
  }

  /** Runs node with these words. */
  node(words: readonly string[], { env = {} }: StartOptions = {}): Left {
    const { status, stdout, stderr } = spawnSync(process.execPath, words, {
      cwd: this.folder,
      env: this.#environment(env),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    return { code: status, stdout, stderr };
  }

  /** Starts `flow` and does not wait for it. */
  start(...words: string[]): ChildProcess {
    const options = { cwd: this.folder, env: this.#environment({}) };
    return spawn(process.execPath, [COMMAND, ...words], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Runs a shell line, in which `flow` is the command. */
  shell(line: string, { env = {} }: StartOptions = {}): Left {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', `${this.#shellCommand}; ${line}`], {
      cwd: this.folder,
      env: this.#environment(env),
      encoding: 'utf8',
    });
    return { code: status, stdout, stderr };
  }

  /** Runs `flow` on a terminal of a size; what it shows, with line ends as files have them. */
  terminal(words: string, { columns = 80, rows = 24, env = {}, input }: TerminalOptions = {}): Left {
    const line = `stty cols ${columns} rows ${rows}; ${this.#shellCommand}; flow ${words}`;
    const { status, stdout, stderr } = spawnSync('script', ['-qec', line, '/dev/null'], {
      cwd: this.folder,
      env: this.#environment({ SHELL: '/bin/bash', ...env }),
      encoding: 'utf8',
      ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
    });
    return { code: status, stdout: stdout.replaceAll('\r\n', '\n'), stderr };
  }

  [Symbol.dispose](): void {
    // A run may have asked for maintenance, which still writes.
    removeFolder(this.folder);
  }

  get #shellCommand(): string {
    return `flow() { '${process.execPath}' '${COMMAND}' "$@"; }`;
  }

  #environment(more: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
    const { PATH, HOME, XDG_CACHE_HOME, XDG_STATE_HOME } = process.env;
    return {
      PATH,
      HOME,
      XDG_CACHE_HOME,
      XDG_STATE_HOME,
      LC_ALL: 'C.UTF-8',
      TERM: 'xterm-256color',
      TZ: 'UTC',
      OXBOW_USER: 'alice',
      ...more,
    };
  }
}

/** Why there is no terminal to test on, or false when there is one: `script` of util-linux gives it. */
export const noTerminal: string | false = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '',
)
  ? false
  : 'needs script(1) of util-linux';

/** A text in which what differs from run to run has been replaced: run ids, times, durations, process ids, this host, versions, sizes, digests. */
export const masked = (text: string): string =>
  text
    .replace(/\d{8}-\d{6}-[0-9a-z]{5}/g, '<run>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<iso>')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}/g, '<time>')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '<date>')
    .replace(/\(pid \d+\)/g, '(pid <pid>)')
    .replace(/^pid\t\d+$/gm, 'pid\t<pid>')
    .replace(/((?:node|oxbow)_version:)\S+/g, '$1<version>')
    .replace(/^\d+\.\d+\.\d+$/gm, '<version>')
    .replace(/\b\d+ (?:s|min|h) ago/g, '<ago>')
    .replace(/\b\d+(?:\.\d)? k?B\b/g, '<size>')
    .replace(/(?:(?:none|all)\b|<size>) already stored/g, '<known> already stored')
    .replace(/^(\w+Bytes)\t\d+$/gm, '$1\t<bytes>')
    .replace(/\b\d+(?:\.\d)? m?s\b/g, '<took>')
    .replace(/\t\d+\.\d{3}\b/g, '\t<seconds>')
    .replace(/(?<! new) on \S+$/gm, ' on <host>')
    .replace(/^host\t.*$/gm, 'host\t<host>')
    .replace(/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{64}\b/g, '<digest>')
    .replace(/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12}\b/g, '<dig>');
