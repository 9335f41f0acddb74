import type { Problem } from '../errors.ts';
import { isSchema, kindOf } from './parameter-kind.ts';
import { JSONType, type ParameterDeclaration } from './parameters.ts';

/** One parameter of a flow: the field that holds it and its declaration. */
export interface FlowParameter {
  /** Name of the field, and of the artifact. */
  readonly field: string;
  readonly declaration: ParameterDeclaration;
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

/** Options of `flow run` and `flow resume` itself, which a parameter of that name could never be told from. */
const RESERVED = new Set(
  [
    'tag',
    'maxWorkers',
    'maxNumSplits',
    'runIdFile',
    'store',
    'help',
    'originRunId',
    'cloneOnly',
    'dryRun',
    'reuse',
    'namespace',
    'maxLogSize',
    'quiet',
    'json',
    'color',
    'version',
    'config',
    'configValue',
    'with',
  ].map(foldName),
);

/** What is wrong with how parameters are declared, whatever values they are given; `isKnown` says of which the options are what they will be. */
export function declarationProblems(
  parameters: readonly FlowParameter[],
  isKnown: (parameter: FlowParameter) => boolean = () => true,
): Problem[] {
  const options = parameters.filter(isKnown).flatMap((one) => [...optionProblems(one)]);
  const messages = [...nameProblems(parameters), ...options];
  return messages.map((message) => ({ check: 'parameters', message }));
}

function* nameProblems(parameters: readonly FlowParameter[]): Iterable<string> {
  const seen = new Map<string, string>();
  const booleans = new Map<string, string>();
  for (const { field, declaration } of parameters) {
    if (!/^[A-Za-z_$][\w$-]*$/.test(declaration.name))
      yield `The parameter ${JSON.stringify(declaration.name)} has a name that cannot be an option. Use letters, digits, - and _, a letter first.`;
    for (const name of namesOf({ field, declaration })) {
      if (RESERVED.has(name))
        yield `The parameter "${foldName(declaration.name) === name ? declaration.name : field}" has the name of an option of \`flow run\`. Rename it.`;
      const other = seen.get(name);
      if (other !== undefined)
        yield `The parameters "${other}" and "${field}" cannot be told apart on the command line. Rename one.`;
      seen.set(name, field);
      if (kindOf({ declaration }) === 'boolean') booleans.set(`no${name}`, field);
    }
  }
  for (const [name, field] of booleans) {
    const other = seen.get(name);
    if (other !== undefined)
      yield `The parameter "${other}" has the name that turns "${field}" off, --no-${optionName(field)}. Rename one.`;
  }
}

/** What has a field and a declared name. */
interface Named {
  readonly field: string;
  readonly declaration: { readonly name: string };
}

/** The names a parameter or config can be given by, folded: its field's and the one it was declared with. */
export const namesOf = ({ field, declaration }: Named): Set<string> =>
  new Set([foldName(field), foldName(declaration.name)]);

function* optionProblems({ field, declaration }: FlowParameter): Iterable<string> {
  const { required, type, separator } = declaration.options;
  const fallback = declaration.file ? declaration.file.default : declaration.options.default;
  if (required && fallback !== undefined)
    yield `The parameter "${field}" is required and has a default. Drop one of the two.`;
  if (declaration.options.secret && fallback !== undefined)
    yield `The parameter "${field}" is secret and has a default, which the code would show. Drop the default and set ${variableName(field)}.`;
  const isType = [undefined, Number, String, Boolean, JSONType].includes(type as never) || isSchema(type);
  if (!isType)
    yield `The parameter "${field}" has an unknown type. Use Number, String, Boolean, JSONType or a schema.`;
  if (separator === '') yield `The parameter "${field}" has an empty separator. Use a string such as ",".`;
  if (separator !== undefined && type !== undefined && type !== String)
    yield `The parameter "${field}" has a separator, which makes a list of strings, and another type. Drop one of the two.`;
}
