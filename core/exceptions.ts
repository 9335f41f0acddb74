import type { ExceptionRecord } from '#store';

/** An error as plain data, for records and messages; anything may have been thrown. `depth` bounds the chain of causes. */
export function exceptionOf(error: unknown, depth = 8): ExceptionRecord {
  if (!(error instanceof Error))
    return { name: 'Error', message: `A step threw ${describe(error)}, not an Error.` };
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof error.stack === 'string' ? { stack: error.stack } : {}),
    ...(cause !== undefined && depth > 0 ? { cause: exceptionOf(cause, depth - 1) } : {}),
  };
}

function describe(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return typeof value;
  }
}
