import type { Output } from '../output.ts';
import { excerpt, type SourceReader } from './excerpt.ts';
import { type Frame, framesOf, isLibrary, shortPath } from './frames.ts';
import { abridged } from './prose.ts';
import { multiline, type Text, text } from './text.ts';

/** An error as records keep it. */
export interface Exception {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: Exception;
}

/** Traces of recursive code are long and say little. */
const MOST_FRAMES = 8;

/** `TypeError: x.norm is not a function`; the message may have several lines. */
export const titleOf = ({ name, message }: Exception): string =>
  message === '' ? name : `${name}: ${message}`;

/** The first line of {@link titleOf}. */
export const shortTitleOf = (exception: Exception): string => titleOf(exception).split('\n', 1)[0] ?? '';

/** {@link titleOf} to be written; a terminal gets the beginning of a long one. */
export const titleText = (exception: Exception, output: Output): Text =>
  multiline(abridged(titleOf(exception), output));

/**
 * The lines that say where an error came from: the user's own frames, the first of them with its source, then its causes.
 * Frames of this package and of Node are left out.
 */
export function traceOf(exception: Exception, sources: SourceReader, output: Output): Text[] {
  return linesOf(exception, [], { sources, output });
}

interface Context {
  readonly sources: SourceReader;
  readonly output: Output;
}

/** `outer` are the frames of the error that this one caused: those they share are told once. */
function linesOf(exception: Exception, outer: readonly Frame[], context: Context): Text[] {
  const { paint, glyphs } = context.output;
  const all = framesOf(exception.stack ?? '');
  const frames = all.slice(0, Math.max(1, all.length - sharedEnd(all, outer)));
  const first = frames.find((frame) => !isLibrary(frame)) ?? frames[0];
  const lines = frames
    .slice(0, MOST_FRAMES)
    .flatMap((frame) => [
      placeLine(frame, context.output),
      ...(frame === first ? sourceLines(frame, context) : []),
    ]);
  const more = frames.length - MOST_FRAMES;
  if (more > 0) lines.push(paint.faint(text`  ${glyphs.ellipsis} ${more} more`));
  const { cause } = exception;
  if (!cause) return lines;
  return [...lines, text`Caused by ${titleText(cause, context.output)}`, ...linesOf(cause, all, context)];
}

/** How many of the outermost frames two traces have in common. */
function sharedEnd(a: readonly Frame[], b: readonly Frame[]): number {
  let shared = 0;
  while (shared < Math.min(a.length, b.length) && isSame(a.at(-1 - shared), b.at(-1 - shared))) shared += 1;
  return shared;
}

const isSame = (a: Frame | undefined, b: Frame | undefined): boolean =>
  a?.file === b?.file && a?.line === b?.line && a?.column === b?.column;

function placeLine(frame: Frame, { paint }: Output): Text {
  const { file, line, column } = frame;
  const place = `${shortPath(file)}:${line}:${column}`;
  const shown = frame.in === undefined ? text`  at ${place}` : text`  at ${frame.in} (${place})`;
  return isLibrary(frame) ? paint.faint(shown) : shown;
}

function sourceLines(frame: Frame, { sources, output }: Context): Text[] {
  const source = sources(frame.file);
  return source === undefined ? [] : excerpt(source, frame, output);
}
