/** Who is told of a task's lines while they come. */
export interface LineListener {
  /**
   * Whole lines, without the last newline; at the task's end, what was left. With `goesOn` it is a piece of a very long line,
   * the rest of which follows.
   */
  onText(text: string, goesOn: boolean): void;
  /** The task has begun a line, or gone on with it, and not ended it yet; `text` is its end. Told now and then. */
  onOpenLine(text: string): void;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** A line that grows beyond this many bytes is told piece by piece. */
const LONGEST = 64 * 1024;
/** So many bytes of an open line are told. */
const OPEN_BYTES = 4096;
/** How often an open line is told, in milliseconds. */
const OFTEN = 100;

/** Cuts a stream of bytes into lines, with bounded memory and no character torn apart. */
export class OutputLines {
  readonly #listener: LineListener;
  /** The last line while it is not whole. */
  #open: Buffer[] = [];
  #openBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(listener: LineListener) {
    this.#listener = listener;
  }

  take(bytes: Buffer): void {
    const end = bytes.lastIndexOf(NEWLINE);
    if (end >= 0) {
      this.#listener.onText(this.#whole(bytes.subarray(0, end)), false);
      this.#open = [];
      this.#openBytes = 0;
    }
    if (end + 1 < bytes.length) this.#leaveOpen(bytes.subarray(end + 1));
  }

  /** Nothing more comes. */
  end(): void {
    clearTimeout(this.#timer);
    if (this.#openBytes > 0) this.#listener.onText(Buffer.concat(this.#open).toString(), false);
    this.#open = [];
    this.#openBytes = 0;
  }

  /** The open line and what follows it; the latter, which may be much, is not copied. */
  #whole(bytes: Buffer): string {
    if (this.#openBytes === 0) return bytes.toString();
    const newline = bytes.indexOf(NEWLINE);
    const first = Buffer.concat([...this.#open, newline < 0 ? bytes : bytes.subarray(0, newline)]).toString();
    return newline < 0 ? first : first + bytes.toString('utf8', newline);
  }

  #leaveOpen(bytes: Buffer): void {
    this.#open.push(bytes);
    this.#openBytes += bytes.length;
    if (this.#openBytes > LONGEST) this.#shorten();
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#openBytes > 0) this.#listener.onOpenLine(endOf(Buffer.concat(this.#open)));
    }, OFTEN).unref();
  }

  /** Of a line that is drawn again and again only the last state counts; of any other the beginning is told. */
  #shorten(): void {
    const line = Buffer.concat(this.#open);
    const state = lastState(line);
    const left = state > 0 ? line.subarray(state) : line.subarray(wholeCharacters(line));
    if (state === 0) this.#listener.onText(line.subarray(0, line.length - left.length).toString(), true);
    // A copy, so that the long line itself can go.
    this.#open = left.length > 0 ? [Buffer.from(left)] : [];
    this.#openBytes = left.length;
  }
}

/** Where the last state of a line that is drawn again begins: behind the last carriage return that something follows. */
function lastState(line: Buffer): number {
  let end = line.length;
  while (end > 0 && line[end - 1] === RETURN) end -= 1;
  return line.subarray(0, end).lastIndexOf(RETURN) + 1;
}

/** How many bytes at the start of a text in UTF-8 are whole characters. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function endOf(line: Buffer): string {
  let start = Math.max(0, line.length - OPEN_BYTES);
  while (start > 0 && ((line[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return line.subarray(start, wholeCharacters(line)).toString();
}
