/** Characters that move the cursor, hide, reorder or break what stands beside them. A tab is left to whoever lays out. */
const HARMFUL =
  /(?!\t|(?![\u{e0100}-\u{e01ef}])\p{Variation_Selector})[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;

/** Most texts are this, and it is found out sooner. */
const ASCII = /^[\t\x20-\x7e]*$/;

/**
 * Makes a string from elsewhere harmless: control characters, line breaks, directional overrides, invisible characters and lone
 * surrogates are shown as `\x1b`, `\n`, `\u202e`. What joins emoji or the letters of some scripts passes there. Escaping twice is escaping once.
 */
export const escaped = (text: string): string =>
  ASCII.test(text)
    ? text
    : text.replace(HARMFUL, (character: string, at: number) =>
        isAtHome(character, text, at) ? character : escapeOf(character),
      );

/** The same for a string of several lines: line breaks stay. */
export const escapedLines = (text: string): string =>
  ASCII.test(text) ? text : text.split(/\r?\n/).map(escaped).join('\n');

/** The same within JSON, whose own escapes these are: what reads it gets what was there. */
export const escapedJson = (json: string): string =>
  ASCII_LINES.test(json)
    ? json
    : json.replace(HARMFUL, (character: string, at: number) =>
        // Within strings JSON has escaped it: this one stands between fields.
        character === '\n' || isAtHome(character, json, at) ? character : unitsOf(character),
      );

const ASCII_LINES = /^[\n\x20-\x7e]*$/;

const unitsOf = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r' };

function escapeOf(character: string): string {
  const named = NAMED[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}

const EMOJI_BEFORE = /\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?$/u;
const EMOJI_AFTER = /^\p{Extended_Pictographic}/u;
/** Scripts that write words with joiners and non-joiners. */
const JOINING = [
  ...['Arabic', 'Syriac', 'Mongolian', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil'],
  ...['Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Khmer', 'Myanmar'],
]
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const LETTER_BEFORE = new RegExp(`[${JOINING}]$`, 'u');
const LETTER_AFTER = new RegExp(`^[${JOINING}]`, 'u');
const IDEOGRAPH_BEFORE = /\p{Ideographic}$/u;

/** Whether an invisible character does its duty where it stands: between emoji or letters, or choosing the form of an ideograph. */
function isAtHome(character: string, text: string, at: number): boolean {
  // A pair of surrogates and what modifies it.
  const before = text.slice(Math.max(0, at - 4), at);
  const after = text.slice(at + character.length, at + character.length + 2);
  if (character === '\u200d' && EMOJI_BEFORE.test(before) && EMOJI_AFTER.test(after)) return true;
  if (character === '\u200c' || character === '\u200d')
    return LETTER_BEFORE.test(before) && LETTER_AFTER.test(after);
  return /[\u{e0100}-\u{e01ef}]/u.test(character) && IDEOGRAPH_BEFORE.test(before);
}
