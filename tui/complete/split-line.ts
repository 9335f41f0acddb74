/**
 * The words of a command line up to the cursor, as a shell splits them; the last is the one being typed, perhaps empty. Quotes are taken off, an open
 * one too.
 */
export function splitLine(line: string): string[] {
  const words = [''];
  let quote: string | undefined;
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at] ?? '';
    const last = words.length - 1;
    if (quote !== undefined) {
      if (letter === quote) quote = undefined;
      else words[last] += letter;
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '\\') {
      at += 1;
      words[last] += line[at] ?? '';
    } else if (/\s/.test(letter)) {
      if (words[last] !== '' || /["']/.test(line[at - 1] ?? '')) words.push('');
    } else words[last] += letter;
  }
  return words;
}
