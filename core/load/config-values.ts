import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ParameterError, type ParameterProblem, type Problem } from '../errors.ts';
import type { FlowConfig } from '../flow/configs.ts';
import { isSchema } from '../flow/parameter-kind.ts';
import { type FlowParameter, foldName, namesOf, optionName } from '../flow/parameter-names.ts';
import { NeverSettledError, settled } from '../settling.ts';
import { issuesText, reasonOf } from './fit-value.ts';
import { parseJsonText } from './json-text.ts';
import { EncodingError, readText, withoutMark } from './text-file.ts';

/** Where the values of configs come from, the first that has one wins. */
export interface GivenConfigs {
  /** Values by name of the config, in any spelling; a text is read as the file's would be. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Paths of files by name. */
  readonly files: Readonly<Record<string, string>>;
  /** `OXBOW_CONFIG_CFG` gives the file of `cfg`, `OXBOW_CONFIG_VALUE_CFG` its value. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Values that need not be found, by field: those a resumed run goes on with. */
  readonly kept?: ReadonlyMap<string, unknown> | undefined;
  /** Folder that paths start from. */
  readonly folder: string;
  /** Folder of the flow's file, where default files are looked for next. */
  readonly flowFolder: string;
}

/** The environment variables that give a config: its file, its value. */
export const configVariables = (name: string): { readonly file: string; readonly value: string } => {
  const constant = optionName(name).replaceAll('-', '_').toUpperCase();
  return { file: `OXBOW_CONFIG_${constant}`, value: `OXBOW_CONFIG_VALUE_${constant}` };
};

/** What is wrong with how configs are declared, whatever values they are given. */
export function configProblems(
  configs: readonly FlowConfig[],
  parameters: readonly FlowParameter[],
): Problem[] {
  const seen = new Map<string, string>();
  const messages: string[] = [];
  for (const { field, declaration } of [...parameters, ...configs] as (FlowParameter | FlowConfig)[]) {
    for (const name of namesOf({ field, declaration })) {
      const other = seen.get(name);
      const isConfig = configs.some((one) => one.declaration === declaration);
      if (other !== undefined && isConfig)
        messages.push(`The config "${field}" has the name of "${other}". Rename one.`);
      seen.set(name, field);
    }
  }
  for (const { field, declaration } of configs) {
    const { default: file, defaultValue, required, schema } = declaration.options;
    if (file !== undefined && defaultValue !== undefined)
      messages.push(`The config "${field}" has both default and defaultValue. Drop one of the two.`);
    else if (required && (file !== undefined || defaultValue !== undefined))
      messages.push(`The config "${field}" is required and has a default. Drop one of the two.`);
    if (schema !== undefined && !isSchema(schema))
      messages.push(
        `The config "${field}" has an invalid schema. Use a Standard Schema, for example from zod.`,
      );
  }
  return messages.map((message) => ({ check: 'configs', message }));
}

/** Finds the value of every config, by field name; and every problem there is with them. */
export async function configValues(
  configs: readonly FlowConfig[],
  given: GivenConfigs,
): Promise<{ readonly values: Map<string, unknown>; readonly problems: readonly ParameterProblem[] }> {
  const problems = [
    ...unknownNames(configs, Object.keys(given.values)),
    ...unknownNames(configs, Object.keys(given.files)),
  ];
  const values = new Map<string, unknown>();
  for (const config of configs) {
    try {
      const { field } = config;
      const found = given.kept?.has(field) ? undefined : sourceOf(config, given);
      values.set(field, found ? await parsedValue(config, found) : given.kept?.get(field));
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      problems.push(...error.problems);
    }
  }
  return { values, problems };
}

function unknownNames(configs: readonly FlowConfig[], names: readonly string[]): ParameterProblem[] {
  const known = configs.map(({ field }) => field).join(', ') || 'none';
  return names
    .filter((name) => !configs.some((config) => namesOf(config).has(foldName(name))))
    .map((name) => ({
      parameter: name,
      message: `The flow has no config "${name}". Its configs: ${known}.`,
    }));
}

/** A text or value, and what it is called in messages. */
interface Source {
  readonly value: unknown;
  readonly about: string;
}

