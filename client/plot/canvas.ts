/** A piece of a line; the series that it belongs to gives it its colour. */
export interface Span {
  readonly text: string;
  readonly series?: number;
}

/** Bit of each of the 2 × 4 dots of a braille character, by row and column. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** A field of characters to draw on, with dots finer than characters where letters other than ASCII show. */
export class Canvas {
  readonly columns: number;
  readonly rows: number;
  readonly ascii: boolean;
  /** Dots across and down. */
  readonly wide: number;
  readonly high: number;
  readonly #cells: (Span | undefined)[];
  readonly #masks: Uint8Array;

  constructor(columns: number, rows: number, ascii: boolean) {
    this.columns = columns;
    this.rows = rows;
    this.ascii = ascii;
    this.wide = columns * (ascii ? 1 : 2);
    this.high = rows * (ascii ? 1 : 4);
    this.#cells = new Array<Span | undefined>(columns * rows);
    this.#masks = new Uint8Array(columns * rows);
  }

  /** Writes one character; what is outside is left out. */
  put(column: number, row: number, text: string, series?: number): void {
    if (column < 0 || row < 0 || column >= this.columns || row >= this.rows) return;
    const at = row * this.columns + column;
    this.#cells[at] = series === undefined ? { text } : { text, series };
    this.#masks[at] = 0;
  }

  /** Writes a word from a column on. */
  write(column: number, row: number, words: string, series?: number): void {
    [...words].forEach((letter, i) => {
      this.put(column + i, row, letter, series);
    });
  }

  at(column: number, row: number): string {
    return this.#cells[row * this.columns + column]?.text ?? ' ';
  }

  /** Sets a dot; where only ASCII shows it is the character `mark`. */
  dot(x: number, y: number, mark: string, series: number): void {
    if (!(x >= 0 && y >= 0 && x < this.wide && y < this.high)) return;
    if (this.ascii) {
      this.put(x, y, mark, series);
      return;
    }
    const at = (y >> 2) * this.columns + (x >> 1);
    const mask = (this.#masks[at] ?? 0) | (DOTS[y & 3]?.[x & 1] ?? 0);
    this.#masks[at] = mask;
    this.#cells[at] = { text: String.fromCodePoint(0x2800 + mask), series };
  }

  /** A line of dots (Bresenham 1965). */
  stroke(from: readonly [number, number], to: readonly [number, number], mark: string, series: number): void {
    // What is nowhere is never reached.
    if (![...from, ...to].every(Number.isFinite)) return;
    let [x, y] = from;
    const [right, bottom] = to;
    const stepX = Math.sign(right - x);
    const stepY = Math.sign(bottom - y);
    const wide = Math.abs(right - x);
    const high = -Math.abs(bottom - y);
    let error = wide + high;
    for (;;) {
      this.dot(x, y, mark, series);
      if (x === right && y === bottom) break;
      const twice = 2 * error;
      if (twice >= high) {
        error += high;
        x += stepX;
      }
      if (twice <= wide) {
        error += wide;
        y += stepY;
      }
    }
  }

  /** The characters of a row. */
  row(row: number): Span[] {
    return Array.from(
      { length: this.columns },
      (_, column) => this.#cells[row * this.columns + column] ?? { text: ' ' },
    );
  }
}

/** Neighbours of one series as one span. */
export function joined(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of spans) {
    const last = out.at(-1);
    if (last && last.series === span.series) out[out.length - 1] = { ...last, text: last.text + span.text };
    else out.push(span);
  }
  return out;
}
