import { type Part, Text, text, textOf } from './text.ts';

/** Code points a terminal shows in two columns: East Asian Wide and Fullwidth, and pictures (Unicode 15, coarsely). */
const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

const ASCII = /^[\x20-\x7e]*$/;
const PICTURE = /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Regional_Indicator}{2})/u;
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]*$/u;
const SGR = /\x1b\[[\d;:]*m/g;
const SGR_AT_START = /^\x1b\[[\d;:]*m/;

/** A character takes at most so many UTF-16 units of those looked at; accents without end are cut. */
const UNITS = 32;

let segmenter: Intl.Segmenter | undefined;

/** The text as the characters a reader sees, one at a time: letters with their accents, joined pictures. */
export function* characters(text: string): Generator<string> {
  if (ASCII.test(text)) {
    yield* text;
    return;
  }
  segmenter ??= new Intl.Segmenter();
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** How many columns a harmless string without colour codes takes. */
export function columnsOf(bare: string, most = Number.POSITIVE_INFINITY): number {
  if (ASCII.test(bare)) return bare.length;
  let columns = 0;
  for (const character of characters(bare)) {
    columns += characterWidth(character);
    if (columns > most) break;
  }
  return columns;
}

/** How many columns a part takes on a terminal, colour codes none. No more than a little above `most` is measured. */
export function widthOf(part: Part, most = Number.POSITIVE_INFINITY): number {
  const shown = String(textOf(startOf(part, most)));
  return columnsOf(shown.includes('\x1b') ? shown.replace(SGR, '') : shown, most);
}

/** The widest of some parts; 0 without any. However many they are: a call takes no more than some 100,000 arguments. */
export const widestOf = (parts: readonly Part[]): number =>
  parts.reduce<number>((widest, part) => Math.max(widest, widthOf(part)), 0);

/** Cuts to at most `width` columns, colour codes kept; what was cut off is told by `mark`. */
export function cutEnd(part: Part, width: number, mark: string): Text {
  const start = startOf(part, width);
  if (start === part && widthOf(part, width) <= width) return textOf(part);
  const shown = String(textOf(start));
  const room = width - widthOf(mark);
  return Text.trusted(room < 0 ? takeStart(shown, width) : takeStart(shown, room) + mark);
}

/** Cuts a string in its middle: of ids and paths both ends matter. */
export function cutMiddle(part: Part, width: number, mark: string): Text {
  if (startOf(part, width) === part && widthOf(part, width) <= width) return textOf(part);
  const room = width - widthOf(mark);
  if (room < 2) return cutEnd(part, width, mark);
  const end = takeEnd(String(textOf(endOf(part, width))), Math.floor(room / 2));
  const start = takeStart(String(textOf(startOf(part, width))), room - columnsOf(end));
  return Text.trusted(start + mark + end);
}

/** Fills up with spaces to `width` columns. */
export function pad(part: Part, width: number, side: 'left' | 'right' = 'right'): Text {
  const space = ' '.repeat(Math.max(0, width - widthOf(part, width)));
  return side === 'right' ? text`${part}${space}` : text`${space}${part}`;
}

/** As much of a long string as so many columns can need: it is cut before it is escaped and measured. */
function startOf(part: Part, columns: number): Part {
  const most = (columns + 2) * UNITS;
  return typeof part === 'string' && part.length > most
    ? part.slice(0, most).replace(/[\ud800-\udbff]$/, '')
    : part;
}

function endOf(part: Part, columns: number): Part {
  const most = (columns + 2) * UNITS;
  return typeof part === 'string' && part.length > most
    ? part.slice(-most).replace(/^[\udc00-\udfff]/, '')
    : part;
}

/** How many columns one character takes, as {@link characters} gives it. */
export function characterWidth(character: string): number {
  if (ASCII.test(character)) return character.length;
  if (PICTURE.test(character)) return 2;
  if (NOTHING.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

function takeStart(text: string, width: number): string {
  let taken = '';
  let room = width;
  let rest = text;
  while (rest !== '') {
    const code = SGR_AT_START.exec(rest)?.[0];
    const next = rest.indexOf('\x1b', 1);
    const piece = code ?? (next < 0 ? rest : rest.slice(0, next));
    rest = rest.slice(piece.length);
    // Colour codes behind the cut are kept: they end what an earlier one began.
    if (code !== undefined) taken += code;
    else if (room > 0) {
      const [kept, left] = takePlain(piece, room);
      taken += kept;
      room = left;
    }
  }
  return taken;
}

/** The first characters of a text that fit, and the room they leave; none when something was cut. */
function takePlain(text: string, room: number): [string, number] {
  let taken = '';
  let left = room;
  for (const character of characters(text)) {
    const width = characterWidth(character);
    if (width > left) return [taken, 0];
    taken += character;
    left -= width;
  }
  return [taken, left];
}

function takeEnd(text: string, width: number): string {
  let taken = '';
  let room = width;
  for (const character of [...characters(text)].reverse()) {
    room -= characterWidth(character);
    if (room < 0) break;
    taken = character + taken;
  }
  return taken;
}
