/**
 * What a worker writes on its pipes between the output of tasks: `mark`, random text that begins with a byte text hardly ever holds, then a
 * letter and the number of an order, then a semicolon.
 */
export interface OutputFrame {
  /** `end`: no more output of the order's task comes. `from`: what follows is of its task; without an order, of whichever. */
  readonly kind: 'end' | 'from';
  readonly order: number | undefined;
}

const LETTERS = { end: 'e', from: 'f' } as const;

/** A frame as it is written. */
export const frameText = (mark: string, { kind, order }: OutputFrame): string =>
  `${mark}${LETTERS[kind]}${order ?? ''};`;

/** The frame behind a mark at `start`, and where it ends; undefined when it is not whole yet. */
export function frameAt(
  bytes: Buffer,
  start: number,
): { readonly frame: OutputFrame; readonly end: number } | undefined {
  const end = bytes.indexOf(';', start);
  if (end < 0) return undefined;
  const kind = bytes[start] === LETTERS.end.charCodeAt(0) ? 'end' : 'from';
  const order = bytes.toString('latin1', start + 1, end);
  return { frame: { kind, order: order === '' ? undefined : Number(order) }, end: end + 1 };
}
