import { fileURLToPath } from 'node:url';
import { type StepMethod, stepMethods } from './steps.ts';

/** Frames between a decorator and the class it stands in: the decorator's own and a compiler's helpers. */
const DEPTH = 16;

/** What `captureStackTrace` leaves; nothing is formatted before it is looked at. */
interface Trace {
  stack?: unknown;
}

const traces = new WeakMap<StepMethod, Trace>();

/** Notes where a method is made a step. Called by the decorator: that is the file in which the method's class is defined. */
export function noteFile(method: StepMethod): void {
  const { stackTraceLimit } = Error;
  const trace: Trace = {};
  try {
    Error.stackTraceLimit = DEPTH;
    Error.captureStackTrace(trace);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  traces.set(method, trace);
}

/** The file that defines a flow's class, by its own steps, else by those it inherits; undefined when the stack did not tell. */
export function fileOfClass(flow: { readonly prototype: object }): string | undefined {
  const methods = [...stepMethods(flow)].map(([name, method]) => ({
    method,
    isOwn: Object.hasOwn(flow.prototype, name),
  }));
  const own = methods.filter(({ isOwn }) => isOwn);
  for (const { method } of own.length > 0 ? own : methods) {
    const trace = traces.get(method);
    const file = trace && fileIn(trace);
    if (file !== undefined) return file;
  }
  return undefined;
}

/** Helpers of compilers that are packages. */
const HELPERS = /\/node_modules\/(?:tslib|@babel|@swc|@oxc-project)\//;

function fileIn(trace: Trace): string | undefined {
  const files = filesOf(trace);
  // It begins in this package, in the file of noteFile and in that of the decorator.
  const own = new Set(files.slice(0, 3));
  const file = files.find(
    (one) => !own.has(one) && one !== '' && !one.startsWith('node:') && !HELPERS.test(one),
  );
  if (file === undefined) return undefined;
  return file.startsWith('file:') ? fileURLToPath(file.replace(/[?#].*$/, '')) : file.replace(/\?.*$/, '');
}

/** The files of the frames, as V8 knows them. */
function filesOf(trace: Trace): string[] {
  const { prepareStackTrace } = Error;
  try {
    Error.prepareStackTrace = (_error, sites) => sites.map((site) => site.getFileName() ?? '');
    const files = trace.stack;
    return Array.isArray(files) ? files : [];
  } finally {
    Error.prepareStackTrace = prepareStackTrace as typeof Error.prepareStackTrace & {};
  }
}
