import { Text } from './text.ts';

/** Ways in which terminals are sent pictures. */
export const PICTURES = ['kitty', 'iterm', 'sixel'] as const;

/** One of {@link PICTURES}. */
export type PictureProtocol = (typeof PICTURES)[number];

/** A picture as pixels of four bytes, and as a PNG. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly png: Uint8Array;
}

/** The way that a terminal shows pictures in, as far as its environment tells; undefined for one that does not tell. */
export function picturesOf({
  TERM = '',
  TERM_PROGRAM = '',
  KITTY_WINDOW_ID,
  KONSOLE_VERSION,
  TMUX,
}: Readonly<Record<string, string | undefined>>): PictureProtocol | undefined {
  // A multiplexer keeps the variables of the terminal around it, but not its pictures.
  if (TMUX || /^(screen|tmux)/.test(TERM)) return undefined;
  if (KITTY_WINDOW_ID || TERM === 'xterm-kitty' || /^ghostty$/i.test(TERM_PROGRAM) || KONSOLE_VERSION)
    return 'kitty';
  if (TERM_PROGRAM === 'iTerm.app' || TERM_PROGRAM === 'WezTerm') return 'iterm';
  if (/^(foot|mlterm|contour)|sixel/.test(TERM)) return 'sixel';
  return undefined;
}

/** What shows a picture on a terminal that understands the protocol. */
export function picture(pixels: Pixels, protocol: PictureProtocol): Text {
  const shown = { kitty, iterm, sixel }[protocol](pixels);
  return Text.trusted(`${shown}\n`);
}

/** Most characters of one command of the protocol of kitty. */
const CHUNK = 4096;

/** https://sw.kovidgoyal.net/kitty/graphics-protocol/: PNG (f=100), shown at once (a=T), no answer (q=2). */
function kitty({ png }: Pixels): string {
  const data = Buffer.from(png).toString('base64');
  const parts: string[] = [];
  for (let at = 0; at < data.length; at += CHUNK) {
    const head = at === 0 ? 'a=T,f=100,q=2,' : '';
    const hasMore = at + CHUNK < data.length ? 1 : 0;
    parts.push(`\x1b_G${head}m=${hasMore};${data.slice(at, at + CHUNK)}\x1b\\`);
  }
  return parts.join('');
}

/** https://iterm2.com/documentation-images.html */
const iterm = ({ png, width }: Pixels): string =>
  `\x1b]1337;File=inline=1;size=${png.length};width=${width}px:${Buffer.from(png).toString('base64')}\x07`;

/** Colours of each channel in a sixel picture: 6 × 6 × 6 fit the 256 registers that terminals have. */
const STEPS = 6;

/** VT340 Programmer Reference, chapter 14: bands of six rows, each colour in its turn, with runs of equal columns shortened. */
function sixel({ width, height, pixels }: Pixels): string {
  const registerAt = (x: number, y: number): number => {
    const at = (y * width + x) * 4;
    const level = (i: number): number => Math.round(((pixels[at + i] ?? 0) / 255) * (STEPS - 1));
    return (level(0) * STEPS + level(1)) * STEPS + level(2);
  };
  const percent = (level: number): number => Math.round((level / (STEPS - 1)) * 100);
  const used = new Set<number>();
  const bands: string[] = [];
  for (let top = 0; top < height; top += 6) {
    const masks = new Map<number, Uint8Array>();
    for (let y = top; y < Math.min(height, top + 6); y += 1)
      for (let x = 0; x < width; x += 1) {
        const register = registerAt(x, y);
        const mask = masks.get(register) ?? new Uint8Array(width);
        mask[x] = (mask[x] ?? 0) | (1 << (y - top));
        masks.set(register, mask);
        used.add(register);
      }
    bands.push([...masks].map(([register, mask]) => `#${register}${shortened(mask)}`).join('$'));
  }
  const colours = [...used].map((register) => {
    const [red, green, blue] = [
      Math.floor(register / STEPS / STEPS),
      Math.floor(register / STEPS) % STEPS,
      register % STEPS,
    ];
    return `#${register};2;${percent(red)};${percent(green)};${percent(blue)}`;
  });
  return `\x1bP0;1q"1;1;${width};${height}${colours.join('')}${bands.join('-')}\x1b\\`;
}

function shortened(mask: Uint8Array): string {
  let out = '';
  let start = 0;
  while (start < mask.length) {
    let end = start;
    while (end < mask.length && mask[end] === mask[start]) end += 1;
    const sign = String.fromCharCode(63 + (mask[start] ?? 0));
    const count = end - start;
    out += count > 3 ? `!${count}${sign}` : sign.repeat(count);
    start = end;
  }
  return out;
}
