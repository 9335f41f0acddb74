import type { Arrow, ArrowField, ArrowType } from './arrow.ts';
import { type FieldShape, type SchemaShape, TYPE, type TypeShape } from './arrow-shape.ts';
import type { Node } from './skeleton.ts';

/** A JSON object of the schema. */
export type Json = { readonly [key: string]: Node };

/**
 * Writes a schema as JSON, in the form of Arrow's integration tests (https://arrow.apache.org/docs/format/Integration.html).
 * Ids of dictionaries, which the library counts up through the life of a process, are numbered from 0 here.
 */
export class SchemaWriter {
  /** By the type of what they hold: with one id they are one dictionary only when that is the same, as the library demands. */
  readonly #dictionaries: { readonly id: unknown; readonly values: unknown }[] = [];

  schema({ fields, metadata }: SchemaShape): Json {
    return { fields: fields.map((field) => this.field(field)), ...metadataOf(metadata) };
  }

  field({ name, nullable, type, metadata }: FieldShape): Json {
    const isDictionary = type.typeId === TYPE.Dictionary;
    const valueType = isDictionary ? (type.dictionary as TypeShape) : type;
    return {
      name,
      nullable,
      type: typeJson(valueType),
      children: (valueType.children ?? []).map((child) => this.field(child)),
      ...(isDictionary ? { dictionary: this.#dictionary(type) } : {}),
      ...metadataOf(metadata),
    };
  }

  #dictionary({ id, indices, isOrdered, dictionary: values }: TypeShape): Json {
    const known = this.#dictionaries.findIndex((one) => one.id === id && one.values === values);
    const number = known >= 0 ? known : this.#dictionaries.push({ id, values }) - 1;
    return { id: number, indexType: typeJson(indices as TypeShape), isOrdered: isOrdered === true };
  }
}

/** Makes the library's fields and types from such JSON; every dictionary gets an id new to this process. */
export class SchemaReader {
  readonly #arrow: Arrow;
  readonly #dictionaries = new Map<Node | undefined, { readonly id: number; readonly values: ArrowType }>();

  constructor(arrow: Arrow) {
    this.#arrow = arrow;
  }

