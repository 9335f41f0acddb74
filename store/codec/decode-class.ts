import { UnreadableError } from './errors.ts';
import { type RegisteredClass, registeredNamed } from './registry.ts';
import type { Scholar, TagDecoder } from './scholar.ts';
import { type Node, setField } from './skeleton.ts';
import { UnknownInstance } from './unknown-instance.ts';

/** Instances of registered classes. */
export const classTags: Record<string, TagDecoder> = { $class: instance };

function instance(payload: Node, scholar: Scholar): unknown {
  if (!isFields(payload) || typeof payload.name !== 'string')
    return scholar.corrupt('has a broken instance of a class');
  const { name, fields, value } = payload;
  const registered = registeredNamed(name);
  if (registered === undefined && scholar.plainClasses === 'named') return unknown(name, payload, scholar);
  if (registered === undefined && !scholar.plainClasses) throw lacks(scholar, name);
  if (value !== undefined) return fromCodec(value, registered, scholar);
  if (!isFields(fields)) return scholar.corrupt('has a broken instance of a class');
  const made = scholar.claim(registered === undefined ? {} : (Object.create(registered.prototype) as object));
  // As own properties: a setter of the class must not run.
  for (const [key, node] of Object.entries(fields)) setField(made, key, scholar.child(node));
  return made;
}

function unknown(
  name: string,
  { fields, value }: { readonly [key: string]: Node },
  scholar: Scholar,
): object {
  if (value !== undefined) return scholar.claim(new UnknownInstance(name, scholar.child(value)));
  if (!isFields(fields)) return scholar.corrupt('has a broken instance of a class');
  const form = {};
  const made = scholar.claim(new UnknownInstance(name, form));
  for (const [key, node] of Object.entries(fields)) setField(form, key, scholar.child(node));
  return made;
}

function fromCodec(value: Node, registered: RegisteredClass | undefined, scholar: Scholar): unknown {
  if (registered === undefined) return scholar.child(value);
  if (registered.codec !== undefined) return scholar.claim(registered.codec.decode(scholar.child(value)));
  const remedy = 'Register it with the codec it was stored with.';
  throw new UnreadableError(scholar.artifact, `a codec for the class ${registered.name}`, remedy);
}

function lacks(scholar: Scholar, name: string): UnreadableError {
  const remedy = `Import its module and call registerCodec(${name}) before reading.`;
  return new UnreadableError(scholar.artifact, `the class ${name}`, remedy);
}

function isFields(node: Node | undefined): node is { [key: string]: Node } {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}
