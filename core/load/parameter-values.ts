import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ParameterError, type ParameterProblem } from '../errors.ts';
import { hasOpenType, kindOf } from '../flow/parameter-kind.ts';
import { type FlowParameter, foldName, namesOf, optionName, variableName } from '../flow/parameter-names.ts';
import type { ParameterDeclaration } from '../flow/parameters.ts';
import { Secrets, SHORTEST_SECRET } from '../flow/secrets.ts';
import { NeverSettledError, settled } from '../settling.ts';
import { type Surroundings, surroundings } from '../surroundings.ts';
import { fitValue, reasonOf, schemaDefault } from './fit-value.ts';
import { decodedText, EncodingError, readText, withoutMark } from './text-file.ts';

/** Where values come from, the first that has one wins. */
export interface GivenValues {
  /** By any spelling of the name: `numComponents`, `num-components`, `num_components`. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Environment variables; `OXBOW_RUN_NUM_COMPONENTS` gives `numComponents`, or the parameter declared under that name. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder that paths of files start from. */
  readonly folder: string;
  /** Values that need not be found, by field: those a resumed run goes on with. */
  readonly kept?: ReadonlyMap<string, unknown>;
  /** Configs that have no value, which has been told: what asks for one of them is not told as well. */
  readonly unknown?: ReadonlySet<string>;
  /** Told of each value as soon as it is known: default functions after it may ask for it. */
  readonly settle?: (field: string, value: unknown) => void;
}

/**
 * Finds the value of every parameter, by field name, in the order of declaration. Throws one {@link ParameterError} with
 * every unknown name and every missing or unfit value; nothing has run then.
 */
export async function parameterValues(
  parameters: readonly FlowParameter[],
  given: GivenValues,
): Promise<Map<string, unknown>> {
  const { byField, problems } = givenByField(parameters, given.values);
  const values = new Map<string, unknown>();
  for (const parameter of parameters) {
    try {
      const value = given.kept?.has(parameter.field)
        ? given.kept.get(parameter.field)
        : await resolveValue(parameter, given, byField.get(parameter.field));
      if (parameter.declaration.options.secret) assertMaskable(parameter, value);
      values.set(parameter.field, value);
      given.settle?.(parameter.field, value);
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      const { cause } = error;
      // What follows from another problem is none of its own: a default that asks for a value there is none of.
      const isKnown =
        cause instanceof ParameterError &&
        (problems.some((one) => one.parameter === cause.parameter) || given.unknown?.has(cause.parameter));
      if (!isKnown) problems.push(...told(error, parameter, given, byField));
    }
  }
  if (problems.length > 0) throw new ParameterError(problems);
  return values;
}

/**
 * What a text of the command line or the environment stands for, where JSON is expected or a schema decides: `@file.json` is the
 * text of that file, `@@x` is `@x`. Throws {@link ParameterError} when the file cannot be read.
 */
export function textOrFile(parameter: FlowParameter, text: string, folder: string): string {
  if (!['json', 'schema'].includes(kindOf(parameter)) || !text.startsWith('@')) return text;
  if (text.startsWith('@@')) return text.slice(1);
  try {
    return readText(resolve(folder, text.slice(1)));
  } catch (cause) {
    if (cause instanceof EncodingError)
      return fail(
        parameter.field,
        (name) => `File ${text.slice(1)} for ${name} ${cause.message}. Save it as UTF-8.`,
        cause,
      );
    return fail(parameter.field, (name) => `The file of ${name} cannot be read: ${reasonOf(cause)}`, cause);
  }
}

/** The fields of the parameters that are given a value, directly or by the environment. */
export function givenFields(
  parameters: readonly FlowParameter[],
  { values, environment }: Pick<GivenValues, 'values' | 'environment'>,
): Set<string> {
  const fields = new Set(givenByField(parameters, values).byField.keys());
  for (const { field, declaration } of parameters) {
    const variables = [field, declaration.name].map(variableName);
    if (variables.some((name) => environment[name] !== undefined)) fields.add(field);
  }
  return fields;
}

type ByField = Map<string, { readonly value: unknown }>;

/** Sorts given values to fields; a name that no parameter has is a problem that lists those there are. */
function givenByField(
  parameters: readonly FlowParameter[],
  values: Readonly<Record<string, unknown>>,
): { readonly byField: ByField; readonly problems: ParameterProblem[] } {
  const fields = new Map<string, string>();
  for (const parameter of parameters)
    for (const name of namesOf(parameter)) fields.set(name, parameter.field);
  const byField: ByField = new Map();
  const problems: ParameterProblem[] = [];
  for (const [name, value] of Object.entries(values)) {
    const field = fields.get(foldName(name));
    if (field === undefined) {
      const known = parameters.map(({ field: known }) => known).join(', ') || 'none';
      const message = `The flow has no parameter "${name}". Its parameters: ${known}.`;
      problems.push({ parameter: name, message });
    } else if (byField.has(field)) {
      const message = `The parameter "${field}" was given more than once, as "${name}" too.`;
      problems.push({ parameter: field, message });
    } else if (value !== undefined) byField.set(field, { value });
  }
  return { byField, problems };
}

