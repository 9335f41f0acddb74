import { types } from 'node:util';
import type { ExceptionRecord } from '#store';
import { isCompiled, ownPrefix } from './load/own-module.ts';

/** Longest text of a thrown value that is no error, in characters. */
const LONGEST = 500;

/** How many causes of causes are kept. */
const DEEPEST = 8;

/** An error as plain data, for records and messages; anything may have been thrown, and whatever it is, this does not throw. */
export function exceptionOf(error: unknown): ExceptionRecord {
  if (isError(error)) return recordOf(error, DEEPEST);
  return { name: 'Error', message: `A step threw ${describe(error)}, not an Error.` };
}

/** What marks frames of this package's own code; of its source, flows of tests may be part. */
const OWN = isCompiled ? ownPrefix() : 'node:';

/** An error as its author reads it: name, message, the frames that are not the engine's, and its causes. */
export function traceText({ name, message, stack = '', cause }: ExceptionRecord): string {
  const frames = stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !line.includes(OWN) && !line.includes('node:'))
    // The compiler gives a decorated class a second name, with an underscore.
    .map((line) => line.replace(/ _(?=[A-Z]\w*\.)/, ' '));
  const title = message === '' ? name : `${name}: ${message}`;
  return [title, ...frames, ...(cause ? [`Caused by ${traceText(cause)}`] : [])].join('\n');
}

/** An Error with what a record tells of one. */
export function errorOf({ name, message, code, stack, cause }: ExceptionRecord): Error {
  const error = new Error(message, cause ? { cause: errorOf(cause) } : {});
  Object.defineProperty(error, 'name', { value: name, writable: true, configurable: true });
  Object.defineProperty(error, 'stack', {
    value: stack ?? `${name}: ${message}`,
    writable: true,
    configurable: true,
  });
  return code === undefined ? error : Object.assign(error, { code });
}

/** What was thrown, as an Error. */
export const asError = (thrown: unknown): Error =>
  isError(thrown) ? (thrown as Error) : errorOf(exceptionOf(thrown));

/** An error of another realm, such as a vm's, is no instance of this one's Error. */
const isError = (value: unknown): value is object => value instanceof Error || types.isNativeError(value);

function recordOf(error: object, depth: number): ExceptionRecord {
  const [name, message, code, stack] = ['name', 'message', 'code', 'stack'].map((field) =>
    textIn(error, field),
  );
  const cause = fieldOf(error, 'cause');
  return {
    name: name ?? 'Error',
    message: message ?? '',
    ...(code === undefined ? {} : { code }),
    ...(stack === undefined ? {} : { stack }),
    ...(cause !== undefined && depth > 0 ? { cause: causeOf(cause, depth - 1) } : {}),
  };
}

const causeOf = (cause: unknown, depth: number): ExceptionRecord =>
  isError(cause) ? recordOf(cause, depth) : { name: 'Error', message: describe(cause) };

function textIn(error: object, field: string): string | undefined {
  const value = fieldOf(error, field);
  return typeof value === 'string' ? value : undefined;
}

/** A field of an error, which may be a getter that throws. */
function fieldOf(error: object, field: string): unknown {
  try {
    return (error as Readonly<Record<string, unknown>>)[field];
  } catch {
    return undefined;
  }
}

function describe(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  } catch {
    return typeof value;
  }
}
