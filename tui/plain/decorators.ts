interface Decorator {
  readonly name: string;
  readonly options: object;
}

/** The decorators of a step that there is something to be told of: with `@step` itself where it has options. */
export function decoratorsOf({
  options = {},
  decorators = [],
}: {
  readonly options?: object;
  readonly decorators?: readonly Decorator[];
}): readonly Decorator[] {
  return Object.keys(options).length > 0 ? [...decorators, { name: 'step', options }] : decorators;
}

/** A decorator as it is written: `@retry({ times: 3, minutesBetweenRetries: 2 })`. */
export function decoratorText({ name, options }: Decorator): string {
  return Object.keys(options).length > 0 ? `@${name}(${codeOf(options)})` : `@${name}`;
}

/** Plain JSON as somebody would write it in code. */
function codeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(codeOf).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return quoted(value);
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${codeOf(field)}`);
  return fields.length > 0 ? `{ ${fields.join(', ')} }` : '{}';
}

const quoted = (value: unknown): string =>
  typeof value === 'string' && !/['\\\n]/.test(value) ? `'${value}'` : String(JSON.stringify(value));
