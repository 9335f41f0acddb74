import type { ChildProcess } from 'node:child_process';
import { adoptWorker, assertPermitted, dropWorker, settled } from '#core';
import { EXIT, verdictOf } from './exit.ts';
import { type Globals, globalOptions } from './global-options.ts';
import type { Host } from './host.ts';
import { type Output, outputOf, type Stream } from './output.ts';
import { Pager, pagerOf } from './pager.ts';
import { shortPath } from './plain/frames.ts';
import type { Brush } from './plain/paint.ts';
import { prose } from './plain/prose.ts';
import { pathWord } from './plain/shell.ts';
import { isSystemError, systemSentence } from './plain/system-error.ts';
import { linesOf, type Text, text } from './plain/text.ts';
import { UsageError } from './usage.ts';

/**
 * The `flow` command: takes its words, and for `run` a worker process that boots already; ends the process with the exit
 * code.
 */
export async function main(given: readonly string[], worker?: ChildProcess): Promise<void> {
  if (worker) adoptWorker(worker);
  const globals = globalOptions(given, process.env);
  const { words, problem } = globals;
  const host = hostOf((command, file) => `flow ${command} ${pathWord(file)}`, globals);
  const code = await perform({ host, words }, async () => {
    if (problem) throw problem;
    return dispatch(words, host);
  });
  // What a flow module opened when it was loaded must not keep a finished command alive.
  host.end(code);
}

/**
 * The command line of one file, as `await MyFlow.main()` at its end gives it: `run --alpha 0.6`, `show`, `check`; without
 * words, help. `file` may be followed by `#Class`. Sets the exit code and leaves the process to its caller.
 */
export async function runFile(file: string, words: readonly string[]): Promise<void> {
  const host = hostOf((command) => `npx tsx ${pathWord(shortPath(file.replace(/#[^#]*$/, '')))} ${command}`, {
    environment: process.env,
  });
  process.exitCode = await perform({ host, words }, () => dispatchFile(file, words, host));
}

/** Running is what counts at the start, and it needs no more than its own words; the others take the long way. */
async function dispatch(words: readonly string[], host: Host): Promise<number> {
  const [command, ...rest] = words;
  if (RUNS.has(command ?? '')) assertPermitted();
  if (command === 'run' || command === 'resume')
    return (await import('./commands/run.ts')).run(rest, host, command);
  if (command === 'spin') return (await import('./commands/spin.ts')).spin(rest, host);
  return (await import('./program.ts')).runProgram(words, host);
}

const RUNS = new Set(['run', 'resume', 'spin']);

const FILE_COMMANDS = ['run', 'resume', 'show', 'check'];

async function dispatchFile(file: string, words: readonly string[], host: Host): Promise<number> {
  const [command = '--help', ...rest] = words;
  if (command === '--help' || command === '-h') return dispatch(['run', file, '--help'], host);
  if (FILE_COMMANDS.includes(command)) return dispatch([command, file, ...rest], host);
  throw new UsageError(
    `${JSON.stringify(command)} is not a command of a flow file. Its commands: ${FILE_COMMANDS.join(', ')}.`,
    ['The flow command has more: flow --help.'],
  );
}

/** What a command was called with. */
interface Call {
  readonly host: Host;
  readonly words: readonly string[];
}

async function perform({ host, words }: Call, command: () => Promise<number>): Promise<number> {
  try {
    return await settled('The command', command());
  } catch (error) {
    const { heading, message, hints, code } = verdictOf(error);
    const { err } = host;
    if (wantsJson(words)) {
      err.send(`${JSON.stringify(errorDocument(error), null, 2)}\n`);
      return code;
    }
    err.write(
      linesOf([
        ...headed(`${heading}:`, err.paint.bad, prose(`${heading}: ${message}`, err)),
        ...hints.flatMap((hint) => headed('hint:', err.paint.faint, hintLines(`hint: ${hint}`, err))),
      ]),
    );
    return code;
  } finally {
    dropWorker();
  }
}

/** Whether the answer is read by a program. A flow may have a parameter of that name. */
const wantsJson = ([command = '', ...words]: readonly string[]): boolean => {
  if (RUNS.has(command)) return false;
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).includes('--json');
};

/** An error as a program reads it. */
function errorDocument(error: unknown): object {
  const { message, hints, code: exit } = verdictOf(error);
  const { code, name } = Object(error) as { readonly code?: unknown; readonly name?: unknown };
  const kind = typeof code === 'string' ? code : String(name ?? 'Error');
  return { schema: 'oxbow.error/1', error: { code: kind, message, exit, hints } };
}

