/** What a terminal does with the few control sequences the live view writes; any other is an error. Only for tests. */
export class VirtualScreen {
  readonly #columns: number;
  readonly #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** Takes what a program writes; a line feed goes to the beginning of the next line, as a terminal's driver makes it. */
  write(text: string): void {
    for (const [token] of text.matchAll(/\x1b\[[?\d;]*[A-Za-z]|[\s\S]/gu)) this.#take(token);
  }

  /** What is seen, with lines that scrolled out above, without trailing spaces and empty lines at the end. */
  get text(): string {
    return this.#lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  #take(token: string): void {
    if (token === '\n') this.#moveTo(this.#row + 1, 0);
    else if (token === '\r') this.#moveTo(this.#row, 0);
    else if (token.startsWith('\x1b')) this.#control(token);
    else this.#put(token);
  }

  #control(sequence: string): void {
    const up = /^\x1b\[(\d+)A$/.exec(sequence);
    if (up) this.#moveTo(Math.max(0, this.#row - Number(up[1])), this.#column);
    else if (sequence === '\x1b[J') this.#clear();
    else if (!/^\x1b\[(?:\?2026[hl]|[\d;]*m)$/.test(sequence))
      throw new Error(`This screen does not know ${JSON.stringify(sequence)}.`);
  }

  #clear(): void {
    this.#lines.length = this.#row + 1;
    this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column);
  }

  #put(character: string): void {
    if (this.#column >= this.#columns) this.#moveTo(this.#row + 1, 0);
    const line = (this.#lines[this.#row] ?? '').padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column += 1;
  }

  #moveTo(row: number, column: number): void {
    while (this.#lines.length <= row) this.#lines.push('');
    this.#row = row;
    this.#column = column;
  }
}
