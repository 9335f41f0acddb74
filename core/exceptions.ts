import { types } from 'node:util';
import type { ExceptionRecord } from '#store';
import { isCompiled, ownPrefix } from './load/own-module.ts';
import { withoutSecrets } from './secrets-in-text.ts';
import { cutText } from './short-text.ts';

/** Longest texts that are kept of an error, in characters, and of a thrown value that is none. */
const LONGEST = { thrown: 500, name: 200, code: 200, message: 16_384, stack: 32_768 } as const;

/** How many causes of causes are kept. */
const DEEPEST = 8;

/** An error as plain data, for records and messages; anything may have been thrown, and whatever it is, this does not throw. */
export function exceptionOf(error: unknown): ExceptionRecord {
  if (isError(error)) return recordOf(error, DEEPEST);
  return { name: 'Error', message: `A step threw ${describeThrown(error)}, not an Error.` };
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

/** Whether a value is an error, of this realm or another such as a vm's. */
export function isError(value: unknown): value is object {
  try {
    return value instanceof Error || types.isNativeError(value);
  } catch {
    return false; // A proxy that throws.
  }
}

function recordOf(error: object, depth: number): ExceptionRecord {
  const [name, message, code, stack] = (['name', 'message', 'code', 'stack'] as const).map((field) =>
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
  isError(cause) ? recordOf(cause, depth) : { name: 'Error', message: describeThrown(cause) };

function textIn(error: object, field: 'name' | 'message' | 'code' | 'stack'): string | undefined {
  const value = fieldOf(error, field);
  return typeof value === 'string' ? withoutSecrets(cutText(value, LONGEST[field])) : undefined;
}

/** A property of an error, or undefined when reading it throws. */
export function fieldOf(error: object, field: string | number): unknown {
  try {
    return (error as Readonly<Record<string | number, unknown>>)[field];
  } catch {
    return undefined;
  }
}

/** A thrown value that is no error, as a short text. */
export function describeThrown(value: unknown): string {
  try {
    const text = jsonOf(value) ?? String(value);
    return withoutSecrets(text.length > LONGEST.thrown ? `${text.slice(0, LONGEST.thrown)}…` : text);
  } catch {
    return typeof value;
  }
}

/** The JSON of a value as far as it will be shown: whole it may be longer than memory. */
function jsonOf(value: unknown): string | undefined {
  let left: number = LONGEST.thrown;
  return JSON.stringify(value, (_key, inner: unknown) => {
    left -= 1;
    if (left < 0) return undefined;
    if (Array.isArray(inner) && inner.length > left) return inner.slice(0, left);
    return typeof inner === 'string' ? inner.slice(0, LONGEST.thrown) : inner;
  });
}
