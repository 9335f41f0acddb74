/** How the instances of a class are stored: as any storable value, which `decode` turns into an instance again. */
export interface ClassCodec<T extends object, S = unknown> {
  /** The name stored with each instance, the class's own by default. Give one to survive renaming or minifying. */
  readonly name?: string;
  encode(value: T): S;
  decode(stored: S): T;
}

/** A class, abstract or not. */
export type Class<T extends object> = abstract new (...args: never[]) => T;

/** A registered class as the codec sees it. Without `codec`, own enumerable properties are stored one by one. */
export interface RegisteredClass {
  readonly name: string;
  readonly prototype: object;
  readonly codec: ClassCodec<object> | undefined;
}

/**
 * Makes the instances of a class storable, in this process; a process that reads them registers the class too.
 * Without a codec the own enumerable properties are stored, and an instance is made from them without running the
 * constructor; a class with `#private` state needs a codec. Registering a name again replaces what it meant.
 * Throws a TypeError for something that is not a class with a name.
 */
export function registerCodec<T extends object, S = unknown>(type: Class<T>, codec?: ClassCodec<T, S>): void {
  const name = codec?.name ?? type?.name;
  if (
    typeof type !== 'function' ||
    typeof type.prototype !== 'object' ||
    typeof name !== 'string' ||
    name === ''
  ) {
    throw new TypeError(
      'registerCodec expects a class with a name: registerCodec(Point) or registerCodec(Point, codec).',
    );
  }
  const registered: RegisteredClass = {
    name,
    prototype: type.prototype,
    codec: codec as ClassCodec<object> | undefined,
  };
  const before = byName.get(name);
  if (before !== undefined) byPrototype.delete(before.prototype);
  byName.set(name, registered);
  byPrototype.set(registered.prototype, registered);
}

/** The registration an object falls under: that of its very class, not of a parent. */
export const registeredFor = (prototype: object): RegisteredClass | undefined => byPrototype.get(prototype);

/** The registration stored under a name. */
export const registeredNamed = (name: string): RegisteredClass | undefined => byName.get(name);

const byName = new Map<string, RegisteredClass>();
const byPrototype = new Map<object, RegisteredClass>();
