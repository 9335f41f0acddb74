import type { Output } from '../output.ts';
import { escapeLines } from './escape.ts';
import { excerpt, type SourceReader } from './excerpt.ts';
import { type Frame, framesOf, isLibrary, shortPath } from './frames.ts';

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

/**
 * The lines that say where an error came from: the user's own frames, the first of them with its source, then its causes.
 * Frames of this package and of Node are left out.
 */
export function traceOf(exception: Exception, sources: SourceReader, output: Output): string[] {
  return linesOf(exception, [], { sources, output });
}

interface Context {
  readonly sources: SourceReader;
  readonly output: Output;
}

/** `outer` are the frames of the error that this one caused: those they share are told once. */
function linesOf(exception: Exception, outer: readonly Frame[], context: Context): string[] {
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
  if (more > 0) lines.push(paint.faint(`  ${glyphs.ellipsis} ${more} more`));
  const { cause } = exception;
  if (!cause) return lines;
  return [...lines, `Caused by ${shown(titleOf(cause), context.output)}`, ...linesOf(cause, all, context)];
}

/** How many of the outermost frames two traces have in common. */
function sharedEnd(a: readonly Frame[], b: readonly Frame[]): number {
  let shared = 0;
  while (shared < Math.min(a.length, b.length) && isSame(a.at(-1 - shared), b.at(-1 - shared))) shared += 1;
  return shared;
}

const isSame = (a: Frame | undefined, b: Frame | undefined): boolean =>
  a?.file === b?.file && a?.line === b?.line && a?.column === b?.column;

/** A text as it may be written to an output: to a terminal without control bytes. */
export const shown = (text: string, output: Output): string => (output.isTerminal ? escapeLines(text) : text);

function placeLine(frame: Frame, output: Output): string {
  const { file, line, column } = frame;
  const place = `${shortPath(file)}:${line}:${column}`;
  const text = shown(frame.in === undefined ? `  at ${place}` : `  at ${frame.in} (${place})`, output);
  return isLibrary(frame) ? output.paint.faint(text) : text;
}

function sourceLines(frame: Frame, { sources, output }: Context): string[] {
  const source = sources(frame.file);
  return source === undefined ? [] : excerpt(source, frame, output);
}
