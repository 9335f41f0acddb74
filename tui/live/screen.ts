import type { Output } from '../output.ts';
import { Text } from '../plain/text.ts';
import { widthOf } from '../plain/width.ts';

/** How often a block is drawn, in milliseconds, while nothing is said. */
const TICK = 100;
/** How long lines are collected before they are written together. */
const GATHER = 25;
/** So much text is written at once, in UTF-16 units. */
const MOST_GATHERED = 64 * 1024;
/** Tells terminals that know it to show what follows at once; others ignore it. */
const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l'];

/** Lines that stay, and below them a block of lines that is drawn again and again. Only for terminals. */
export class LiveScreen {
  readonly #output: Output;
  readonly #block: () => readonly Text[];
  readonly #ticks: NodeJS.Timeout;
  /** Widths of the block's lines as they stand on the terminal. */
  #drawn: readonly number[] = [];
  #pending = '';
  #gathering: NodeJS.Timeout | undefined;

  /** `block` gives the lines to show now, none wider than the terminal. */
  constructor(output: Output, block: () => readonly Text[]) {
    this.#output = output;
    this.#block = block;
    this.#ticks = setInterval(() => this.#draw(), TICK);
    this.#ticks.unref();
  }

  /** Adds a line above the block, for good. */
  say(line: Text): void {
    this.#pending += `${line}\n`;
    if (this.#pending.length > MOST_GATHERED) this.#draw();
    else this.#gathering ??= setTimeout(() => this.#draw(), GATHER);
  }

  /** Takes the block away, or leaves it as it is now when it is to stay. Nothing may be said afterwards. */
  close({ keepBlock = false } = {}): void {
    clearInterval(this.#ticks);
    if (keepBlock)
      this.#pending += this.#block()
        .map((line) => `${line}\n`)
        .join('');
    this.#write(this.#pending, []);
  }

  #draw(): void {
    this.#write(this.#pending, this.#block());
  }

  #write(lines: string, block: readonly Text[]): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.#pending = '';
    const text = this.#erase() + lines + block.map((line) => `${line}\n`).join('');
    this.#drawn = block.map((line) => widthOf(line));
    if (text !== '') this.#output.write(Text.trusted(BEGIN + text + END));
  }

  /** Moves to the block's first line and clears from there. A terminal made narrower has broken long lines into several. */
  #erase(): string {
    const { columns } = this.#output;
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows === 0 ? '' : `\x1b[${rows}A\r\x1b[J`;
  }
}
