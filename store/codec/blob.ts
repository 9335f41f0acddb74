/** Whether a value is a Blob or File: of Node, of another realm, or of a package that has its own (node-fetch, formdata-node). */
export function isBlob(value: unknown): value is Blob {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Blob) return true;
  const tag: unknown = Reflect.get(value, Symbol.toStringTag);
  if (tag !== 'Blob' && tag !== 'File') return false;
  return 'size' in value && 'stream' in value && typeof value.stream === 'function';
}
