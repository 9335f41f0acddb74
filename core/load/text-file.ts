import { readFileSync } from 'node:fs';

/** A file is not text in the encoding that was expected; the message continues after the file's name. */
export class EncodingError extends Error {}

/**
 * The text of a UTF-8 file, without the byte order mark that editors put before it: it belongs to the file, not to the text. Throws what
 * reading throws, and {@link EncodingError}.
 */
export const readText = (path: string): string => decodedText(readFileSync(path));

/** The same of bytes that were read already. */
export function decodedText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new EncodingError('is UTF-16, not UTF-8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new EncodingError('is not valid UTF-8');
  }
}

/** A text without a byte order mark before it. */
export const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);
