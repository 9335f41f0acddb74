import {
  ANY,
  LogCursor,
  type LogPiece,
  parseAddress,
  printAddress,
  type Run,
  type StoreClient,
  type Task,
  tailPosition,
} from '#client';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { type Output, sendDocument } from '../output.ts';
import { command } from '../plain/shell.ts';
import type { ReadOptions } from '../read-options.ts';
import { UsageError } from '../usage.ts';
import { followLogs } from './follow-logs.ts';
import { Listing } from './listing-of.ts';
import { attemptsOf } from './log-attempts.ts';
import { tellException } from './log-exception.ts';
import { LONGEST_LINE, LogWriter } from './log-writer.ts';
import { clientFor } from './open.ts';
import { wideTotals } from './step-summary.ts';

/** Options of `flow logs`. */
export interface LogsOptions extends ReadOptions {
  readonly stdout?: true;
  readonly stderr?: true;
  readonly follow?: true;
  readonly timestamps?: true;
  /** Lines at the end of each task's log. */
  readonly tail?: number;
  /** Number of the attempt to show; the last one otherwise. */
  readonly attempt?: number;
  readonly json?: true;
}

type LogStream = 'stdout' | 'stderr' | undefined;

/**
 * `flow logs ADDRESS`: what the tasks wrote, task by task in the order of the graph, the lines of each in the order they came; then
 * what running tasks have written so far. Lines of several tasks have `[step/task]` before them. A program that asks for one task
 * gets its bytes as they are. With `--follow` it goes on until the task or the run has ended.
 */
export async function logs(address: string, options: LogsOptions, host: Host): Promise<number> {
  const client = clientFor(options, host);
  const stream = options.stdout === options.stderr ? undefined : options.stdout ? 'stdout' : 'stderr';
  if (options.follow && options.attempt !== undefined)
    throw new UsageError('--follow goes on with the attempt that runs: it takes no --attempt.');
  if (options.json) return logsAsJson(address, { client, stream, options, host });
  if (options.follow) return follow(address, { client, stream, options, host });
  const { attempt } = options;
  const found = tasksAt(client, address, { withSilent: attempt !== undefined });
  const { begin: tasks, rest } =
    attempt === undefined ? begunOf(found) : { begin: attemptsOf([...found], attempt), rest: [] };
  const [only] = tasks;
  const hasTimes = options.timestamps ?? false;
  if (only && tasks.length === 1) {
    const isRaw = !host.out.isTerminal && !hasTimes && options.tail === undefined;
    if (!isRaw || !(await writeBytes(only, stream, host.out)))
      await writeLines([only], { stream, tail: options.tail, hasNames: false, hasTimes }, host.out);
    tellException(only, host.err);
    return EXIT.ok;
  }
  const damaged = new Listing(host.err);
  const style: Lines = { stream, tail: options.tail, hasNames: true, hasTimes };
  await writeLines(tasks, style, host.out, damaged);
  await writeLines(rest, style, host.out, damaged);
  return damaged.code;
}

/** All lines as one document, written task by task. */
async function logsAsJson(address: string, { client, stream, options, host }: Following): Promise<number> {
  if (options.follow || options.tail !== undefined)
    throw new UsageError('--json gives whole logs: it goes with neither --follow nor --tail.');
  const listing = new Listing(host.err);
  const { attempt } = options;
  const found = tasksAt(client, address, { withSilent: attempt !== undefined });
  const tasks = attempt === undefined ? found : attemptsOf([...found], attempt);
  const lines = [
    ...listing.read(tasks, (task) =>
      task.logLines(stream).map(({ time, stream: of, text: words }) => ({
        task: task.pathspec,
        time: time?.toISOString() ?? null,
        stream: of,
        text: words,
      })),
    ),
  ].flat();
  await sendDocument({ schema: 'oxbow.logs/1', lines }, host.out);
  return listing.code;
}

/** The first two of some tasks, which tell whether there is one alone, and the others, looked for when they are reached. */
function begunOf(tasks: Generator<Task>): { readonly begin: readonly Task[]; readonly rest: Iterable<Task> } {
  const begin: Task[] = [];
  for (let next = tasks.next(); !next.done; next = tasks.next()) if (begin.push(next.value) === 2) break;
  return { begin, rest: tasks };
}

interface Following {
  readonly client: StoreClient;
  readonly stream: LogStream;
  readonly options: LogsOptions;
  readonly host: Host;
}

function follow(address: string, { client, stream, options, host }: Following): Promise<number> {
  const { run, step, task } = wantedAt(client, address);
  const style = { hasNames: task === undefined, hasTimes: options.timestamps ?? false };
  const openTask = task === undefined ? undefined : () => client.Task(`${run.pathspec}/${step}/${task}`);
  return followLogs({ run, step, task, openTask, stream, tail: options.tail, style }, host);
}