async function resolveValue(
  parameter: FlowParameter,
  { environment, folder }: GivenValues,
  explicit: { readonly value: unknown } | undefined,
): Promise<unknown> {
  const { field, declaration } = parameter;
  const variable = [field, declaration.name]
    .map(variableName)
    .find((name) => environment[name] !== undefined);
  const text = variable === undefined ? undefined : environment[variable];
  const source = explicit || variable === undefined ? '' : `from ${variable}`;
  const given = explicit ?? (text === undefined ? undefined : { value: text });
  if (declaration.file) {
    const path = given ? given.value : declaration.file.default;
    return path === undefined ? nothing(parameter) : readIncluded(field, declaration, { folder, path });
  }
  if (explicit) return hasOpenType(declaration) ? explicit.value : fitValue(parameter, explicit.value);
  if (text !== undefined) return fitValue(parameter, textOrFile(parameter, text, folder), source);
  const fallback = await defaultOf(parameter);
  if (fallback === undefined) return nothing(parameter);
  // Without a type nothing but the value itself says what it is.
  return hasOpenType(declaration) ? fallback : fitValue(parameter, fallback, 'its default');
}

/** The secret parameters that a run needs and the environment does not give. */
export function unsetSecrets(
  parameters: readonly FlowParameter[],
  { environment }: Pick<Surroundings, 'environment'> = surroundings(),
): FlowParameter[] {
  return parameters.filter((parameter) => {
    const { secret, required } = parameter.declaration.options;
    const variables = [parameter.field, parameter.declaration.name].map(variableName);
    return secret && required !== false && variables.every((name) => environment[name] === undefined);
  });
}

/** The value of a parameter that nothing gives. */
function nothing(parameter: FlowParameter): unknown {
  const { field, declaration } = parameter;
  const { required, help, secret } = declaration.options;
  if (secret && required !== false)
    return fail(
      field,
      (name) =>
        `${upper(name).replace('parameter', 'secret parameter')} is not set${help ? ` (${help})` : ''}. Set the environment variable ${variableName(field)}.`,
    );
  if (!required) return schemaDefault(parameter);
  const about = help ? ` (${help})` : '';
  return fail(
    field,
    (name) => `${upper(name)} is required${about}. Give it with --${optionName(field)} VALUE.`,
  );
}

async function defaultOf({ field, declaration }: FlowParameter): Promise<unknown> {
  const value = declaration.options.default;
  if (typeof value !== 'function') return value;
  try {
    return await settled(`The default of the parameter "${field}"`, value());
  } catch (cause) {
    if (cause instanceof NeverSettledError) throw cause;
    return fail(field, (name) => `The default of ${name} threw: ${reasonOf(cause)}`, cause);
  }
}

function readIncluded(
  field: string,
  { file = {} }: ParameterDeclaration,
  { folder, path }: { readonly folder: string; readonly path: unknown },
): string | Buffer {
  const { isText = true, encoding = 'utf8' } = file;
  if (typeof path !== 'string')
    return fail(field, (name) => `${upper(name)} takes the path of a file, but was given a ${typeof path}.`);
  try {
    const bytes = readFileSync(resolve(folder, path));
    if (!isText) return bytes;
    return /^utf-?8$/i.test(encoding) ? decodedText(bytes) : withoutMark(bytes.toString(encoding));
  } catch (cause) {
    if (!(cause instanceof EncodingError))
      return fail(field, (name) => `The file of ${name} cannot be read: ${reasonOf(cause)}`, cause);
    const remedy = 'Set `encoding`, or `isText: false` to read bytes';
    return fail(field, (name) => `File ${path} for ${name} ${cause.message}. ${remedy}.`, cause);
  }
}

/** What is wrong with a parameter, without its value when that is secret. */
function told(
  { problems }: ParameterError,
  { field, declaration }: FlowParameter,
  { environment }: GivenValues,
  byField: ByField,
): readonly ParameterProblem[] {
  if (!declaration.options.secret) return problems;
  const given = [field, declaration.name].map((name) => environment[variableName(name)]);
  const secrets = new Secrets([byField.get(field)?.value, ...given]);
  return problems.map((problem) => ({ ...problem, message: secrets.masked(problem.message) }));
}

/** Refuses a secret that could not be masked, without showing it. */
function assertMaskable({ field }: FlowParameter, value: unknown): void {
  if (value === undefined || value === null) return;
  if (typeof value === 'object' || String(value).length >= SHORTEST_SECRET) return;
  fail(
    field,
    (name) =>
      `${upper(name)} is a secret of fewer than ${SHORTEST_SECRET} characters, too few to be masked where text is shown.`,
  );
}

/** Throws the error of one parameter; `sentence` is given its name as it stands within a sentence. */
function fail(field: string, sentence: (name: string) => string, cause?: unknown): never {
  const problem = { parameter: field, message: sentence(`the parameter "${field}"`) };
  throw new ParameterError([problem], { cause });
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
