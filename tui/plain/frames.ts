import { dirname, isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One line of a stack trace. */
export interface Frame {
  /** Name of the function, as the trace has it. */
  readonly in: string | undefined;
  readonly file: string;
  /** Counted from 1, as is the column. */
  readonly line: number;
  readonly column: number;
}

const FRAME =
  /^\s+at (?:(?:async )?(.+?) \()?(?:async )?((?:file:\/\/|node:|\/|[A-Za-z]:[\\/]).*?):(\d+):(\d+)\)?$/;

/** The frames of a trace that are not ours nor Node's, innermost first. */
export function framesOf(stack: string): Frame[] {
  return stack
    .split('\n')
    .map(parseFrame)
    .filter((frame): frame is Frame => frame !== undefined && !isEngine(frame.file));
}

/** A text that may hold stack traces, without the frames that are ours or Node's. */
export function withoutEngineFrames(text: string): string {
  const lines = text.split('\n').filter((line) => {
    const frame = parseFrame(line);
    return frame === undefined || !isEngine(frame.file);
  });
  return lines.join('\n');
}

/** Whether a frame lies in a library rather than in the user's own code. */
export const isLibrary = ({ file }: Frame): boolean => /[\\/]node_modules[\\/]/.test(file);

/** A path as short as it is still right from the working folder. */
export function shortPath(file: string): string {
  const short = relative('', file);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? file : short;
}

/** Longer lines are no frames, and would be searched for long. */
const LONGEST = 5000;

function parseFrame(line: string): Frame | undefined {
  if (line.length > LONGEST) return undefined;
  const [, name, where, row, column] = FRAME.exec(line) ?? [];
  if (where === undefined) return undefined;
  const file = where.startsWith('file://') ? pathOf(where) : where;
  // The compiler gives a decorated class a second name, with an underscore.
  return { in: name?.replace(/^_(?=[A-Z])/, ''), file, line: Number(row), column: Number(column) };
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}

const ENGINE = engineFolders(fileURLToPath(import.meta.url));

/** Where this package's code lies: all of dist/, or the layers' folders when it runs from source. */
function engineFolders(here: string): string[] {
  const dist = here.lastIndexOf('/dist/');
  if (dist >= 0) return [here.slice(0, dist + '/dist/'.length)];
  const root = join(dirname(here), '../..');
  return ['store', 'core', 'client', 'tui'].map((layer) => join(root, layer, '/'));
}

/** Also of a run that another copy of the package made. */
function isEngine(file: string): boolean {
  return (
    file.startsWith('node:') ||
    ENGINE.some((folder) => file.startsWith(folder)) ||
    /[\\/]node_modules[\\/]oxbow[\\/]/.test(file) ||
    /[\\/]dist[\\/](?:core[\\/]worker|chunks[\\/]chunk-[A-Z0-9]{8})\.js$/.test(file)
  );
}
