import { type LoadedFlow, type RunEvent, timeStamp, topologicalOrder } from '#core';
import type { Console, Output } from '../output.ts';
import { logText } from '../plain/log-line.ts';
import { linesOf, type Text, text } from '../plain/text.ts';
import { cutEnd } from '../plain/width.ts';
import { localTimeExact } from '../plain/words.ts';
import { blockOf } from './block.ts';
import { type LogContext, type LogLine, logLinesOf } from './log-lines.ts';
import { OpenLines } from './open-lines.ts';
import { LiveScreen } from './screen.ts';
import { progressAfter, progressBefore, type RunProgress } from './state.ts';
import { TakenLines } from './taken-lines.ts';
import { troubleText } from './trouble-text.ts';

/** Tells a person or a program of a run while it goes on. */
export interface Presenter {
  /** Takes every event of the run, in order. A promise resolves when so much has been told that more can be. */
  tell(event: RunEvent): void | Promise<void>;
  /** Says something that belongs to no event, such as how to kill what runs. */
  talk(text: string): void;
  /** No event follows. */
  close(): void;
}

/**
 * Chooses how a run is told. The log goes to stdout, as Metaflow's does: what the tasks write is what `flow run` is
 * about and what people pipe into a file or `grep`; only errors and hints are talk, on stderr.
 * A pipe gets every line. A terminal, unless it is to be `plain`, gets those with words of the tasks, and a block of the steps at work in place of two
 * lines for each of ten thousand tasks.
 */
export function presenterFor(
  { graph }: LoadedFlow,
  { out, err }: Console,
  { quiet, plain = false }: { readonly quiet: boolean; readonly plain?: boolean },
): Presenter {
  if (quiet) return new LogPresenter({ out, err }, { isQuiet: true });
  if (plain || !out.isLive) return new LogPresenter({ out, err }, { isQuiet: false });
  return new LivePresenter(out, progressBefore(graph.flow, topologicalOrder(graph)));
}

/** Writes lines as they come. A line that stays open for long is written as it is then, and once more when it is whole. */
class LogPresenter implements Presenter {
  readonly #console: Console;
  /** Only what tasks write, and nothing before it. */
  readonly #isQuiet: boolean;
  readonly #open = new OpenLines();
  readonly #taken = new TakenLines();
  readonly #ticks: NodeJS.Timeout;
  #context: LogContext = { runId: '' };

  constructor(console: Console, { isQuiet }: { readonly isQuiet: boolean }) {
    this.#console = console;
    this.#isQuiet = isQuiet;
    this.#ticks = setInterval(() => this.#write(this.#open.longOpen(timeStamp())), LONG_OPEN_TICK).unref();
  }

