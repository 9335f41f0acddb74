import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Beyond this depth nobody calls `main()`. */
const DEPTH = 100;

/**
 * The file that node was started with, if `callee`, a function that is being called, was called by it or by what it calls: not by a module
 * that it only loads.
 */
export function programCalling(callee: (...words: never[]) => unknown): string | undefined {
  const [, program] = process.argv;
  if (program === undefined) return undefined;
  for (const file of filesAbove(callee)) {
    // What stands further up has loaded this module and called nothing in it.
    if (file.startsWith('node:internal/modules/')) return undefined;
    const path = pathOf(file);
    if (isSameModule(path, program)) return path;
  }
  return undefined;
}

/** The files on the stack, as V8 knows them: source maps, which name others, are left out. */
function filesAbove(callee: (...words: never[]) => unknown): string[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = DEPTH;
    Error.prepareStackTrace = (_error, sites) => sites.map((site) => site.getFileName() ?? '');
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, callee);
    return holder.stack as string[];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace as typeof Error.prepareStackTrace & {};
  }
}

function pathOf(file: string): string {
  if (!file.startsWith('file:')) return file.replace(/\?.*$/, '');
  return fileURLToPath(file.replace(/[?#].*$/, ''));
}

/** The program may be given by a link, and without its extension or the `index` of a folder. */
function isSameModule(path: string, program: string): boolean {
  if (path === '') return false;
  const stem = path.replace(/\.\w+$/, '');
  const names = new Set([path, stem, stem.replace(/\/index$/, '')]);
  return names.has(program) || names.has(realOf(program));
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
