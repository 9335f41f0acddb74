import { types } from 'node:util';
import { arrowShape } from './arrow-shape.ts';
import { className } from './prototypes.ts';

/** A few words on what a value is, for people: `object{3}`, `array[1000]`, `Float64Array[8]`, `Map{2}`, `string`. */
export function summaryOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return `array[${value.length}]`;
  if (types.isMap(value)) return `Map{${value.size}}`;
  if (types.isSet(value)) return `Set{${value.size}}`;
  if (value instanceof Error) return String(value.name).slice(0, 80);
  const arrow = arrowShape(value);
  if (arrow?.kind === 'Vector') return `Vector[${arrow.value.length}]`;
  if (arrow !== undefined) return `${arrow.kind} ${arrow.value.numRows}x${arrow.value.numCols}`;
  const name = className(value);
  if (ArrayBuffer.isView(value)) return `${name}[${'length' in value ? value.length : value.byteLength}]`;
  if (types.isAnyArrayBuffer(value)) return `ArrayBuffer[${value.byteLength}]`;
  return name === 'Object' ? `object{${Object.keys(value).length}}` : name;
}
