import type { Output } from '../output.ts';
import { glyphsFor } from '../plain/glyphs.ts';
import { paintFor } from '../plain/paint.ts';
import { multiline } from '../plain/text.ts';

/** What a sheet of paper is like; a terminal of 80 columns without colours when nothing is said. */
export interface PaperOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly isTerminal?: boolean;
  readonly isColoured?: boolean;
  readonly locale?: string;
}

/** An output that keeps what is written to it, for tests. */
export interface Paper extends Output {
  readonly text: string;
}

/** A new sheet. */
export function paper({
  columns = 80,
  rows = 24,
  isTerminal = true,
  isColoured = false,
  locale = 'C.UTF-8',
}: PaperOptions = {}): Paper {
  let text = '';
  return {
    get text() {
      return text;
    },
    columns,
    rows,
    isTerminal,
    isLive: isTerminal,
    isColoured,
    isBehind: false,
    isClosed: false,
    paint: paintFor(isColoured),
    glyphs: glyphsFor({ LANG: locale }),
    write(words) {
      text += String(words);
    },
    send(data) {
      const sent = typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
      text += isTerminal ? String(multiline(sent)) : sent;
    },
  };
}
