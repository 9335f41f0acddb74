import { isSlotted } from './encode-builtin.ts';
import type { RegisteredClass } from './registry.ts';
import type { Scribe } from './scribe.ts';
import type { Node } from './skeleton.ts';

/** An instance of a registered class: what its codec makes of it, or its own enumerable properties. */
export function encodeInstance(value: object, { name, codec }: RegisteredClass, scribe: Scribe): Node {
  if (codec !== undefined) {
    const stored: Record<string, Node> = { name };
    scribe.put(stored, 'value', codec.encode(value), { text: '' });
    return { $class: stored };
  }
  if (isSlotted(value))
    scribe.fail(
      `is an instance of ${name}, which extends a built-in class: registerCodec(${name}, { encode, decode }) must say how to store it`,
    );
  const fields: Record<string, Node> = {};
  scribe.putProperties(fields, value);
  return { $class: { name, fields } };
}
