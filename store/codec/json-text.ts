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
