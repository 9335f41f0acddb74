import type { LoadedFlow, RunEvent } from '#core';
import { topologicalOrder } from '#core';
import type { Console, Output } from '../output.ts';
import { logLine } from '../plain/escape.ts';
import { localTimeExact } from '../plain/words.ts';
import { blockOf } from './block.ts';
import { type LogContext, type LogLine, logLinesOf } from './log-lines.ts';
import { LiveScreen } from './screen.ts';
import { progressAfter, progressBefore, type RunProgress } from './state.ts';

/** Tells a person or a program of a run while it goes on. */
export interface Presenter {
  /** Takes every event of the run, in order. */
  tell(event: RunEvent): void;
  /** Says something that belongs to no event, such as how to kill what runs. */
  talk(text: string): void;
  /** No event follows. */
  close(): void;
}

/**
 * Chooses how a run is told. The log goes to stdout, as Metaflow's does: what the tasks write is what `flow run` is
 * about and what people pipe into a file or `grep`; only errors and hints are talk, on stderr.
 * A pipe gets every line. A terminal gets those with words of the tasks, and a block of the steps at work in place of two
 * lines for each of ten thousand tasks.
 */
export function presenterFor(
  { graph }: LoadedFlow,
  { out, err }: Console,
  { quiet }: { readonly quiet: boolean },
): Presenter {
  if (quiet) return new LogPresenter({ out, err }, ({ from }) => from !== 'engine');
  if (!out.isLive) return new LogPresenter({ out, err }, () => true);
  return new LivePresenter(out, progressBefore(graph.flow, topologicalOrder(graph)));
}

/** Writes lines as they come. */
class LogPresenter implements Presenter {
  readonly #console: Console;
  readonly #isWanted: (line: LogLine) => boolean;
  #context: LogContext = { runId: '', isStopping: false };

  constructor(console: Console, isWanted: (line: LogLine) => boolean) {
    this.#console = console;
    this.#isWanted = isWanted;
  }

  tell(event: RunEvent): void {
    if (event.type === 'run-started') this.#context = { runId: event.runId, isStopping: false };
    if (event.type === 'run-stopping') this.#context = { ...this.#context, isStopping: true };
    const { out } = this.#console;
    const lines = logLinesOf(event, this.#context).filter(this.#isWanted);
    if (lines.length > 0) out.write(lines.map((line) => `${textOf(line, out)}\n`).join(''));
  }

  talk(text: string): void {
    this.#console.err.write(`${text}\n`);
  }

  close(): void {}
}

/** Events a terminal hears of through the block. */
const SHOWN_IN_BLOCK = new Set<RunEvent['type']>([
  'task-started',
  'foreach-split',
  'task-finished',
  'run-finished',
]);

/** Writes what the tasks say and draws a block of the steps below it; at the end the block stays as a summary. */
class LivePresenter implements Presenter {
  readonly #output: Output;
  readonly #screen: LiveScreen;
  #run: RunProgress;
  #end: LogLine[] = [];

  constructor(output: Output, run: RunProgress) {
    this.#output = output;
    this.#run = run;
    this.#screen = new LiveScreen(output, () =>
      this.#run.startedAt === undefined ? [] : blockOf(this.#run, Date.now(), output),
    );
  }

  tell(event: RunEvent): void {
    this.#run = progressAfter(this.#run, event);
    const { runId, stopping } = this.#run;
    const lines = logLinesOf(event, { runId, isStopping: stopping !== undefined });
    if (event.type === 'run-finished') this.#end = lines;
    if (SHOWN_IN_BLOCK.has(event.type)) return;
    for (const line of lines) this.#screen.say(textOf(line, this.#output));
  }

  talk(text: string): void {
    this.#screen.say(this.#output.paint.warn(text));
  }

  close(): void {
    this.#screen.close({ keepBlock: this.#run.startedAt !== undefined });
    for (const line of this.#end) this.#output.write(`${textOf(line, this.#output)}\n`);
  }
}

/** `2026-11-22 10:47:55.006 [runId/step/task (pid N)] text`; on a terminal without what could harm it. */
function textOf({ time, source, text, from, tone }: LogLine, output: Output): string {
  const { paint, isTerminal, isColoured } = output;
  const head = localTimeExact(time) + (source === undefined ? '' : ` [${source}]`);
  const safe = isTerminal ? logLine(text, isColoured) : text;
  const painted = tone ? paint[tone](safe) : from === 'engine' ? paint.strong(safe) : safe;
  return `${paint.faint(head)} ${painted}`;
}