function sourceOf(config: FlowConfig, given: GivenConfigs): Source | undefined {
  const { field, declaration } = config;
  const { default: path, defaultValue, required, help } = declaration.options;
  const { environment, folder, flowFolder } = given;
  const explicit = pick(config, named(config, given.files), named(config, given.values));
  const names = [field, declaration.name].map(configVariables);
  const variable = (kind: 'file' | 'value') =>
    names.map((one) => environment[one[kind]]).find((text) => text !== undefined);
  const found = explicit ?? pick(config, variable('file'), variable('value'));
  if (found && 'file' in found) return readConfig(field, resolve(folder, found.file));
  if (found) return { value: found.value, about: 'The value given to' };
  if (path !== undefined && typeof path !== 'string')
    fail(
      field,
      `The default of the config "${field}" must be the path of a file. It cannot come from another config.`,
    );
  if (path !== undefined) {
    const places = [folder, flowFolder].map((one) => resolve(one, path));
    return readConfig(field, places.find((place) => existsSync(place)) ?? resolve(folder, path));
  }
  if (defaultValue !== undefined) return { value: defaultValue, about: 'The default of' };
  if (!required) return undefined;
  const name = optionName(declaration.name);
  return fail(
    field,
    `The config "${field}" is required${help ? ` (${help})` : ''}. Give it with --config ${name} FILE or --config-value ${name} JSON.`,
  );
}

function named<T>(config: FlowConfig, values: Readonly<Record<string, T>>): T | undefined {
  const names = namesOf(config);
  return Object.entries(values).find(([name]) => names.has(foldName(name)))?.[1];
}

function pick(
  { field }: FlowConfig,
  file: string | undefined,
  value: unknown,
): { readonly file: string } | { readonly value: unknown } | undefined {
  if (file !== undefined && value !== undefined)
    return fail(field, `The config "${field}" was given both a file and a value. Give one of the two.`);
  if (file !== undefined) return { file };
  return value === undefined ? undefined : { value };
}

function readConfig(field: string, path: string): Source {
  try {
    return { value: readText(path), about: `The file ${path} of` };
  } catch (cause) {
    if (cause instanceof EncodingError)
      return fail(
        field,
        `The file ${path} of the config "${field}" ${cause.message}. Save it as UTF-8.`,
        cause,
      );
    return fail(field, `The file of the config "${field}" cannot be read: ${reasonOf(cause)}`, cause);
  }
}

async function parsedValue({ field, declaration }: FlowConfig, { value, about }: Source): Promise<unknown> {
  const { parser, schema } = declaration.options;
  const parsed = typeof value === 'string' ? await parse(value, { field, about, parser }) : value;
  if (!schema) return parsed;
  const result = await attempt(
    () => settled(`The schema of the config "${field}"`, schema['~standard'].validate(parsed)),
    (reason, cause) =>
      fail(
        field,
        `${about} the config "${field}" could not be validated because its schema threw: ${reason}`,
        cause,
      ),
  );
  if (!result.issues) return result.value;
  return fail(field, `${about} the config "${field}" does not fit its schema: ${issuesText(result.issues)}.`);
}

function parse(
  text: string,
  {
    field,
    about,
    parser,
  }: {
    readonly field: string;
    readonly about: string;
    readonly parser: ((text: string) => unknown) | undefined;
  },
): Promise<unknown> {
  return attempt(
    () =>
      parser
        ? settled(`The parser of the config "${field}"`, parser(withoutMark(text)))
        : parseJsonText(text),
    (reason, cause) => {
      if (!parser && cause instanceof RangeError)
        fail(
          field,
          `${about} the config "${field}" cannot be kept: ${reason}. Write the number as a string.`,
          cause,
        );
      const problem = parser ? 'cannot be parsed' : 'is not JSON';
      return fail(field, `${about} the config "${field}" ${problem}: ${reason}`, cause);
    },
  );
}

/** What user code gives, or `refuse` of what it throws. */
async function attempt<T>(
  ask: () => T | Promise<T>,
  refuse: (reason: string, cause: unknown) => never,
): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof NeverSettledError) throw cause;
    return refuse(reasonOf(cause), cause);
  }
}

function fail(parameter: string, message: string, cause?: unknown): never {
  throw new ParameterError([{ parameter, message }], { cause });
}
