import { UnreadableError } from './errors.ts';
import { registeredNamed } from './registry.ts';
import type { Scholar, TagDecoder } from './scholar.ts';
import { type Node, setField } from './skeleton.ts';

function instance(payload: Node, scholar: Scholar): unknown {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    return scholar.corrupt('has a broken instance');
  const { name, fields, value } = payload;
  if (typeof name !== 'string') return scholar.corrupt('has an instance of a class without a name');
  const registered = registeredNamed(name);
  if (registered === undefined) {
    throw new UnreadableError(
      scholar.artifact,
      `the class ${name}`,
      `Import its module and call registerCodec(${name}) before reading.`,
    );
  }
  if (value !== undefined) {
    if (registered.codec !== undefined) return scholar.claim(registered.codec.decode(scholar.child(value)));
    throw new UnreadableError(
      scholar.artifact,
      `a codec for the class ${name}`,
      `Register it with the codec it was stored with.`,
    );
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    return scholar.corrupt('has a broken instance');
  const made = scholar.claim(Object.create(registered.prototype) as object);
  for (const [key, node] of Object.entries(fields)) setOwn(made, key, scholar.child(node));
  return made;
}

// A setter of the class, or one on Object.prototype, must not run.
function setOwn(target: object, key: string, value: unknown): void {
  if (key in target)
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else setField(target, key, value);
}

/** Instances of registered classes. */
export const classTags: Record<string, TagDecoder> = { $class: instance };
