import { isRedrawn, redrawnLine } from './redrawn-line.ts';

/** A colour code, the one control sequence that may pass from a log to a terminal. */
const SGR = /\x1b\[[\d;:]*m/g;
/** Bytes a terminal could take for a command: C0 but for tab, DEL and C1; ESC begins most of them. */
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/g;
const RESET = '\x1b[0m';

/** Makes a text from outside harmless for a terminal: control bytes are shown as `\x07`, line breaks as `\n`. */
export const escapeControls = (text: string): string =>
  text.replace(CONTROL, (byte) => NAMED[byte] ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r' };

/** The same for a text of several lines: line breaks stay. */
export const escapeLines = (text: string): string => text.split(/\r?\n/).map(escapeControls).join('\n');

/**
 * One line of a log as a terminal is to show it. Of a progress bar that redraws itself the last state counts. Colours pass when the terminal shows colours, and end with the line.
 */
export function logLine(text: string, isColoured: boolean): string {
  const last = isRedrawn(text) ? redrawnLine(text) : text;
  if (!last.includes('\x1b')) return escapeControls(last);
  if (!isColoured) return escapeControls(last.replace(SGR, ''));
  const codes = last.match(SGR) ?? [];
  const texts = last.split(SGR).map(escapeControls);
  const line = texts.map((piece, index) => piece + (codes[index] ?? '')).join('');
  return codes.length > 0 ? line + RESET : line;
}
