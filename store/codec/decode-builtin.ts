import { ERROR_FIELDS, ERROR_KINDS } from './encode-error.ts';
import { UnreadableError } from './errors.ts';
import type { Scholar, TagDecoder } from './scholar.ts';
import { HIDDEN, type Node, ORDINARY } from './skeleton.ts';
import { UnknownInstance } from './unknown-instance.ts';

/** Dates, maps, sets and the other classes of the language. */
export const builtinTags: Record<string, TagDecoder> = {
  $Date: (payload, scholar) => {
    const date = new Date(payload === null ? Number.NaN : text(payload, scholar));
    if (payload !== null && Number.isNaN(date.getTime())) scholar.corrupt('has a broken date');
    return date;
  },
  $Map: (payload, scholar) => {
    const map = scholar.claim(new Map<unknown, unknown>());
    for (const pair of list(payload, scholar)) {
      const [key, value] = list(pair, scholar);
      map.set(scholar.child(key), scholar.child(value));
    }
    return map;
  },
  $Set: (payload, scholar) => {
    const set = scholar.claim(new Set<unknown>());
    for (const member of list(payload, scholar)) set.add(scholar.child(member));
    return set;
  },
  $RegExp: (payload, scholar) => {
    const { source, flags, lastIndex } = fields(payload, scholar);
    const expression = attempt(
      scholar,
      'regular expression',
      () => new RegExp(text(source, scholar), text(flags, scholar)),
    );
    expression.lastIndex = typeof lastIndex === 'number' ? lastIndex : 0;
    return expression;
  },
  $URL: (payload, scholar) => attempt(scholar, 'URL', () => new URL(text(payload, scholar))),
  $URLSearchParams: (payload, scholar) => new URLSearchParams(text(payload, scholar)),
  $Boxed: (payload, scholar) => {
    const value = scholar.child(payload);
    if (typeof value === 'object' || value === undefined) return scholar.corrupt('has a broken boxed value');
    return Object(value);
  },
  $Error: error,
  ...Object.fromEntries(
    [
      'Instant',
      'ZonedDateTime',
      'PlainDateTime',
      'PlainDate',
      'PlainTime',
      'PlainYearMonth',
      'PlainMonthDay',
      'Duration',
    ].map((name) => [`$Temporal.${name}`, temporal(name)]),
  ),
};

function error(payload: Node, scholar: Scholar): Error {
  const { class: kind, properties, ...hidden } = fields(payload, scholar);
  const made = scholar.claim(emptyError(text(kind, scholar), scholar));
  for (const field of Object.keys(hidden)) {
    if (!ERROR_FIELDS.includes(field)) scholar.corrupt('has a broken error');
    Object.defineProperty(made, field, { value: scholar.child(hidden[field]), ...HIDDEN });
  }
  for (const [key, node] of Object.entries(properties === undefined ? {} : fields(properties, scholar))) {
    Object.defineProperty(made, key, { value: scholar.child(node), ...ORDINARY });
  }
  return made;
}

function emptyError(kind: string, scholar: Scholar): Error {
  if (!ERROR_KINDS.includes(kind)) scholar.corrupt('has an error of an unknown class');
  const known: unknown = Reflect.get(globalThis, kind);
  const maker = typeof known === 'function' ? (known as ErrorConstructor) : Error; // SuppressedError is newer than Node 20.
  const made = kind === 'AggregateError' ? new AggregateError([]) : new maker();
  for (const key of Reflect.ownKeys(made)) Reflect.deleteProperty(made, key);
  return made;
}

function temporal(name: string): TagDecoder {
  return (payload, scholar) => {
    const makers: unknown = Reflect.get(globalThis, 'Temporal');
    const maker: unknown =
      typeof makers === 'object' && makers !== null ? Reflect.get(makers, name) : undefined;
    if (typeof maker !== 'function') {
      if (scholar.plainClasses === 'named')
        return new UnknownInstance(`Temporal.${name}`, text(payload, scholar));
      throw new UnreadableError(
        scholar.artifact,
        `Temporal.${name}`,
        'Use a newer Node, or set globalThis.Temporal to a polyfill.',
      );
    }
    return attempt(scholar, `Temporal.${name}`, () =>
      (maker as unknown as { from(text: string): object }).from(text(payload, scholar)),
    );
  };
}

function attempt<T>(scholar: Scholar, what: string, make: () => T): T {
  try {
    return make();
  } catch {
    return scholar.corrupt(`has a broken ${what}`);
  }
}

function text(node: Node | undefined, scholar: Scholar): string {
  return typeof node === 'string' ? node : scholar.corrupt('lacks a text');
}

function list(node: Node | undefined, scholar: Scholar): readonly Node[] {
  return Array.isArray(node) ? node : scholar.corrupt('lacks a list');
}

function fields(node: Node | undefined, scholar: Scholar): { readonly [key: string]: Node } {
  if (typeof node !== 'object' || node === null || Array.isArray(node))
    return scholar.corrupt('lacks an object');
  return node;
}
