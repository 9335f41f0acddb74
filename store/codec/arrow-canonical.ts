import { type DataShape, layoutOf } from './arrow-shape.ts';

/**
 * The bits of a bitmap that belong to a stretch, moved to the front, the rest of the last byte zero. Arrow leaves it open
 * where a bitmap begins and what lies behind it; equal columns must have equal bytes.
 */
export function canonicalBits(
  bitmap: ArrayBufferView | undefined,
  { offset, length }: Pick<DataShape, 'offset' | 'length'>,
): Uint8Array {
  const bits = new Uint8Array(Math.ceil(length / 8));
  if (bitmap === undefined) throw new TypeError('a column lacks a bitmap');
  const from = new Uint8Array(bitmap.buffer, bitmap.byteOffset, bitmap.byteLength);
  const shift = offset % 8;
  const start = (offset - shift) / 8;
  if (start + Math.ceil((shift + length) / 8) > from.length)
    throw new TypeError('a column has a bitmap that is too short');
  for (let i = 0; i < bits.length; i++) {
    bits[i] =
      ((from[start + i] ?? 0) >> shift) | (shift === 0 ? 0 : (from[start + i + 1] ?? 0) << (8 - shift));
  }
  const rest = length % 8;
  if (rest > 0) bits[bits.length - 1] = (bits[bits.length - 1] ?? 0) & ((1 << rest) - 1);
  return bits;
}

/** The values of a stretch, zero where a row is null. Rows of `bits` take one bit, others `stride` elements. */
export function canonicalValues(data: DataShape, layout: 'bits' | 'fixed'): Uint8Array {
  const { values, length, nullCount } = data;
  if (length === 0) return new Uint8Array(0);
  if (values === undefined) throw new TypeError('a column lacks its values');
  const validity = nullCount > 0 ? canonicalBits(data.nullBitmap, data) : undefined;
  if (layout === 'bits') {
    const bits = canonicalBits(values, data);
    return validity === undefined ? bits : bits.map((byte, i) => byte & (validity[i] ?? 0));
  }
  const width = data.stride * ((values as Uint8Array).BYTES_PER_ELEMENT ?? 1);
  const there = Math.min(values.byteLength, length * width);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, there);
  if (validity !== undefined) return withoutNulls(bytes, { length, width, validity });
  if (there < length * width) throw new TypeError('a column has fewer values than rows');
  return bytes;
}

// Some writers leave out the values of nulls at the end.
function withoutNulls(
  bytes: Uint8Array,
  { length, width, validity }: { length: number; width: number; validity: Uint8Array },
): Uint8Array {
  const clean = new Uint8Array(length * width);
  clean.set(bytes);
  for (let row = 0, at = 0; row < length; row++, at += width) {
    if (isNull(validity, row)) clean.fill(0, at, at + width);
    else if (at + width > bytes.length) throw new TypeError('a column has fewer values than rows');
  }
  return clean;
}

/** How many bits of a bitmap are set. */
export function setBits(bitmap: Uint8Array): number {
  let count = 0;
  for (const byte of bitmap) count += BITS[byte] ?? 0;
  return count;
}

const BITS = Uint8Array.from(
  { length: 256 },
  (_, byte) => [...byte.toString(2)].filter((bit) => bit === '1').length,
);

/**
 * The offsets of a column of strings, bytes or lists, counted from 0; where its content begins and ends in what they point
 * into; and for strings and bytes that content. A null string takes no bytes.
 */
export function canonicalOffsets(data: DataShape): {
  offsets: ArrayBufferView;
  first: number;
  last: number;
  bytes: Uint8Array;
} {
  const { valueOffsets, values, length } = data;
  if (valueOffsets === undefined || valueOffsets.length < length + 1) {
    if (length > 0) throw new TypeError('a column lacks its offsets');
    return { offsets: new Int32Array(0), first: 0, last: 0, bytes: new Uint8Array(0) };
  }
  const own = valueOffsets.subarray(0, length + 1);
  const first = Number(own[0]);
  const last = Number(own[length]);
  if (first < 0 || runBackwards(own)) throw new TypeError('a column has offsets that run backwards');
  if (values === undefined) return { offsets: rebased(own, first), first, last, bytes: new Uint8Array(0) };
  if (last > values.byteLength) throw new TypeError('a column has offsets beyond its bytes');
  const all = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const gaps = data.nullCount > 0 && nullsTakeBytes(own, canonicalBits(data.nullBitmap, data));
  if (gaps) return { first, last, ...closed(own, all, canonicalBits(data.nullBitmap, data)) };
  return { offsets: rebased(own, first), first, last, bytes: all.subarray(first, last) };
}

