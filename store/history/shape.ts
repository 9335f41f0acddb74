/** What is wrong with a value, as the end of a sentence that begins with its path; undefined when nothing is. */
export type Check = (value: unknown) => string | undefined;

/** Checks for the fields of a record, so that a field added to the schema is not forgotten here. */
export type Shape<T> = { readonly [Field in keyof T]-?: Check };

/** What is wrong with a record, starting with where; undefined when nothing is. */
export function problemOf(check: Check, record: unknown): string | undefined {
  const problem = check(record);
  // Of the record as a whole nothing stands before the problem.
  return problem?.replace(/^ /, 'it ').replace(/^\./, '');
}

/** A check that says what a value is not. */
export const kind =
  (name: string, is: (value: unknown) => boolean): Check =>
  (value) =>
    is(value) ? undefined : ` is not ${name}`;

/** A text. */
export const text = kind('a text', (value) => typeof value === 'string');
/** A boolean. */
export const flag = kind('true or false', (value) => typeof value === 'boolean');
/** A whole number from 0 up. */
export const whole = kind(
  'a whole number from 0 up',
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
);
/** A finite number. */
export const number = kind('a number', (value) => typeof value === 'number' && Number.isFinite(value));
/** A time as text. */
export const time = kind('a time', (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)));
/** The number of an output stream. */
export const stream = kind('0 or 1', (value) => value === 0 || value === 1);
/** The address of a run, `Flow/id`. */
export const address = kind(
  'an address of a run',
  (value) => typeof value === 'string' && /^[^/]+\/[^/]+$/.test(value),
);

/** One of these texts. */
export const oneOf = <T extends string>(known: Readonly<Record<T, true>>): Check =>
  kind(
    `one of ${Object.keys(known).join(', ')}`,
    (value) => typeof value === 'string' && Object.hasOwn(known, value),
  );

/** May be absent. */
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

/** A problem of a part, said of the whole. */
export function inside(key: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : key + problem;
}

/** A list of such values. */
export const listOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return ' is not a list';
    for (let i = 0; i < value.length; i += 1) {
      const problem = check(value[i]);
      if (problem !== undefined) return inside(`[${i}]`, problem);
    }
    return undefined;
  };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with such values, whatever its keys. */
export const mapOf =
  (check: Check): Check =>
  (value) => {
    if (!isObject(value)) return ' is not an object';
    for (const key of Object.keys(value)) {
      const problem = check(value[key]);
      if (problem !== undefined) return inside(`[${JSON.stringify(key)}]`, problem);
    }
    return undefined;
  };

/** Fields of its own only: a record has no say in what its prototype is. */
export function objectOf<T>(shape: Shape<T>): Check {
  const fields = Object.entries<Check>(shape);
  return (value) => {
    if (!isObject(value)) return ' is not an object';
    for (const [field, check] of fields) {
      const problem = check(Object.hasOwn(value, field) ? value[field] : undefined);
      if (problem !== undefined) return inside(`.${field}`, problem);
    }
    return undefined;
  };
}