  field(json: Json): ArrowField {
    const children = listOf(json.children).map((child) => this.field(objectOf(child)));
    const type = makeType(this.#arrow, objectOf(json.type), children);
    const made = json.dictionary === undefined ? type : this.#dictionary(type, objectOf(json.dictionary));
    return new this.#arrow.Field(textOf(json.name), made, json.nullable === true, metadataIn(json.metadata));
  }

  // Columns that share a dictionary share the type of what it holds: the library compares the objects.
  #dictionary(valueType: ArrowType, { id, indexType, isOrdered }: Json): ArrowType {
    const known = this.#dictionaries.get(id);
    const shared = known !== undefined && String(known.values) === String(valueType) ? known : undefined;
    const indices = makeType(this.#arrow, objectOf(indexType), []);
    const made = new this.#arrow.Dictionary(
      shared?.values ?? valueType,
      indices as never,
      shared?.id ?? null,
      isOrdered === true,
    );
    if (shared === undefined) this.#dictionaries.set(id, { id: made.id, values: made.dictionary });
    return made;
  }
}

/** The metadata of a schema, field or batch, as it was. */
export function metadataIn(json: Node | undefined): Map<string, string> {
  if (json === undefined) return new Map();
  return new Map(listOf(json).map((entry) => [textOf(objectOf(entry).key), textOf(objectOf(entry).value)]));
}

/** A field `metadata` for JSON, when there is any. */
export function metadataOf(metadata: ReadonlyMap<string, string> | undefined): Json {
  if (metadata === undefined || metadata.size === 0) return {};
  return { metadata: [...metadata].map(([key, value]) => ({ key, value })) };
}

/** The parts of an Arrow node, or a TypeError that the decoder turns into an error of the artifact. */
export function objectOf(node: Node | undefined): Json {
  if (typeof node === 'object' && node !== null && !Array.isArray(node)) return node;
  throw new TypeError('lacks an object');
}

/** The elements of an Arrow node, or a TypeError that the decoder turns into an error of the artifact. */
export function listOf(node: Node | undefined): readonly Node[] {
  if (Array.isArray(node)) return node;
  throw new TypeError('lacks a list');
}

function textOf(node: Node | undefined): string {
  if (typeof node === 'string') return node;
  throw new TypeError('lacks a text');
}

const PRECISIONS = ['HALF', 'SINGLE', 'DOUBLE'];
const TIME_UNITS = ['SECOND', 'MILLISECOND', 'MICROSECOND', 'NANOSECOND'];
const DATE_UNITS = ['DAY', 'MILLISECOND'];
const INTERVAL_UNITS = ['YEAR_MONTH', 'DAY_TIME', 'MONTH_DAY_NANO'];
const UNION_MODES = ['SPARSE', 'DENSE'];

/** One kind of type: its name in JSON, its parameters, and how the library makes it. */
interface Kind {
  readonly id: number;
  readonly name: string;
  parameters?(type: TypeShape): Json;
  make(arrow: Arrow, json: Json, children: ArrowField[]): ArrowType;
}

const nameOf = (names: readonly string[], number: unknown): Node => names[Number(number)] ?? null;

function numberOf(names: readonly string[], name: Node | undefined): number {
  const number = typeof name === 'string' ? names.indexOf(name) : -1;
  if (number < 0) throw new TypeError(`has the unknown unit ${JSON.stringify(name)}`);
  return number;
}

const pick =
  (...names: string[]) =>
  (type: TypeShape): Json =>
    Object.fromEntries(names.map((name) => [name, type[name] as Node]));

const KINDS: readonly Kind[] = [
  { id: TYPE.Null, name: 'null', make: (a) => new a.Null() },
  {
    id: TYPE.Int,
    name: 'int',
    parameters: pick('bitWidth', 'isSigned'),
    make: (a, { isSigned, bitWidth }) => new a.Int(isSigned as never, bitWidth as never),
  },
  {
    id: TYPE.Float,
    name: 'floatingpoint',
    parameters: ({ precision }) => ({ precision: nameOf(PRECISIONS, precision) }),
    make: (a, { precision }) => new a.Float(numberOf(PRECISIONS, precision)),
  },
  { id: TYPE.Binary, name: 'binary', make: (a) => new a.Binary() },
  { id: TYPE.LargeBinary, name: 'largebinary', make: (a) => new a.LargeBinary() },
  { id: TYPE.BinaryView, name: 'binaryview', make: (a) => new a.BinaryView() },
  { id: TYPE.Utf8, name: 'utf8', make: (a) => new a.Utf8() },
  { id: TYPE.LargeUtf8, name: 'largeutf8', make: (a) => new a.LargeUtf8() },
  { id: TYPE.Utf8View, name: 'utf8view', make: (a) => new a.Utf8View() },
  { id: TYPE.Bool, name: 'bool', make: (a) => new a.Bool() },
  {
    id: TYPE.Decimal,
    name: 'decimal',
    // Versions of the library that know one width do not name it.
    parameters: ({ precision, scale, bitWidth = 128 }) => ({ precision, scale, bitWidth }) as Json,
    make: (a, { scale, precision, bitWidth }) =>
      new a.Decimal(Number(scale), Number(precision), Number(bitWidth)),
  },
  {
    id: TYPE.Date,
    name: 'date',
    parameters: ({ unit }) => ({ unit: nameOf(DATE_UNITS, unit) }),
    make: (a, { unit }) => new a.Date_(numberOf(DATE_UNITS, unit)),
  },
  {
    id: TYPE.Time,
    name: 'time',
    parameters: ({ unit, bitWidth }) => ({ unit: nameOf(TIME_UNITS, unit), bitWidth: bitWidth as Node }),
    make: (a, { unit, bitWidth }) => new a.Time(numberOf(TIME_UNITS, unit) as never, bitWidth as never),
  },
  {
    id: TYPE.Timestamp,
    name: 'timestamp',
    parameters: ({ unit, timezone }) => ({
      unit: nameOf(TIME_UNITS, unit),
      ...(typeof timezone === 'string' ? { timezone } : {}),
    }),
    make: (a, { unit, timezone }) =>
      new a.Timestamp(numberOf(TIME_UNITS, unit), typeof timezone === 'string' ? timezone : null),
  },
  {
    id: TYPE.Duration,
    name: 'duration',
    parameters: ({ unit }) => ({ unit: nameOf(TIME_UNITS, unit) }),
    make: (a, { unit }) => new a.Duration(numberOf(TIME_UNITS, unit)),
  },
  {
    id: TYPE.Interval,
    name: 'interval',
    parameters: ({ unit }) => ({ unit: nameOf(INTERVAL_UNITS, unit) }),
    make: (a, { unit }) => new a.Interval(numberOf(INTERVAL_UNITS, unit)),
  },
  { id: TYPE.List, name: 'list', make: (a, _json, children) => new a.List(only(children)) },
  { id: TYPE.LargeList, name: 'largelist', make: (a, _json, children) => new a.LargeList(only(children)) },
  {
    id: TYPE.FixedSizeList,
    name: 'fixedsizelist',
    parameters: pick('listSize'),
    make: (a, { listSize }, children) => new a.FixedSizeList(Number(listSize), only(children)),
  },
  {
    id: TYPE.FixedSizeBinary,
    name: 'fixedsizebinary',
    parameters: pick('byteWidth'),
    make: (a, { byteWidth }) => new a.FixedSizeBinary(Number(byteWidth)),
  },
  { id: TYPE.Struct, name: 'struct', make: (a, _json, children) => new a.Struct(children) },
  {
    id: TYPE.Map,
    name: 'map',
    parameters: pick('keysSorted'),
    make: (a, { keysSorted }, children) => new a.Map_(only(children) as never, keysSorted === true),
  },
  {
    id: TYPE.Union,
    name: 'union',
    parameters: ({ mode, typeIds }) => ({
      mode: nameOf(UNION_MODES, mode),
      typeIds: [...(typeIds as Int32Array)],
    }),
    make: (a, { mode, typeIds }, children) =>
      new a.Union(numberOf(UNION_MODES, mode), listOf(typeIds) as number[], children),
  },
];

const byId = new Map(KINDS.map((kind) => [kind.id, kind]));
const byName = new Map<unknown, Kind>(KINDS.map((kind) => [kind.name, kind]));

function typeJson(type: TypeShape): Json {
  const kind = byId.get(type.typeId);
  if (kind === undefined)
    throw new TypeError(`the Arrow type ${String(type)} is not known to this version of Oxbow`);
  return { name: kind.name, ...kind.parameters?.(type) };
}

function makeType(arrow: Arrow, json: Json, children: ArrowField[]): ArrowType {
  const kind = byName.get(json.name);
  if (kind === undefined) throw new TypeError(`has the unknown Arrow type ${JSON.stringify(json.name)}`);
  return kind.make(arrow, json, children);
}

function only(children: ArrowField[]): ArrowField {
  const [child] = children;
  if (child === undefined || children.length !== 1)
    throw new TypeError('has a list type without the one child it needs');
  return child;
}
