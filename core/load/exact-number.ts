/** Sign, significant digits and power of ten of a decimal number: `-0.0120e5` is `-`, `12`, 2 (0.12 × 10^4, that is 12 × 10^2). */
const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;

/** Digits that every double can carry whatever its size. */
const SAFE_DIGITS = 15;

/**
 * The number a string stands for, and whether it is that number: a double has about 16 digits and ends at 1.8e308, and `Number` goes to the
 * nearest one without a word. Undefined when the string is not a number. A fraction of many digits may be rounded, as everywhere; an
 * integer, what is out of range and what becomes zero may not.
 */
export function exactNumber(text: string): { readonly value: number; readonly isExact: boolean } | undefined {
  const trimmed = text.trim();
  const value = trimmed === '' ? Number.NaN : Number(trimmed);
  if (Number.isNaN(value)) return undefined;
  return { value, isExact: isExact(trimmed, value) };
}

function isExact(text: string, value: number): boolean {
  const given = partsOf(text);
  // `Infinity` is what it says; `0x…`, `0o…` and `0b…` are integers.
  if (!given) return !Number.isFinite(value) || BigInt(text) === BigInt(value);
  if (!Number.isFinite(value)) return false;
  const kept = partsOf(String(value));
  if (kept?.digits === given.digits && (given.digits === '' || kept.power === given.power)) return true;
  return value !== 0 && Math.abs(value) < 2 ** 53 && given.power < 0 && given.digits.length > SAFE_DIGITS;
}

function partsOf(text: string): { readonly digits: string; readonly power: number } | undefined {
  const [, , whole = '', rest = '', alone = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  const fraction = rest || alone;
  if (whole === '' && fraction === '') return undefined;
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  return { digits, power: Number(exponent) - fraction.length + (all.length - digits.length) };
}

/** The first number in a JSON text that JSON.parse would change, and what it would become; undefined when there is none. */
export function inexactIn(json: string): { readonly text: string; readonly value: number } | undefined {
  for (let at = 0; at < json.length; ) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfString(json, at);
    else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      NUMBER.lastIndex = at;
      const [text = ''] = NUMBER.exec(json) ?? [];
      const found = exactNumber(text);
      if (found && !found.isExact) return { text, value: found.value };
      at += Math.max(1, text.length);
    } else at += 1;
  }
  return undefined;
}

const [QUOTE, MINUS, ZERO, NINE, BACKSLASH] = [34, 45, 48, 57, 92];
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Where a string ends that begins at a quote. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at + 1;
  }
  return json.length;
}
