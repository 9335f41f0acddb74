import {
  type FlowParameter,
  foldName,
  kindOf,
  type LoadedFlow,
  optionName,
  textOrFile,
  unsetSecrets,
  valueProblems,
  variableName,
} from '#core';
import type { Host } from '../host.ts';
import { text } from '../plain/text.ts';
import { UsageError } from '../usage.ts';
import { optionsFor, type RunCommand } from './run-options.ts';
import type { GivenParameter, RunWords } from './run-words.ts';

/** Values by the name of the parameter's field; texts, save for `true`, `false` and lists. */
export type ParameterTexts = Readonly<Record<string, string | boolean | readonly string[]>>;

/** What options give to parameters, and what is wrong with the options. */
export interface MatchedParameters {
  readonly values: ParameterTexts;
  readonly errors: readonly Error[];
}

/**
 * Finds for each option the parameter it gives. `--flag` alone is true and `--no-flag` false for a boolean one; one that takes
 * a list may be repeated; where JSON is expected, `@file.json` is what that file holds. Whether a value fits is for the engine to say.
 */
export async function matchParameters(
  parameters: readonly FlowParameter[],
  given: readonly GivenParameter[],
  command: RunCommand = 'run',
): Promise<MatchedParameters> {
  const values = new Map<string, string | boolean | readonly string[]>();
  const errors: Error[] = [];
  for (const one of given) {
    try {
      const found = find(parameters, one) ?? (await unknown(parameters, one, command));
      const { field } = found.parameter;
      values.set(field, textOf(found, one, values.get(field)));
    } catch (error) {
      if (!(error instanceof UsageError) && !isParameterError(error)) throw error;
      errors.push(error);
    }
  }
  return { values: Object.fromEntries(values), errors };
}

/** What the words give to parameters. When some words are wrong, what else is wrong with the parameters is told with it. Throws UsageError. */
export async function parametersFor(
  loaded: LoadedFlow,
  given: Pick<RunWords, 'parameters' | 'command'>,
  host: Pick<Host, 'askSecret'>,
): Promise<ParameterTexts> {
  const { values, errors } = await matchParameters(loaded.parameters, given.parameters, given.command);
  const [first] = errors;
  if (!first) return { ...values, ...(await typedSecrets(loaded.parameters, host)) };
  // Of an option that is refused it need not be told that it gives no value.
  const isGiven = (name: string): boolean =>
    given.parameters.some(({ option }) => foldName(option) === foldName(name));
  const others = (await valueProblems(loaded, values)).filter(({ parameter }) => !isGiven(parameter));
  if (errors.length + others.length === 1) throw first;
  const lines = [...errors, ...others].map(({ message }) => message);
  const hints = errors.flatMap((error) => (error instanceof UsageError ? error.hints : []));
  throw new UsageError(lines.join('\n'), hints);
}

/** Secrets that the environment has no value for and that are typed on the terminal; where there is none, or nothing is typed, the engine says what to do. */
async function typedSecrets(
  parameters: readonly FlowParameter[],
  { askSecret }: Pick<Host, 'askSecret'>,
): Promise<Record<string, string>> {
  const typed: Record<string, string> = {};
  for (const { field, declaration } of unsetSecrets(parameters)) {
    const { help } = declaration.options;
    const value = await askSecret(text`${field}${help === undefined ? '' : ` (${help})`}, not shown: `);
    if (value) typed[field] = value;
  }
  return typed;
}

const isParameterError = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'ParameterError';

interface Match {
  readonly parameter: FlowParameter;
  /** Given as `--no-name`. */
  readonly negated: boolean;
}

function find(parameters: readonly FlowParameter[], { option }: GivenParameter): Match | undefined {
  const name = option.slice('--'.length);
  const parameter = named(parameters, name);
  if (parameter) return { parameter, negated: false };
  if (!/^no[-_]/i.test(name)) return undefined;
  const positive = named(parameters, name.slice('no-'.length));
  return positive && kindOf(positive) === 'boolean' ? { parameter: positive, negated: true } : undefined;
}

const named = (parameters: readonly FlowParameter[], name: string): FlowParameter | undefined =>
  parameters.find(({ field, declaration }) =>
    [field, declaration.name].some((known) => foldName(known) === foldName(name)),
  );

function textOf(
  { parameter, negated }: Match,
  { option, value }: GivenParameter,
  before: string | boolean | readonly string[] | undefined,
): string | boolean | readonly string[] {
  const kind = kindOf(parameter);
  if (parameter.declaration.options.secret) {
    throw new UsageError(
      `The secret parameter ${option} cannot be given on the command line, where other users of this computer can read it. ` +
        `Set the environment variable ${variableName(parameter.field)}.`,
    );
  }
  if (before !== undefined && kind !== 'list') {
    throw new UsageError(`The parameter --${optionName(parameter.field)} was given more than once.`);
  }
  if (negated) {
    if (value === undefined) return false;
    throw new UsageError(`The option ${option} takes no value, but was given ${JSON.stringify(value)}.`);
  }
  if (value === undefined) {
    if (kind === 'boolean') return true;
    throw new UsageError(`The parameter ${option} needs a value: ${option} ${PLACEHOLDERS[kind]}.`, [
      `To pass a value that starts with --, write ${option}=VALUE.`,
    ]);
  }
  if (kind !== 'list') return textOrFile(parameter, value, process.cwd());
  const { separator = ',' } = parameter.declaration.options;
  const items = value === '' ? [] : value.split(separator);
  return [...(Array.isArray(before) ? before : []), ...items];
}

/** What stands for the value of a parameter in help and messages. */
export const PLACEHOLDERS = {
  number: 'NUMBER',
  text: 'TEXT',
  boolean: 'true|false',
  json: 'JSON',
  list: 'LIST',
  file: 'FILE',
  schema: 'VALUE',
} as const;

async function unknown(
  parameters: readonly FlowParameter[],
  { option }: GivenParameter,
  command: RunCommand,
): Promise<never> {
  const own = optionsFor(command).map(({ name }) => name);
  const known = [...parameters.map(({ field }) => optionName(field)), ...own];
  const { closest } = await import('#client');
  const meant = closest(optionName(option.slice('--'.length)), known);
  const names = parameters.map(({ field }) => `--${optionName(field)}`).join(', ');
  throw new UsageError(
    `Unknown option ${option}.${meant === undefined ? '' : ` Did you mean --${meant}?`} ` +
      (names === '' ? 'The flow has no parameters.' : `The flow's parameters: ${names}.`),
  );
}
