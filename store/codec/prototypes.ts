/**
 * Tells plain data from instances of classes. Objects of another realm (`node:vm`, a test runner's sandbox) have
 * prototypes of their own that mean the same.
 */

/** Whether a prototype is the `Object.prototype` of this realm or another. */
export function isObjectPrototype(prototype: object): boolean {
  return (
    prototype === Object.prototype ||
    (Object.getPrototypeOf(prototype) === null && isNative(prototype, 'Object'))
  );
}

/** Whether a prototype is that of the built-in class `name`, of this realm or another, and not of a subclass. */
export function isBuiltinPrototype(prototype: object | null, name: string): boolean {
  if (prototype === null) return false;
  return prototype === nativePrototype(name) || isNative(prototype, name);
}

/** The class an object was made by, as a person would call it. */
export function className(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== 'object' || prototype === null) return 'Object';
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof maker === 'function' && maker.name !== '') return maker.name;
  const tag: unknown = Reflect.get(value, Symbol.toStringTag);
  return typeof tag === 'string' && tag !== '' ? tag : 'an anonymous class';
}

function nativePrototype(name: string): unknown {
  const maker: unknown = Reflect.get(globalThis, name);
  return typeof maker === 'function' ? maker.prototype : undefined;
}

// Only an engine can make a function whose text is native code under a plain name, so no class of a user passes.
function isNative(prototype: object, name: string): boolean {
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return (
    typeof maker === 'function' &&
    maker.prototype === prototype &&
    maker.name === name &&
    Function.prototype.toString.call(maker) === `function ${name}() { [native code] }`
  );
}
