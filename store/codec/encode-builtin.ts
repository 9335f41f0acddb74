import { types } from 'node:util';
import { encodeError } from './encode-error.ts';
import { encodeDate } from './encode-leaf.ts';
import { mapValueStep, memberStep } from './path.ts';
import { isBuiltinPrototype } from './prototypes.ts';
import type { Scribe } from './scribe.ts';
import type { Holder, Node } from './skeleton.ts';

/** A value of a built-in class other than arrays and binary data, or undefined when it is none that can be stored. */
export function encodeBuiltin(value: object, scribe: Scribe): Node | undefined {
  if (value instanceof Error || types.isNativeError(value)) return encodeError(value as Error, scribe);
  const prototype: object | null = Object.getPrototypeOf(value);
  const family = FAMILIES.find(
    ({ name, is, anywhere }) => is(value) && (anywhere || isBuiltinPrototype(prototype, name)),
  );
  if (family === undefined) return undefined;
  const extra = Object.keys(value)[charactersOf(value)];
  if (extra !== undefined)
    scribe.fail(`is an extra property; a ${family.name} with extra properties cannot be stored`, extra);
  return family.encode(value as never, scribe);
}

/** Whether an object is of a built-in class that keeps its content elsewhere than in properties. */
export function isSlotted(value: object): boolean {
  return (
    Array.isArray(value) ||
    ArrayBuffer.isView(value) ||
    types.isAnyArrayBuffer(value) ||
    value instanceof Error ||
    FAMILIES.some(({ is }) => is(value))
  );
}

/**
 * Whether an object that has the prototype of plain objects, or none, is of a built-in class all the same: what it holds is
 * not in its properties. To be asked of objects without properties or without a prototype; of all it would cost too much.
 */
export const isMisplaced = (value: object): boolean =>
  isSlotted(value) ||
  types.isNativeError(value) ||
  types.isPromise(value) ||
  types.isWeakMap(value) ||
  types.isWeakSet(value);

/** The properties of a boxed string that are its characters: they are listed first. */
const charactersOf = (value: object): number =>
  types.isStringObject(value) ? String.prototype.valueOf.call(value).length : 0;

interface Family {
  readonly name: string;
  /** `is` says all: the class need not be a global one. */
  readonly anywhere?: boolean;
  is(value: object): boolean;
  encode(value: never, scribe: Scribe): Node;
}

/** What the classes of boxed values say of them, whatever the values themselves say. */
const VALUE_OF: Readonly<Record<string, () => unknown>> = {
  String: String.prototype.valueOf,
  Number: Number.prototype.valueOf,
  Boolean: Boolean.prototype.valueOf,
  BigInt: BigInt.prototype.valueOf,
};

const boxed = (name: string): Family => ({
  name,
  is: types.isBoxedPrimitive,
  encode(value: object, scribe) {
    const node: Record<string, Node> = {};
    scribe.put(node, '$Boxed', Reflect.apply(VALUE_OF[name] ?? Object.prototype.valueOf, value, []), {
      text: '',
    });
    return node;
  },
});

const temporal = (name: string): Family => ({
  name,
  anywhere: true,
  is: (value) => isTemporal(value, name),
  encode: (value: object) => ({ [`$Temporal.${name}`]: String(value) }),
});

const FAMILIES: readonly Family[] = [
  {
    name: 'Date',
    is: types.isDate,
    encode: encodeDate,
  },
  { name: 'Map', is: types.isMap, encode: encodeMap },
  { name: 'Set', is: types.isSet, encode: encodeSet },
  {
    name: 'RegExp',
    is: types.isRegExp,
    encode: encodeRegExp,
  },
  {
    name: 'URL',
    is: (value) => value instanceof URL,
    encode: (url: URL) => ({ $URL: getterOf(URL, 'href', url) }),
  },
  {
    name: 'URLSearchParams',
    is: (value) => value instanceof URLSearchParams,
    encode: (query: URLSearchParams) => ({
      $URLSearchParams: URLSearchParams.prototype.toString.call(query),
    }),
  },
  ...['String', 'Number', 'Boolean', 'BigInt'].map(boxed),
  ...[
    'Instant',
    'ZonedDateTime',
    'PlainDateTime',
    'PlainDate',
    'PlainTime',
    'PlainYearMonth',
    'PlainMonthDay',
    'Duration',
  ].map(temporal),
];

/** A text that a class's own getter gives of an instance, which may have another of its own. */
const getterOf = (type: { readonly prototype: object }, name: string, value: object): string => {
  const getter = Object.getOwnPropertyDescriptor(type.prototype, name)?.get;
  return String(getter && Reflect.apply(getter, value, []));
};

function encodeRegExp(expression: RegExp, scribe: Scribe): Node {
  const { lastIndex } = expression;
  if (!Number.isSafeInteger(lastIndex) || lastIndex < 0)
    scribe.fail(`is ${String(lastIndex)}, which is no place in a text`, 'lastIndex');
  const source = getterOf(RegExp, 'source', expression);
  return { $RegExp: { source, flags: flagsOf(expression), lastIndex } };
}

// The getter `flags` asks the instance, which may have properties of these names.
const flagsOf = (expression: RegExp): string =>
  FLAGS.filter(([name]) => getterOf(RegExp, name, expression) === 'true')
    .map(([, flag]) => flag)
    .join('');

const FLAGS = [
  ['hasIndices', 'd'],
  ['global', 'g'],
  ['ignoreCase', 'i'],
  ['multiline', 'm'],
  ['dotAll', 's'],
  ['unicode', 'u'],
  ['unicodeSets', 'v'],
  ['sticky', 'y'],
] as const;

// As the map is now: what its values do when they are read may change it.
function encodeMap(map: Map<unknown, unknown>, scribe: Scribe): Node {
  const pairs: Node[] = [];
  for (const [key, value] of [...Map.prototype.entries.call(map)]) {
    const pair: Node[] = [];
    scribe.put(pair as unknown as Holder, 0, key, memberStep('keys', pairs.length));
    scribe.put(pair as unknown as Holder, 1, value, mapValueStep(key, pairs.length));
    pairs.push(pair);
  }
  return { $Map: pairs };
}

function encodeSet(set: Set<unknown>, scribe: Scribe): Node {
  const members: Node[] = [];
  for (const member of [...Set.prototype.values.call(set)]) {
    const position = members.push(null) - 1;
    scribe.put(members as unknown as Holder, position, member, memberStep('values', position));
  }
  return { $Set: members };
}

function isTemporal(value: object, name: string): boolean {
  const temporal: unknown = Reflect.get(globalThis, 'Temporal');
  if (typeof temporal !== 'object' || temporal === null) return false;
  const maker: unknown = Reflect.get(temporal, name);
  return typeof maker === 'function' && Object.getPrototypeOf(value) === maker.prototype;
}
