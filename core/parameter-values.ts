import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { ParameterError } from './errors.ts';
import { JSONType, type ParameterDeclaration, type ParameterOptions } from './parameters.ts';

/** One parameter of a flow: the field that holds it and its declaration. */
export interface FlowParameter {
  /** Name of the field, and of the artifact. */
  readonly field: string;
  readonly declaration: ParameterDeclaration;
}

/** Where values come from, the first that has one wins. */
export interface GivenValues {
  /** By any spelling of the name: `numComponents`, `num-components`, `num_components`. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Environment variables; `OXBOW_RUN_NUM_COMPONENTS` gives `numComponents`, or the parameter declared under that name. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder that paths of IncludeFile start from. */
  readonly folder: string;
}

/** All spellings of a parameter's name, folded into one. */
export const foldName = (name: string): string => name.replace(/[-_]/g, '').toLowerCase();

/** `numComponents` as it is written on the command line: `num-components`. */
export const optionName = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();

/** The environment variable that gives a parameter. */
export const variableName = (name: string): string =>
  `OXBOW_RUN_${optionName(name).replaceAll('-', '_').toUpperCase()}`;

/**
 * Finds the value of every parameter, by field name, in the order of declaration. Throws {@link ParameterError} on the
 * first unknown name, missing or unfit value; nothing has run then.
 */
export async function parameterValues(
  parameters: readonly FlowParameter[],
  given: GivenValues,
): Promise<Map<string, unknown>> {
  const byName = givenByField(parameters, given.values);
  const values = new Map<string, unknown>();
  for (const parameter of parameters) {
    values.set(
      parameter.field,
      await resolveValue(parameter, { given, explicit: byName.get(parameter.field) }),
    );
  }
  return values;
}

/** Sorts given values to fields; a name that no parameter has is an error that lists those there are. */
function givenByField(
  parameters: readonly FlowParameter[],
  values: Readonly<Record<string, unknown>>,
): Map<string, { readonly value: unknown }> {
  const fields = new Map<string, string>();
  for (const { field, declaration } of parameters) {
    fields.set(foldName(declaration.name), field);
    fields.set(foldName(field), field);
  }
  const byField = new Map<string, { readonly value: unknown }>();
  for (const [name, value] of Object.entries(values)) {
    const field = fields.get(foldName(name));
    if (field === undefined) {
      const known = parameters.map(({ field: known }) => known).join(', ') || 'none';
      throw new ParameterError(name, `The flow has no parameter "${name}". Its parameters: ${known}.`);
    }
    byField.set(field, { value });
  }
  return byField;
}

async function resolveValue(
  { field, declaration }: FlowParameter,
  {
    given,
    explicit,
  }: { readonly given: GivenValues; readonly explicit: { readonly value: unknown } | undefined },
): Promise<unknown> {
  const { options } = declaration;
  const variable =
    given.environment[variableName(field)] ?? given.environment[variableName(declaration.name)];
  const isGiven = explicit !== undefined && explicit.value !== undefined;
  const found = isGiven ? explicit : { value: variable };
  if (declaration.file) {
    return readIncluded(field, declaration, {
      folder: given.folder,
      path: found.value ?? declaration.file.default,
    });
  }
  if (found.value !== undefined) return convert(field, declaration, found.value);
  if (options.default === undefined) {
    if (options.required) throw missing(field, declaration);
    return undefined;
  }
  return convert(field, declaration, await defaultOf(field, declaration));
}

async function defaultOf(field: string, declaration: ParameterDeclaration): Promise<unknown> {
  const value = declaration.options.default;
  if (typeof value !== 'function') return value;
  try {
    return await value();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ParameterError(field, `The default of the parameter "${field}" threw: ${reason}`, { cause });
  }
}

