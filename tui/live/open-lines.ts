import type { RunEvent } from '#core';
import type { LogLine } from './log-lines.ts';

/** How long a line is open before a pipe is told of it, and again after each such time, in milliseconds. */
const LONG = 10_000;

interface OpenLine {
  readonly task: string;
  line: LogLine;
  /** When it was begun, or told last; milliseconds since 1970. */
  since: number;
  isTold: boolean;
}

/** The lines that tasks have begun and not ended: prompts, progress bars. */
export class OpenLines {
  /** By task and stream, in the order in which they were begun. */
  readonly #lines = new Map<string, OpenLine>();

  /** Takes every event, with the lines it brings. */
  follow(event: RunEvent, lines: readonly LogLine[]): void {
    if (event.type === 'task-open-line') {
      const [line] = lines;
      if (line) this.#open(event, line);
    } else if (event.type === 'task-output') {
      if (this.#lines.size > 0) this.#lines.delete(`${keyOf(event)} ${event.stream}`);
    } else if (event.type === 'task-finished' || event.type === 'task-failed') {
      for (const [key, { task }] of this.#lines) if (task === keyOf(event)) this.#lines.delete(key);
    }
  }

  /** Those that were begun last, at most `most`, the oldest first. */
  latest(most: number): LogLine[] {
    return most === 0 ? [] : [...this.#lines.values()].slice(-most).map(({ line }) => line);
  }

  /** Those that have been open for long, and have grown since they were told. */
  longOpen(now: number): LogLine[] {
    const long = [...this.#lines.values()].filter(({ since, isTold }) => !isTold && now - since >= LONG);
    for (const open of long) {
      open.isTold = true;
      open.since = now;
    }
    return long.map(({ line }) => line);
  }

  #open(event: Extract<RunEvent, { type: 'task-open-line' }>, line: LogLine): void {
    const task = keyOf(event);
    const key = `${task} ${event.stream}`;
    const known = this.#lines.get(key);
    if (!known) this.#lines.set(key, { task, line, since: event.time, isTold: false });
    else {
      known.line = line;
      known.isTold = false;
    }
  }
}

const keyOf = ({ task }: Extract<RunEvent, { task: unknown }>): string => `${task.step}/${task.task}`;
