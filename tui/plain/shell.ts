import { escaped } from './escape.ts';

/** A word as a shell takes it; `$'…'` where it has characters that no terminal is to be sent. */
export function quoted(word: string): string {
  if (/^[\w@%+:,./-][\w@%+=:,./~-]*$/.test(word)) return word;
  if (escaped(word) === word && !word.includes('\t')) return `'${word.replaceAll("'", "'\\''")}'`;
  const shown = Array.from(word, (character) =>
    /['\\]/.test(character)
      ? `\\${character}`
      : /[\t]/.test(character) || escaped(character) !== character
        ? bytesOf(character)
        : character,
  );
  return `$'${shown.join('')}'`;
}

/** Octal has three digits at most in every shell, and bytes mean the same in those that know no `\u`. */
const bytesOf = (character: string): string =>
  Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

/** The path of a file as a word that no command takes for an option. */
export const pathWord = (path: string): string => quoted(path.startsWith('-') ? `./${path}` : path);

/** A command to copy: our own words, and between them others as the shell takes them; a list gives several. */
export function command(
  words: TemplateStringsArray,
  ...parts: readonly (string | readonly string[])[]
): string {
  return words.reduce(
    (line, word, index) => line + [parts[index - 1] ?? []].flat().map(quoted).join(' ') + word,
  );
}
