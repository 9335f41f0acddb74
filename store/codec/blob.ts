/** Whether a value is a Blob or File: of Node, of another realm, or of a package that has its own (node-fetch, formdata-node). */
export function isBlob(value: unknown): value is Blob {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Blob) return hasContent(value);
  const tag: unknown = Reflect.get(value, Symbol.toStringTag);
  if (tag !== 'Blob' && tag !== 'File') return false;
  return 'size' in value && 'stream' in value && typeof value.stream === 'function';
}

// An object that only inherits from the class holds nothing.
function hasContent(value: Blob): boolean {
  try {
    return SIZE_OF !== undefined && typeof Reflect.apply(SIZE_OF, value, []) === 'number';
  } catch {
    return false;
  }
}

const SIZE_OF = Object.getOwnPropertyDescriptor(Blob.prototype, 'size')?.get;
