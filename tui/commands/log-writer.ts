import type { LogPiece } from '#client';
import type { Output } from '../output.ts';
import { logText } from '../plain/log-line.ts';
import { joined, type Text, text } from '../plain/text.ts';
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
  #pending: Text[] = [];
  #length = 0;

  constructor(output: Output, style: LogStyle) {
    this.#output = output;
    this.#style = style;
  }

  /** Writes lines, together with others that are there already. */
  async write(lines: Iterable<LogPiece>, name: (line: LogPiece) => string): Promise<void> {
    for (const line of lines) {
      const shown = this.#lineOf(line, name);
      this.#pending.push(shown);
      this.#length += String(shown).length;
      if (this.#length < TOGETHER) continue;
      await this.#flush();
      // Lets an interruption in.
      await new Promise(setImmediate);
    }
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const { drained, isBehind } = this.#output;
    if (this.#pending.length > 0) this.#output.write(joined(this.#pending, text``));
    this.#pending = [];
    this.#length = 0;
    if (isBehind) await drained?.();
  }

  #lineOf(line: LogPiece, name: (line: LogPiece) => string): Text {
    const { paint } = this.#output;
    const time = this.#style.hasTimes ? text`${paint.faint(localTimeExact(line.time.getTime()))} ` : '';
    const source = this.#style.hasNames ? text`${paint.faint(`[${name(line)}]`)} ` : '';
    return text`${time}${source}${logText(line.text, this.#output)}\n`;
  }
}
