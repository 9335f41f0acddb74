import { setField } from './skeleton.ts';

/**
 * JSON.stringify of a value that was proved to be pure JSON, or of a skeleton. `indent` as in JSON.stringify. Nobody's
 * toJSON takes part: a library that adds one to a built-in prototype would otherwise change what is stored.
 */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(isHooked() ? withoutHooks(value) : value, null, indent);

/** Whether JSON.stringify would find a toJSON where every plain object or array inherits it. */
const isHooked = (): boolean => 'toJSON' in [];

/** A copy that inherits nothing that JSON.stringify asks. */
function withoutHooks(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) {
    const copy: object = Object.create(null);
    for (const [key, inner] of Object.entries(value)) setField(copy, key, withoutHooks(inner));
    return copy;
  }
  const copy = Array.from(value, withoutHooks);
  return Object.defineProperty(copy, 'toJSON', { value: undefined });
}

/** The canonical text of a small JSON value: two-space indent and a final newline, so that `git diff` reads well. */
export const canonicalText = (value: unknown): string => `${jsonText(value, 2)}\n`;

/** Whether a JSON text nests more levels than that. Looks at texts only that are long enough to. */
export function nestsDeeper(text: Uint8Array, levels: number): boolean {
  if (text.length <= 2 * levels) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at];
    if (byte === QUOTE) at = endOfString(text, at);
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > levels) return true;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\[]{}');

/** Where the string that begins at `start` ends, or the text. */
function endOfString(text: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== QUOTE) at += text[at] === BACKSLASH ? 2 : 1;
  return at;
}