/** Lines of which the first begins with a word that gets a colour. */
const headed = (head: string, brush: Brush, [first = '', ...rest]: readonly string[]): (Text | string)[] => [
  text`${brush(head)}${first.slice(head.length)}`,
  ...rest,
];

/** A command is not broken into lines: it is to be copied. */
const hintLines = (hint: string, err: Output): string[] =>
  /^hint: (?:flow|npx) /.test(hint) ? [hint] : prose(hint, err);

/** What a stream is; a width that was asked for takes the place of its own. */
function factsOf(stream: NodeJS.WriteStream, columns: number | undefined): Stream['facts'] {
  if (columns === undefined) return stream;
  return {
    isTTY: stream.isTTY,
    columns,
    get rows() {
      return stream.rows;
    },
  };
}

/** Bytes written to stdout that may wait to be taken. */
const MOST_WAITING = 1024 * 1024;

/** The host, and a way to end the process once everything is written. */
type EndableHost = Host & { end(code: number): void };

function hostOf(
  commandLine: Host['commandLine'],
  { words = [], environment, columns }: Partial<Globals> & Pick<Globals, 'environment'>,
): EndableHost {
  const reader = { isGone: false, isNeeded: true };
  const program = pagerOf(words, environment, process.stdout);
  const terminal = process.stdout;
  const pager =
    program === undefined ? undefined : new Pager(program, { rows: terminal.rows, environment, terminal });
  const out = outputOf(
    {
      facts: factsOf(process.stdout, columns),
      write: (data) => (pager ? pager.write(data) : reader.isGone || process.stdout.write(data)),
      get isClosed() {
        return reader.isGone || pager?.isClosed === true;
      },
      get isBehind() {
        return !reader.isGone && process.stdout.writableLength > MOST_WAITING;
      },
      drained: () =>
        new Promise((resolve) => {
          if (reader.isGone) resolve();
          else process.stdout.write('', () => resolve());
        }),
    },
    environment,
  );
  const err = outputOf(
    { facts: factsOf(process.stderr, columns), write: (data) => process.stderr.write(data) },
    environment,
  );
  process.stdout.on('error', (error) => {
    if (reader.isGone) return;
    reader.isGone = true;
    const code = endWithoutReader(error, err);
    if (reader.isNeeded) process.exit(code);
  });
  // Nobody is left to be told.
  process.stderr.on('error', () => {});
  return {
    out,
    err,
    commandLine,
    guard(listener) {
      reader.isNeeded = false;
      return listen(listener);
    },
    ask: async (question) => (await answerTo(question, { isShown: true }))?.trim(),
    async askSecret(question) {
      const answer = await answerTo(question, { isShown: false });
      if (answer !== undefined) err.write(text`\n`);
      return answer;
    },
    exit: (code) => process.exit(code),
    end(code) {
      if (reader.isGone) process.exit(code);
      if (pager) {
        void pager.end().then(() => process.exit(code));
        return;
      }
      process.stdout.write('', (error) => process.exit(error ? endWithoutReader(error, err) : code));
    },
  };
}

/** A line that is typed on the terminal; undefined where there is none. Ctrl-D is no answer. */
async function answerTo(
  question: Text,
  { isShown }: { readonly isShown: boolean },
): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const { createInterface } = await import('node:readline/promises');
  const { Writable } = await import('node:stream');
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // Keys are read one by one from here on: the terminal itself echoes none.
  const terminal = createInterface({
    ...{ input: process.stdin, output: isShown ? process.stderr : nowhere },
    ...(isShown ? {} : { terminal: true, historySize: 0 }),
  });
  if (!isShown) process.stderr.write(String(question));
  terminal.once('SIGINT', () => process.exit(EXIT.interrupted));
  const none = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    return await Promise.race([terminal.question(String(question)), none]);
  } finally {
    terminal.close();
  }
}

/** Tells a listener of interruptions until the function it returns is called. */
function listen(listener: (interruptions: number) => void): () => void {
  let interruptions = 0;
  const interrupt = (): void => {
    interruptions += 1;
    listener(interruptions);
  };
  for (const signal of INTERRUPTIONS) process.on(signal, interrupt);
  return () => {
    for (const signal of INTERRUPTIONS) process.off(signal, interrupt);
  };
}

const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `flow runs | head -1` has got what it wanted; a full disk has not. */
function endWithoutReader(error: Error, err: Output): number {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return EXIT.ok;
  const sentence = isSystemError(error)
    ? systemSentence({ code: error.code, syscall: 'write', path: 'the output', message: error.message })
    : `The output cannot be written: ${error.message}`;
  err.write(text`${err.paint.bad('error:')} ${sentence}\n`);
  return EXIT.no;
}
