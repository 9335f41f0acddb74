import { type Glyphs, glyphsFor } from './plain/glyphs.ts';
import { type Paint, paintFor } from './plain/paint.ts';
import { type PictureProtocol, picturesOf } from './plain/picture.ts';
import { multiline, type Text } from './plain/text.ts';

/** A stream to write to. */
export interface Stream {
  /** What node tells of it; columns and rows change when the window does. */
  readonly facts: { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  write(data: string | Uint8Array): unknown;
  /** Resolves when all that was written has been taken; a stream that takes it at once need not have this. */
  drained?(): Promise<void>;
  /** Much of what was written has not been taken yet. */
  readonly isBehind?: boolean;
  /** Nobody reads it any more. */
  readonly isClosed?: boolean;
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One output stream as commands see it: what it can show, not how that was found out. */
export interface Output {
  /** A person reads it: tables are aligned, values abridged. Else it is data for a program. */
  readonly isTerminal: boolean;
  /** Lines already written may be redrawn. */
  readonly isLive: boolean;
  /** Colour codes may be written. */
  readonly isColoured: boolean;
  /** Width in columns; that of a page when it is no terminal. It changes when the window does. */
  readonly columns: number;
  /** Height in lines. */
  readonly rows: number;
  readonly paint: Paint;
  readonly glyphs: Glyphs;
  /** The way to show pictures; undefined where none is known. */
  readonly pictures?: PictureProtocol | undefined;
  /** Writes words. What is from elsewhere has been escaped in them: a string is no {@link Text}. */
  write(words: Text): void;
  /** Writes data: to a program as it is, to a terminal escaped. */
  send(data: string | Uint8Array): void;
  /** For those who write more than memory holds: resolves when what was written has been taken. */
  drained?(): Promise<void>;
  /** For them, too: much of what was written has not been taken yet. */
  readonly isBehind: boolean;
  /** Nobody reads it any more: whatever is written is for nobody. */
  readonly isClosed: boolean;
}

/** The two streams of a command: data goes to `out`, talk (errors, hints, progress) to `err`. */
export interface Console {
  readonly out: Output;
  readonly err: Output;
}

/** Data that is sent at once, in characters or bytes. */
const TOGETHER = 64 * 1024;

/** Sends lines or other pieces of data as they come, no faster than they are taken, and asks for no more when nobody reads any more. */
export async function sendAll(pieces: Iterable<string>, output: Output): Promise<void> {
  let waiting = '';
  for (const piece of pieces) {
    waiting += piece;
    if (waiting.length < TOGETHER) continue;
    output.send(waiting);
    waiting = '';
    if (output.isBehind) await output.drained?.();
    // That nobody reads any more is heard of only between two turns of the event loop.
    else await new Promise(setImmediate);
    if (output.isClosed) return;
  }
  if (waiting !== '') output.send(waiting);
}

/** Sends a JSON document, indented. */
export const sendDocument = (document: object, output: Output): Promise<void> =>
  sendAll([`${JSON.stringify(document, null, 2)}\n`], output);

const PAGE = { columns: 80, rows: 24 };

/** Looks once at what a stream is and what the environment says of colour, cursor and letters. */
export function outputOf(stream: Stream, environment: Environment): Output {
  const { facts, drained } = stream;
  const isTerminal = facts.isTTY === true;
  const isColoured = wantsColour(isTerminal, environment);
  return {
    isTerminal,
    isLive: isTerminal && environment.TERM !== 'dumb' && !isOn(environment.CI),
    isColoured,
    get columns() {
      return facts.columns || PAGE.columns;
    },
    get rows() {
      return facts.rows || PAGE.rows;
    },
    paint: paintFor(isColoured),
    glyphs: glyphsFor(environment),
    pictures: isTerminal ? picturesOf(environment) : undefined,
    write: (words) => void stream.write(String(words)),
    send: (data) => void stream.write(isTerminal ? String(multiline(decoded(data))) : data),
    get isBehind() {
      return stream.isBehind ?? false;
    },
    get isClosed() {
      return stream.isClosed ?? false;
    },
    ...(drained ? { drained } : {}),
  };
}

const decoded = (data: string | Uint8Array): string =>
  typeof data === 'string' ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString();

/** NO_COLOR wins over FORCE_COLOR, which wins over what the stream is (no-color.org, force-color.org). */
function wantsColour(isTerminal: boolean, { NO_COLOR, FORCE_COLOR, TERM }: Environment): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return isOn(FORCE_COLOR) || FORCE_COLOR === '';
  return isTerminal && TERM !== 'dumb';
}

const isOn = (value: string | undefined): boolean =>
  value !== undefined && !['', '0', 'false'].includes(value.toLowerCase());