function readIncluded(
  field: string,
  declaration: ParameterDeclaration,
  { folder, path }: { readonly folder: string; readonly path: unknown },
): string | Buffer | undefined {
  if (path === undefined) {
    if (declaration.options.required) throw missing(field, declaration);
    return undefined;
  }
  const { isText = true, encoding = 'utf8' } = declaration.file ?? {};
  try {
    const bytes = readFileSync(resolve(folder, String(path)));
    return isText ? bytes.toString(encoding) : bytes;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ParameterError(field, `The file of the parameter "${field}" cannot be read: ${reason}`, {
      cause,
    });
  }
}

/** Makes a given value fit the declared type. Texts come from the command line and the environment. */
async function convert(field: string, declaration: ParameterDeclaration, value: unknown): Promise<unknown> {
  const { type, separator, default: fallback } = declaration.options;
  if (separator !== undefined) return typeof value === 'string' ? splitText(value, separator) : value;
  if (type === JSONType) return typeof value === 'string' ? parseJson(field, value) : value;
  if (isSchema(type)) return validate(field, type, value);
  const expected = type ?? typeOfDefault(fallback);
  if (expected === Number) return toNumber(field, value);
  if (expected === Boolean) return toBoolean(field, value);
  if (expected === String) return toText(field, value);
  // The default is a list or an object: a text is its JSON.
  const parsed = typeof value === 'string' ? parseJson(field, value) : value;
  if (Array.isArray(fallback) && !Array.isArray(parsed))
    throw unfit(field, value, 'a list, as its default is');
  return parsed;
}

/** A schema may be an object or, with some libraries, a function. */
const isSchema = (type: ParameterOptions['type']): type is StandardSchemaV1 =>
  (typeof type === 'object' || typeof type === 'function') && '~standard' in type;

const splitText = (text: string, separator: string): string[] => (text === '' ? [] : text.split(separator));

/** Without `type`, the default's own type counts, as in Metaflow; without either, a parameter is a text. */
function typeOfDefault(fallback: unknown): unknown {
  if (typeof fallback === 'number') return Number;
  if (typeof fallback === 'boolean') return Boolean;
  if (typeof fallback === 'string' || typeof fallback === 'function' || fallback === undefined) return String;
  return undefined;
}

function toNumber(field: string, value: unknown): number {
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (!Number.isNaN(number)) return number;
  throw unfit(field, value, 'a number');
}

function toBoolean(field: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const text = String(value).toLowerCase();
  if (['true', '1', 'yes', 'on'].includes(text)) return true;
  if (['false', '0', 'no', 'off'].includes(text)) return false;
  throw unfit(field, value, 'true or false');
}

function toText(field: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw unfit(field, value, 'a text');
}

function parseJson(field: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ParameterError(field, `The parameter "${field}" is not JSON: ${reason}. Got: ${text}`, {
      cause,
    });
  }
}

/** A schema may want the text as it is, or what the text says as JSON. */
async function validate(field: string, schema: StandardSchemaV1, value: unknown): Promise<unknown> {
  const first = await schema['~standard'].validate(value);
  if (!first.issues) return first.value;
  let { issues } = first;
  if (typeof value === 'string') {
    const second = await schema['~standard'].validate(jsonOr(value));
    if (!second.issues) return second.value;
    issues = second.issues;
  }
  const reasons = issues.map(({ message, path }) =>
    [path?.map(pathKey).join('.'), message].filter(Boolean).join(': '),
  );
  throw new ParameterError(field, `The parameter "${field}" does not fit its schema: ${reasons.join('; ')}.`);
}

const pathKey = (segment: PropertyKey | { readonly key: PropertyKey }): string =>
  String(typeof segment === 'object' ? segment.key : segment);

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const missing = (field: string, { options }: ParameterDeclaration): ParameterError =>
  new ParameterError(
    field,
    `The parameter "${field}" is required${options.help ? ` (${options.help})` : ''}. Give it with --${optionName(field)} VALUE.`,
  );

const unfit = (field: string, value: unknown, expected: string): ParameterError =>
  new ParameterError(
    field,
    `The parameter "${field}" must be ${expected}, but is ${JSON.stringify(value) ?? String(value)}.`,
  );
