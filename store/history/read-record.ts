import { OxbowError } from '../errors.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { checkRecordText } from '../limits.ts';
import { SCHEMA_VERSION } from './schema.ts';

/** A run or task record is missing, is not JSON, or was written by a later version. */
export class RecordError extends OxbowError {
  override readonly code = 'RecordError';
  /** The record, as `Flow/run/…/name.json`. */
  readonly record: string;

  constructor(record: string, problem: string, options?: ErrorOptions) {
    super(`The record ${record} ${problem}`, options);
    this.record = record;
  }
}

/** A record within a tree. */
export interface RecordPlace {
  readonly of: string;
  readonly file: string;
  readonly entry: TreeEntry | undefined;
  readonly problemOf: (record: unknown) => string | undefined;
}

/** A record, of the shape its type says: a store may come from elsewhere. Throws {@link RecordError}, or a TooLargeError. */
export function readRecord<T>(repository: Repository, { of, file, entry, problemOf }: RecordPlace): T {
  const fail = (problem: string, options?: ErrorOptions): never => {
    throw new RecordError(`${of}/${file}`, problem, options);
  };
  if (!entry) return fail('is missing: the store is damaged. Run `flow fsck`.');
  const bytes = repository.blob(entry.id);
  checkRecordText(bytes, () => `The record ${of}/${file}`);
  const record = parsed(bytes, fail);
  const { schema } = Object(record) as { readonly schema?: unknown };
  if (typeof schema === 'number' && schema > SCHEMA_VERSION)
    return fail(`has schema ${schema}, but this version reads up to ${SCHEMA_VERSION}. Update oxbow.`);
  const problem = problemOf(record);
  return problem === undefined ? (record as T) : fail(`is damaged: ${problem}. Run \`flow fsck\`.`);
}

function parsed(bytes: Buffer, fail: (problem: string, options?: ErrorOptions) => never): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return fail('is not JSON: the store is damaged. Run `flow fsck`.', { cause });
  }
}
