import { inspect } from 'node:util';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { ParameterError } from '../errors.ts';
import { isSchema, kindOf } from '../flow/parameter-kind.ts';
import type { FlowParameter } from '../flow/parameter-names.ts';
import { NeverSettledError, settled } from '../settling.ts';
import { exactNumber } from './exact-number.ts';
import { inexactMessage, parseJsonText } from './json-text.ts';
import { withoutMark } from './text-file.ts';

/**
 * Makes a value fit a parameter's type. Texts come from the command line, the environment and defaults. Throws
 * {@link ParameterError}; `source` says in its message where the value came from.
 */
export async function fitValue(parameter: FlowParameter, value: unknown, source = ''): Promise<unknown> {
  const { field, declaration } = parameter;
  const { type, separator = ',', default: fallback } = declaration.options;
  if (isSchema(type)) return fitSchema(field, type, { value, source });
  const misfit = (expected: string) =>
    problem(
      field,
      `must be ${expected}, but is ${declaration.options.secret ? 'not' : shown(value)}${source && ` (${source})`}.`,
    );
  switch (kindOf(parameter)) {
    case 'number':
      return toNumber(field, value, source) ?? misfit('a number');
    case 'boolean':
      return toBoolean(value) ?? misfit('true or false');
    case 'list':
      return toList(value, separator) ?? misfit('a list of strings');
    case 'json': {
      const parsed = typeof value === 'string' ? parseJson(field, value, source) : value;
      return Array.isArray(fallback) && !Array.isArray(parsed) ? misfit('a list, as its default is') : parsed;
    }
    default:
      return typeof value === 'string' ? value : misfit('a string');
  }
}

/** Throws the error that says what is wrong with one parameter; `text` goes on from its name. */
function problem(field: string, text: string, cause?: unknown): never {
  throw new ParameterError([{ parameter: field, message: `The parameter "${field}" ${text}` }], { cause });
}

function toNumber(field: string, value: unknown, source: string): number | undefined {
  if (typeof value === 'number') return value;
  const found = typeof value === 'string' ? exactNumber(value) : undefined;
  if (!found || found.isExact) return found?.value;
  return inexact(field, inexactMessage(String(value).trim(), found.value), source);
}

/** Throws the error about a number that would be changed, with the ways to keep it. */
const inexact = (field: string, what: string, source: string): never =>
  problem(
    field,
    `cannot keep its value: ${what}${source && ` (${source})`}. ` +
      'Declare it with type: String, or with type: z.coerce.bigint() for a big integer.',
  );

function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = String(value).toLowerCase();
  if (['true', '1', 'yes', 'on'].includes(text)) return true;
  return ['false', '0', 'no', 'off'].includes(text) ? false : undefined;
}

function toList(value: unknown, separator: string): unknown[] | undefined {
  if (typeof value === 'string') return value === '' ? [] : value.split(separator);
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;
}

function parseJson(field: string, text: string, source: string): unknown {
  const where = source && ` (${source})`;
  try {
    return parseJsonText(text);
  } catch (cause) {
    if (cause instanceof RangeError)
      return problem(
        field,
        `cannot keep its value: ${cause.message}${where}. Write the number as a string.`,
        cause,
      );
    return problem(field, `is not JSON: ${reasonOf(cause)}. Got: ${shortened(text)}${where}`, cause);
  }
}

/** What was thrown, in one line. */
export const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

interface Given {
  readonly value: unknown;
  readonly source: string;
}

/** A schema may want a text as it is, or what the text says as JSON. */
async function fitSchema(
  field: string,
  schema: StandardSchemaV1,
  { value, source }: Given,
): Promise<unknown> {
  const first = await askSchema(field, schema, value);
  if (!first.issues) return unchanged(field, first.value, { value, source });
  const parsed = typeof value === 'string' ? jsonOr(value) : value;
  const second = parsed === value ? first : await askSchema(field, schema, parsed);
  // Parsed again only to hear of numbers that parsing changes.
  if (!second.issues) {
    if (typeof value === 'string') parseJson(field, value, source);
    return second.value;
  }
  const where = source && ` (${source})`;
  return problem(field, `does not fit its schema: ${issuesText(second.issues)}${where}.`);
}

/** The value a schema gives where there is none: a default of its own. Undefined when it has no such. */
export async function schemaDefault({ field, declaration }: FlowParameter): Promise<unknown> {
  const { type } = declaration.options;
  if (!isSchema(type)) return undefined;
  const result = await askSchema(field, type, undefined);
  return result.issues ? undefined : result.value;
}

async function askSchema(
  field: string,
  schema: StandardSchemaV1,
  value: unknown,
): Promise<StandardSchemaV1.Result<unknown>> {
  try {
    return await settled(`The schema of "${field}"`, schema['~standard'].validate(value));
  } catch (cause) {
    if (cause instanceof NeverSettledError) throw cause;
    return problem(field, `could not be validated because its schema threw: ${reasonOf(cause)}`, cause);
  }
}

/** What a schema has against a value: each place in it and why. */
export const issuesText = (issues: readonly StandardSchemaV1.Issue[]): string =>
  issues
    .map(({ message, path }) => [path?.map(pathKey).join('.'), message].filter(Boolean).join(': '))
    .join('; ');

const pathKey = (segment: PropertyKey | { readonly key: PropertyKey }): string =>
  String(typeof segment === 'object' ? segment.key : segment);

/** A schema that makes a number of a string, such as `z.coerce.number()`, does so as `Number` does. */
function unchanged(field: string, result: unknown, { value, source }: Given): unknown {
  const found = typeof value === 'string' ? exactNumber(value) : undefined;
  if (found && !found.isExact && Object.is(found.value, result))
    return inexact(field, inexactMessage(String(value).trim(), found.value), source);
  return result;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(withoutMark(text));
  } catch {
    return text;
  }
}

const LONGEST = 200;
const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
const shown = (value: unknown): string =>
  shortened(
    typeof value === 'string'
      ? JSON.stringify(value)
      : inspect(value, { breakLength: Number.POSITIVE_INFINITY }),
  );
