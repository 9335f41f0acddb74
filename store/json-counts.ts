const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, OPEN_OBJECT] = Buffer.from('"\\,[{');

/** What a JSON text is made of. */
interface JsonCounts {
  /** Lists and objects. */
  readonly containers: number;
  /** Commas between members. */
  readonly commas: number;
}

/** Counts what of a JSON text takes memory once it is parsed. Texts in it count for nothing. */
export function countJson(text: Uint8Array): JsonCounts {
  let containers = 0;
  let commas = 0;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at];
    if (byte === QUOTE) {
      for (at += 1; at < text.length && text[at] !== QUOTE; at += 1) if (text[at] === BACKSLASH) at += 1;
    } else if (byte === COMMA) commas += 1;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) containers += 1;
  }
  return { containers, commas };
}
