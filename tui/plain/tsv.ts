const BREAKS: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** One line of tab-separated values, to be sent. A tab or line break within a value is written as `\t`, `\n` or `\r`. */
export function tsvLine(values: readonly string[]): string {
  // Looked for in all values at once: there may be very many lines.
  if (!/[\t\n\r]/.test(values.join(''))) return `${values.join('\t')}\n`;
  return `${values.map((value) => value.replace(/[\t\n\r]/g, (byte) => BREAKS[byte] ?? '')).join('\t')}\n`;
}
