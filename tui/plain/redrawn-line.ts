import { characters, characterWidth } from './width.ts';

/** What moves the cursor within a line, erases or colours, and what is only for several lines; then any other character. */
const TOKENS =
  /\x1b\[(?<numbers>[\d;:]*)(?<command>[A-HKJm])|\x1b\[\?(?:25|7|2026)[hl]|\x1b[78]|[\r\b]|[^\x1b\r\b]+|\x1b/g;

/** Columns a line may have: a program could ask for any. */
const MOST_COLUMNS = 10_000;

interface Cell {
  readonly text: string;
  /** Colour codes in force. */
  readonly colour: string;
}

/** Whether a line does more than go on to the right. */
export const isRedrawn = (text: string): boolean => /[\r\b]|\x1b\[[\d;]*[A-HK]|\x1b\[\?|\x1b[78]/.test(text);

/**
 * What a terminal shows of a line that redraws itself, as progress bars do: with carriage returns and backspaces, moves within the line
 * and erasing; colour codes stay. Moves to other lines are left out, and whatever else controls a terminal stays as it is.
 */
export function redrawnLine(text: string): string {
  const line = new Line();
  for (const { 0: token, groups } of text.matchAll(TOKENS)) {
    if (token === '\r') line.column = 0;
    else if (token === '\b') line.column = Math.max(0, line.column - 1);
    else if (groups?.command !== undefined) line.control(groups.command, groups.numbers ?? '', token);
    else if (!/^\x1b(?:\[\?|[78])/.test(token)) line.put(token);
  }
  return line.text;
}

class Line {
  column = 0;
  readonly #cells: (Cell | undefined)[] = [];
  #colour = '';

  get text(): string {
    let text = '';
    let colour = '';
    for (const cell of Array.from(this.#cells, (one) => one ?? BLANK)) {
      if (cell.colour !== colour) text += (colour === '' ? '' : RESET) + cell.colour;
      colour = cell.colour;
      text += cell.text;
    }
    const trimmed = colour === '' ? text.trimEnd() : text;
    return colour === '' ? trimmed : trimmed + RESET;
  }

  put(text: string): void {
    for (const character of /^[\x20-\x7e\t]*$/.test(text) ? text : characters(text)) {
      const width = Math.max(1, characterWidth(character));
      if (this.column + width > MOST_COLUMNS) return;
      this.#cells[this.column] = { text: character, colour: this.#colour };
      // The rest of a wide character shows nothing of its own.
      for (let i = 1; i < width; i += 1) this.#cells[this.column + i] = { text: '', colour: this.#colour };
      this.column += width;
    }
  }

  control(command: string, numbers: string, token: string): void {
    const number = Number.parseInt(numbers, 10);
    const count = Math.max(1, number || 0);
    if (command === 'm')
      this.#colour = /^(?:0*|.*;0*)$/.test(numbers) ? '' : (this.#colour + token).slice(-MOST_COLOURS);
    else if (command === 'K') this.#erase(number || 0);
    else if (command === 'G') this.column = Math.min(MOST_COLUMNS, count - 1);
    else if (command === 'C') this.column = Math.min(MOST_COLUMNS, this.column + count);
    else if (command === 'D') this.column = Math.max(0, this.column - count);
    else if (command === 'E' || command === 'F') this.column = 0;
    else if (command === 'H' || command === 'J') this.put(token);
  }

  #erase(what: number): void {
    if (what === 0) this.#cells.length = Math.min(this.#cells.length, this.column);
    else if (what === 2) this.#cells.length = 0;
    else for (let i = 0; i <= this.column && i < this.#cells.length; i += 1) this.#cells[i] = undefined;
  }
}

const BLANK: Cell = { text: ' ', colour: '' };
const RESET = '\x1b[0m';
/** Characters of colour codes that are remembered. */
const MOST_COLOURS = 200;