/** The run an address begins with, and what of it is wanted, which need not be there yet. Throws NotFoundError. */
function wantedAt(client: StoreClient, text: string): { run: Run; step?: string; task?: string } {
  const { flow, run: selector, target } = parseAddress(text);
  const run = client.Run(printAddress({ flow, run: selector, target: { kind: 'run' }, path: [] }));
  if (!('step' in target)) {
    if (target.kind !== 'run') throw noLogs(text);
    return { run };
  }
  if (target.kind === 'artifact') throw noLogs(text);
  if (target.step === ANY) return { run };
  // Tells which steps there are.
  if (!run.graph.steps.some(({ name }) => name === target.step)) run.step(target.step);
  if (target.kind === 'step' || target.task === ANY) return { run, step: target.step };
  return { run, step: target.step, task: target.task };
}

function noLogs(address: string): UsageError {
  return new UsageError(`${address} is an artifact, and only tasks have logs.`, [
    command`flow cat ${address}`,
  ]);
}

/** Recorded tasks in the order of the graph, then those that run. Of wide steps that wrote nothing none, unless they are wanted. */
function* tasksAt(
  client: StoreClient,
  address: string,
  { withSilent }: { readonly withSilent: boolean },
): Generator<Task, undefined> {
  const { run, step, task } = wantedAt(client, address);
  if (step !== undefined && task !== undefined)
    return void (yield* [...client.resolveAll(address)].filter(isTask));
  const running = run.runningTasks().filter(({ parent }) => step === undefined || parent.id === step);
  const steps = run.steps().filter(({ id }) => step === undefined || id === step);
  // Tells why there are none.
  if (step !== undefined && steps.length + running.length === 0) run.step(step);
  const listed = (function* () {
    for (const one of steps) yield { one, tasks: one.tasks() };
  })();
  // What runs may be recorded before its turn comes, and is to be told once: all are listed at one time.
  for (const { one, tasks } of running.length > 0 ? [...listed] : listed) {
    if (withSilent || wideTotals(one, tasks.length)?.withOutput !== 0) yield* tasks;
  }
  yield* running;
}

const isTask = (found: { readonly kind: string }): found is Task => found.kind === 'task';

interface Lines {
  readonly stream: LogStream;
  readonly tail: number | undefined;
  readonly hasNames: boolean;
  readonly hasTimes: boolean;
}

async function writeLines(
  tasks: Iterable<Task>,
  { stream, tail, ...style }: Lines,
  out: Output,
  damaged?: Listing,
): Promise<void> {
  const writer = new LogWriter(out, style);
  for (const task of tasks) {
    try {
      const lines = linesOf(task, stream, tail);
      await writer.write(
        tail === undefined ? lines : last(lines, tail),
        () => `${task.parent.id}/${task.id}`,
      );
    } catch (error) {
      await writer.write([], () => '');
      if (!damaged) throw error;
      damaged.tell(task, error);
    }
  }
}

function* linesOf({ log }: Task, stream: LogStream, tail: number | undefined): Generator<LogPiece> {
  const cursor = new LogCursor({ stream, isOrdered: true, longest: LONGEST_LINE });
  // No stream can have more of the last lines of both.
  if (tail !== undefined)
    for (const name of ['stdout', 'stderr'] as const) cursor.moveTo(name, tailPosition(log, name, tail));
  yield* cursor.lines(log);
  yield* cursor.end();
}

function last(lines: Iterable<LogPiece>, count: number): LogPiece[] {
  let kept: LogPiece[] = [];
  for (const line of lines) {
    kept.push(line);
    if (kept.length > 2 * count) kept = kept.slice(-count);
  }
  return count === 0 ? [] : kept.slice(-count);
}

/** Bytes written at a time. */
const PIECE = 1024 * 1024;

/** Writes one stream as it is. False when both have something: their lines have to be put in order. */
async function writeBytes({ log }: Task, stream: LogStream, out: Output): Promise<boolean> {
  const streams = (['stdout', 'stderr'] as const).filter((name) => stream === undefined || stream === name);
  const full = streams.filter((name) => log.size(name) > 0);
  const [name] = full;
  if (full.length > 1) return false;
  if (name === undefined) return true;
  for (let at = 0, size = log.size(name); at < size; ) {
    const from = log.readable(name, at);
    const piece = log.read(name, from, Math.min(size, from + PIECE));
    if (piece.length === 0) break;
    at = from + piece.length;
    out.send(piece);
    if (out.isBehind) await out.drained?.();
  }
  return true;
}
