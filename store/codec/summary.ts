import { types } from 'node:util';
import { arrowShape } from './arrow-shape.ts';
import { className } from './prototypes.ts';
import { isTag, type Node } from './skeleton.ts';

/**
 * A few words on what a value is, for people: `object{3}`, `array[1000]`, `Float64Array[8]`, `Map{2}`, `string`. Of one that
 * does not let itself be looked at, `object`.
 */
export function summaryOf(value: unknown): string {
  try {
    return summaryOfReadable(value);
  } catch {
    return 'object';
  }
}

/** The same of an error, by what is stored of it; undefined when the node stands for something else. */
export function summaryOfError(node: Node): string | undefined {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return undefined;
  if (Array.isArray(node.$def)) return summaryOfError(node.$def[1] ?? null);
  if (typeof node.$Error !== 'object' || node.$Error === null || !isTag(node)) return undefined;
  const { class: kind, name, properties } = node.$Error as { [key: string]: Node };
  const own = typeof properties === 'object' ? (properties as { name?: Node } | null)?.name : undefined;
  return shortName(own ?? name ?? kind);
}

const shortName = (name: unknown): string => (typeof name === 'string' ? name.slice(0, 80) : 'Error');

function summaryOfReadable(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return `array[${value.length}]`;
  if (types.isMap(value)) return `Map{${sizeOf(Map, 'size', value)}}`;
  if (types.isSet(value)) return `Set{${sizeOf(Set, 'size', value)}}`;
  if (value instanceof Error) return shortName(value.name);
  const arrow = arrowShape(value);
  if (arrow?.kind === 'Vector') return `Vector[${arrow.value.length}]`;
  if (arrow !== undefined) return `${arrow.kind} ${arrow.value.numRows}x${arrow.value.numCols}`;
  const name = className(value);
  if (types.isTypedArray(value)) return `${name}[${sizeOf(TypedArray, 'length', value)}]`;
  if (ArrayBuffer.isView(value)) return `${name}[${value.byteLength}]`;
  if (types.isAnyArrayBuffer(value)) return `ArrayBuffer[${value.byteLength}]`;
  return name === 'Object' ? `object{${Object.keys(value).length}}` : name;
}

/** What a class says of an instance, which may have a property of its own by that name. */
const sizeOf = (type: { readonly prototype: object }, name: string, value: object): unknown => {
  const getter = Object.getOwnPropertyDescriptor(type.prototype, name)?.get;
  return getter && Reflect.apply(getter, value, []);
};

const TypedArray: { readonly prototype: object } = Object.getPrototypeOf(Uint8Array);
