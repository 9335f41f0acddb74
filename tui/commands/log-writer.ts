import type { LogPiece } from '#client';
import type { Output } from '../output.ts';
import { logLine } from '../plain/escape.ts';
import { localTimeExact } from '../plain/words.ts';

/** A line of a log longer than this many bytes is shown in pieces. */
export const LONGEST_LINE = 256 * 1024;

/** Text that is written at once, in UTF-16 units. */
const TOGETHER = 64 * 1024;

/** How lines are written. */
export interface LogStyle {
  /** `[step/task]` before each line. */
  readonly hasNames: boolean;
  /** When the line came before each line. */
  readonly hasTimes: boolean;
}

/** Writes lines of logs, no faster than they are taken. */
export class LogWriter {
  readonly #output: Output;
  readonly #style: LogStyle;
  #text = '';

  constructor(output: Output, style: LogStyle) {
    this.#output = output;
    this.#style = style;
  }

  /** Writes lines, together with others that are there already. */
  async write(lines: Iterable<LogPiece>, name: (line: LogPiece) => string): Promise<void> {
    for (const line of lines) {
      this.#text += this.#lineOf(line, name);
      if (this.#text.length < TOGETHER) continue;
      await this.#flush();
      // Lets an interruption in.
      await new Promise(setImmediate);
    }
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const { drained, isBehind } = this.#output;
    if (this.#text !== '') this.#output.write(this.#text);
    this.#text = '';
    if (isBehind) await drained?.();
  }

  #lineOf(line: LogPiece, name: (line: LogPiece) => string): string {
    const { paint, isTerminal, isColoured } = this.#output;
    const time = this.#style.hasTimes ? `${paint.faint(localTimeExact(line.time.getTime()))} ` : '';
    const source = this.#style.hasNames ? `${paint.faint(`[${name(line)}]`)} ` : '';
    return `${time}${source}${isTerminal ? logLine(line.text, isColoured) : line.text}\n`;
  }
}
