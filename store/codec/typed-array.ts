/** The typed arrays this process knows, by name. Float16Array is among them from Node 24 on. */
export function typedArray(name: string): TypedArrayMaker | undefined {
  if (!isTypedArrayName(name)) return undefined;
  const maker: unknown = Reflect.get(globalThis, name);
  return typeof maker === 'function' ? (maker as unknown as TypedArrayMaker) : undefined;
}

/** Whether a name is that of a class of typed arrays, known to this process or not. */
export const isTypedArrayName = (name: string): boolean => NAMES.has(name);

/** Constructor of a typed array. */
export interface TypedArrayMaker {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, offset?: number, length?: number): ArrayBufferView & ArrayLike<number | bigint>;
  new (
    length: number,
  ): ArrayBufferView<ArrayBuffer> & { [index: number]: number | bigint; readonly length: number };
}

/**
 * The elements as decimal text separated by spaces, for a person to read; undefined when text would lose something (a
 * NaN with a payload).
 */
export function elementText(name: string, bytes: Uint8Array): string | undefined {
  const maker = typedArray(name);
  if (maker === undefined) return undefined;
  const copy = bytes.slice().buffer as ArrayBuffer;
  const elements = Array.from(new maker(copy), (element) =>
    Object.is(element, -0) ? '-0' : String(element),
  );
  const text = elements.join(' ');
  const again = parseElements(name, text);
  return again !== undefined && Buffer.compare(viewBytes(again), bytes) === 0 ? text : undefined;
}

/** The typed array such a text stands for, or undefined when it is not one. */
export function parseElements(name: string, text: string): ArrayBufferView<ArrayBuffer> | undefined {
  const maker = typedArray(name);
  if (maker === undefined) return undefined;
  const words = text === '' ? [] : text.split(' ');
  const isBig = name.startsWith('Big');
  const elements = new maker(words.length);
  for (const [i, word] of words.entries()) {
    if (!(isBig ? /^-?\d{1,20}$/ : NUMBER).test(word)) return undefined;
    elements[i] = isBig ? BigInt(word) : Number(word);
  }
  return elements;
}

/** The bytes a view shows, without copying them. */
export const viewBytes = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

const NUMBER = /^(?:NaN|-?Infinity|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;

const NAMES = new Set([
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
]);