  tell(event: RunEvent): void | Promise<void> {
    if (event.type === 'run-started') this.#context = { runId: event.runId };
    if (event.type === 'run-trouble') this.talk(troubleText(event));
    const taken = this.#taken.before(event, this.#context.runId);
    const all = [...taken, ...(event.type === 'task-taken' ? [] : logLinesOf(event, this.#context))];
    const lines = this.#isQuiet ? all.filter(({ from }) => from !== 'engine') : all;
    this.#open.follow(event, lines);
    if (event.type === 'task-open-line') return;
    this.#write(lines);
    const { out } = this.#console;
    if (out.isBehind) return out.drained?.();
  }

  talk(words: string): void {
    this.#console.err.write(linesOf([words]));
  }

  close(): void {
    clearInterval(this.#ticks);
  }

  #write(lines: readonly LogLine[]): void {
    const { out } = this.#console;
    if (lines.length > 0)
      out.write(
        linesOf(lines.map((line) => (this.#isQuiet ? logText(line.text, out) : lineText(line, out)))),
      );
  }
}

/** How often it is looked for lines that have been open for long, in milliseconds. */
const LONG_OPEN_TICK = 1000;
/** So many open lines stand above the steps, on a terminal of more rows than this. */
const MOST_OPEN_LINES = 4;
const LEAST_ROWS = 16;

/** Events a terminal hears of through the block. */
const SHOWN_IN_BLOCK = new Set<RunEvent['type']>([
  'task-open-line',
  'task-started',
  'task-taken',
  'foreach-split',
  'task-finished',
  'run-finished',
]);

/** Writes what the tasks say and draws a block of the steps below it; at the end the block stays as a summary. */
class LivePresenter implements Presenter {
  readonly #output: Output;
  readonly #screen: LiveScreen;
  readonly #open = new OpenLines();
  readonly #reasons = new Set<string>();
  /** Open lines as they are shown: they are drawn ten times a second, and may be long. */
  readonly #shown = new WeakMap<LogLine, Text>();
  #run: RunProgress;
  #end: LogLine[] = [];

  constructor(output: Output, run: RunProgress) {
    this.#output = output;
    this.#run = run;
    this.#screen = new LiveScreen(output, () =>
      this.#run.startedAt === undefined
        ? []
        : [...this.#openLines(), ...blockOf(this.#run, timeStamp(), output)],
    );
  }

  tell(event: RunEvent): void | Promise<void> {
    this.#run = progressAfter(this.#run, event);
    if (event.type === 'run-trouble') this.talk(troubleText(event));
    const lines = logLinesOf(event, this.#run);
    this.#open.follow(event, lines);
    if (event.type === 'run-finished') this.#end = lines;
    const isSaid = 'caught' in event || this.#isNewReason(event);
    if (SHOWN_IN_BLOCK.has(event.type) && !isSaid) return;
    for (const line of lines) this.#screen.say(lineText(line, this.#output));
    const { isBehind, drained } = this.#output;
    if (isBehind) return drained?.();
  }

  /** Why the first task of a step is executed, or reused though its code has changed, is said; for the others of ten thousand it is not. */
  #isNewReason(event: RunEvent): boolean {
    const why =
      event.type === 'task-started'
        ? event.why
        : event.type === 'task-taken' && event.changed && { kind: event.changed, name: '' };
    if (!why || !('task' in event)) return false;
    const key = `${event.task.step} ${event.type} ${why.kind} ${why.name?.replace(/\d+/g, '')}`;
    if (this.#reasons.has(key)) return false;
    this.#reasons.add(key);
    return true;
  }

  /** Lines that tasks have not ended, as far as there is room for them. */
  #openLines(): Text[] {
    const { rows, columns, glyphs } = this.#output;
    const room = Math.max(0, Math.min(MOST_OPEN_LINES, rows - LEAST_ROWS));
    return this.#open
      .latest(room)
      .map((line) => cutEnd(this.#shownOf(line), Math.max(1, columns - 1), glyphs.ellipsis));
  }

  #shownOf(line: LogLine): Text {
    const shown = this.#shown.get(line) ?? lineText(line, this.#output);
    this.#shown.set(line, shown);
    return shown;
  }

  talk(words: string): void {
    this.#screen.say(this.#output.paint.warn(words));
  }

  close(): void {
    this.#screen.close({ keepBlock: this.#run.startedAt !== undefined });
    for (const line of this.#end) this.#output.write(linesOf([lineText(line, this.#output)]));
  }
}

/** For a program `2026-11-22 10:47:55.006 [runId/step/task (pid N)] text`; for a person, who has 80 columns, `[step/task] text`. */
function lineText({ time, source, place, text: said, from, tone }: LogLine, output: Output): Text {
  const { paint, isTerminal } = output;
  // What a task writes is its own; what Oxbow says is words, which a program gets escaped too.
  const words = from === 'engine' && !isTerminal ? text`${said}` : logText(said, output);
  const painted = tone ? paint[tone](words) : from === 'engine' ? paint.strong(words) : words;
  if (isTerminal) return place === undefined ? painted : text`${paint.faint(`[${place}]`)} ${painted}`;
  const head = localTimeExact(time) + (source === undefined ? '' : ` [${source}]`);
  return text`${paint.faint(head)} ${painted}`;
}
