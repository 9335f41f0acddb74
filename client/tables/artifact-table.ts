import { asTable } from '#store';
import { ArgumentError } from '../errors.ts';
import type { Artifact } from '../objects.ts';
import { type RunTable, runTableOf, writable } from './table-file.ts';

/**
 * The value of an artifact as a table: an Arrow table as it is, a list of objects with their keys as columns, a list of numbers or texts, or a typed
 * array, as the column `value`. Throws ArgumentError for anything else.
 */
export function tableOfArtifact(artifact: Artifact): RunTable {
  const { data } = artifact;
  const table = asTable(data);
  if (table) return writable(table);
  const list = listOf(data);
  if (list === undefined) {
    throw new ArgumentError({
      call: 'export',
      takes: 'a table, a list of objects or a list of numbers',
      given: `${artifact.pathspec}, which is ${artifact.type}`,
      example: `flow cat ${artifact.pathspec}`,
    });
  }
  if (list.length === 0 || !list.every(isRecord)) return runTableOf([{ name: 'value', values: list }]);
  const names = new Set(list.flatMap((row) => Object.keys(row)));
  return runTableOf(
    [...names].map((name) => ({ name, values: list.map((row) => (row as Record<string, unknown>)[name]) })),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (ArrayBuffer.isView(value) && 'length' in value && !Buffer.isBuffer(value))
    return Array.from(value as unknown as ArrayLike<unknown>);
  return undefined;
}