type Offsets = Int32Array | BigInt64Array;

function runBackwards(offsets: Offsets): boolean {
  for (let i = 1; i < offsets.length; i++) if ((offsets[i] ?? 0) < (offsets[i - 1] ?? 0)) return true;
  return false;
}

function rebased(offsets: Offsets, first: number): Offsets {
  if (first === 0) return offsets;
  if (offsets instanceof BigInt64Array) return offsets.map((offset) => offset - BigInt(first));
  return offsets.map((offset) => offset - first);
}

const isNull = (validity: Uint8Array, row: number): boolean =>
  (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 0;

function nullsTakeBytes(offsets: Offsets, validity: Uint8Array): boolean {
  for (let row = 0; row + 1 < offsets.length; row++) {
    if (isNull(validity, row) && offsets[row] !== offsets[row + 1]) return true;
  }
  return false;
}

function closed(
  offsets: Offsets,
  bytes: Uint8Array,
  validity: Uint8Array,
): { offsets: Offsets; bytes: Uint8Array } {
  const starts: number[] = [0];
  const kept: Uint8Array[] = [];
  for (let row = 0; row + 1 < offsets.length; row++) {
    const piece = isNull(validity, row)
      ? bytes.subarray(0, 0)
      : bytes.subarray(Number(offsets[row]), Number(offsets[row + 1]));
    kept.push(piece);
    starts.push((starts[row] ?? 0) + piece.length);
  }
  const made =
    offsets instanceof BigInt64Array ? BigInt64Array.from(starts, BigInt) : Int32Array.from(starts);
  return { offsets: made, bytes: Buffer.concat(kept) };
}

/**
 * Whether so many rows of its child, the last ones, lie under nulls of a struct or a list of fixed size. Builders of the library
 * before version 20 end such a child with the last row that is not null.
 */
export function endsInNulls(data: DataShape, missing: number): boolean {
  const layout = layoutOf(data.type.typeId);
  if ((layout !== 'struct' && layout !== 'fixed-list') || !(data.nullCount > 0)) return false;
  const rows = layout === 'struct' ? missing : Math.ceil(missing / Number(data.type.listSize));
  const validity = canonicalBits(data.nullBitmap, data);
  for (let row = data.length - rows; row < data.length; row++) if (!isNull(validity, row)) return false;
  return true;
}

/** A column with so many nulls more at its end. Its own columns are as short as they were. */
export function withNulls(data: DataShape, more: number): DataShape {
  const layout = layoutOf(data.type.typeId);
  if (layout === 'union') throw new TypeError('a union within another column has too few rows');
  const length = data.length + more;
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  if (layout === 'null')
    return {
      offset: 0,
      nullCount: length,
      stride: 1,
      type: data.type,
      length,
      children: [],
      slice: data.slice,
    };
  if (data.nullCount > 0) nullBitmap.set(canonicalBits(data.nullBitmap, data));
  else
    for (let row = 0; row < data.length; row++)
      nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7));
  const nullCount = (data.nullCount > 0 ? data.nullCount : 0) + more;
  const { type, children, stride, dictionary, variadicBuffers, valueOffsets } = data;
  const values = layout === 'bits' ? paddedBits(data, length) : data.values;
  const offsets =
    valueOffsets === undefined ? undefined : withLast(valueOffsets, data.length + 1, length + 1);
  const slice = (): never => {
    throw new TypeError('a column that was made longer is not cut');
  };
  return {
    type,
    children,
    stride,
    dictionary,
    variadicBuffers,
    values,
    valueOffsets: offsets,
    nullBitmap,
    nullCount,
    length,
    offset: 0,
    slice,
  } as DataShape;
}

function paddedBits(data: DataShape, length: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(length / 8));
  if (data.length > 0) bits.set(canonicalBits(data.values, data));
  return bits;
}

function withLast(offsets: Offsets, known: number, length: number): Offsets {
  const own = offsets.subarray(0, known);
  const longer = offsets instanceof BigInt64Array ? new BigInt64Array(length) : new Int32Array(length);
  longer.set(own as never);
  const last = own.at(-1);
  if (last !== undefined) longer.fill(last as never, own.length);
  return longer;
}
