/**
 * JSON.stringify of a value that was proved to be pure JSON, or of a skeleton. `indent` as in JSON.stringify. Nobody's
 * toJSON takes part: a library that adds one to a built-in prototype would otherwise change what is stored.
 */
export function jsonText(value: unknown, indent?: number): string {
  if (!isHooked()) return JSON.stringify(value, null, indent);
  const hooks = PROTOTYPES.filter((prototype) => Object.hasOwn(prototype, 'toJSON'));
  const saved = hooks.map((prototype) => Object.getOwnPropertyDescriptor(prototype, 'toJSON') ?? {});
  for (const prototype of hooks) Reflect.deleteProperty(prototype, 'toJSON');
  try {
    return JSON.stringify(value, null, indent);
  } finally {
    for (const [i, prototype] of hooks.entries()) Object.defineProperty(prototype, 'toJSON', saved[i] ?? {});
  }
}

// An object and an array see the first two; a primitive sees its own.
function isHooked(): boolean {
  return (
    'toJSON' in [] ||
    'toJSON' in String.prototype ||
    'toJSON' in Number.prototype ||
    'toJSON' in Boolean.prototype
  );
}

const PROTOTYPES: readonly object[] = [
  Object.prototype,
  Array.prototype,
  String.prototype,
  Number.prototype,
  Boolean.prototype,
];

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
