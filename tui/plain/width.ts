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

let segmenter: Intl.Segmenter | undefined;

/** The text as the characters a reader sees: letters with their accents, joined pictures. */
export function characters(text: string): string[] {
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** How many columns a text takes on a terminal; colour codes take none. */
export function widthOf(text: string): number {
  const bare = text.includes('\x1b') ? text.replace(SGR, '') : text;
  if (ASCII.test(bare)) return bare.length;
  return characters(bare).reduce((sum, character) => sum + characterWidth(character), 0);
}

/** Cuts a text to at most `width` columns, colour codes kept; what was cut off is told by `mark`. */
export function cutEnd(text: string, width: number, mark: string): string {
  if (widthOf(text) <= width) return text;
  const room = width - widthOf(mark);
  return room < 0 ? takeStart(text, width) : takeStart(text, room) + mark;
}

/** Cuts an uncoloured text in its middle: of ids and paths both ends matter. */
export function cutMiddle(text: string, width: number, mark: string): string {
  if (widthOf(text) <= width) return text;
  const room = width - widthOf(mark);
  if (room < 2) return cutEnd(text, width, mark);
  const end = takeEnd(text, Math.floor(room / 2));
  return takeStart(text, room - widthOf(end)) + mark + end;
}

/** Fills a text up with spaces to `width` columns. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return side === 'right' ? text + space : space + text;
}

function characterWidth(character: string): number {
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
  for (const character of characters(text).reverse()) {
    room -= characterWidth(character);
    if (room < 0) break;
    taken = character + taken;
  }
  return taken;
}
