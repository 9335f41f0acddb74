import { types } from 'node:util';
import { ArtifactFile, abandonFiles, PackSink, PendingFilesError, storeValue, UnstorableError } from '#store';
import type { Problem } from '../errors.ts';
import { stepMethods } from '../flow/steps.ts';
import { readMethod } from '../graph/method-source.ts';
import type { Described } from './describe-flow.ts';

/** Values beyond this size are not looked at before a run: they are data, and encoding them takes its time. */
const MOST_PARTS = 1000;
const MOST_BYTES = 64 * 1024;

/**
 * Fields whose values cannot be stored: they are the initial artifacts of start, which would fail when its work is done. What start assigns or deletes is
 * left to the run.
 */
export function unstorableFields(
  { values, uses }: Pick<Described, 'values' | 'uses'>,
  flow: { readonly prototype: object },
): Problem[] {
  const start = stepMethods(flow).get('start');
  const written = new Set(
    (start ? readMethod(start.toString()).uses : [])
      .filter(({ kind }) => kind === 'write')
      .map(({ name }) => name),
  );
  return [...values].flatMap(([name, value]) => {
    const isCode = typeof value === 'function';
    if (isCode || value === undefined || written.has(name) || !isSmall(value)) return [];
    const error = errorAgainst(name, value);
    // What was computed with a stand-in for a parameter's value will be another; its class will not.
    const isCertain = error?.path === name || (uses.get(name)?.size ?? 0) === 0;
    if (!error || !isCertain) return [];
    const message =
      `The field "${name}" cannot be stored: ${error.path} ${error.reason}. Fields are the initial artifacts of the step start. ` +
      `Write it as #${name}, which is not an artifact, or create it in the step that uses it.`;
    return [{ check: 'fields', message }];
  });
}

function errorAgainst(name: string, value: unknown): UnstorableError | undefined {
  try {
    storeValue(name, value, new PackSink());
  } catch (error) {
    if (error instanceof UnstorableError) return error;
    // Streams are storable, by the run that reads them.
    if (error instanceof PendingFilesError) abandonFiles(error);
  }
  return undefined;
}

/** Whether encoding a value is quick, and reads no file. */
function isSmall(value: unknown): boolean {
  const seen = new Set<unknown>();
  const parts: unknown[] = [value];
  let bytes = 0;
  while (parts.length > 0) {
    const part = parts.pop();
    if (typeof part === 'string') bytes += part.length;
    if (ArrayBuffer.isView(part) || types.isAnyArrayBuffer(part)) bytes += part.byteLength;
    else if (part instanceof ArtifactFile || part instanceof Blob) return false;
    else if (typeof part === 'object' && part !== null && !seen.has(part)) {
      seen.add(part);
      parts.push(...childrenOf(part));
    }
    if (bytes > MOST_BYTES || seen.size + parts.length > MOST_PARTS) return false;
  }
  return true;
}

/** What a container holds; other objects are judged by their class alone. */
function childrenOf(value: object): Iterable<unknown> {
  if (types.isMap(value)) return [...value].flat();
  if (types.isSet(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = Array.isArray(value) || prototype === Object.prototype || prototype === null;
  if (!isPlain || types.isProxy(value)) return [];
  const members = Object.values(Object.getOwnPropertyDescriptors(value));
  return members.flatMap((member) => ('value' in member ? [member.value] : []));
}
