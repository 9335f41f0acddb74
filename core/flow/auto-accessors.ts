/** How a compiler writes `accessor x`, without and with decorators in its class: a pair that does nothing but keep a value. */
const GET = /^get [^(]+\(\)\s*\{\s*return (?:this\.(#[\w$]+)|__privateGet\d*\(this, ([\w$]+)\));?\s*\}$/;
const SET = /^set [^(]+\(_\)\s*\{\s*(?:this\.(#[\w$]+) = _|__privateSet\d*\(this, ([\w$]+), _\));?\s*\}$/;

/**
 * Makes the fields that a flow declares with `accessor` own properties of an instance, as other fields are: artifacts are own properties.
 * Getters and setters that somebody wrote are left alone.
 */
export function ownAccessors(flow: object): void {
  for (const name of accessorsOf(Object.getPrototypeOf(flow))) {
    if (Object.hasOwn(flow, name)) continue;
    const value = (flow as Record<string, unknown>)[name];
    Object.defineProperty(flow, name, { value, writable: true, enumerable: true, configurable: true });
  }
}

/** By prototype: every task makes an instance. */
const known = new WeakMap<object, readonly string[]>();

function accessorsOf(prototype: object | null): readonly string[] {
  if (prototype === null) return [];
  let names = known.get(prototype);
  if (!names) {
    const own = Object.entries(Object.getOwnPropertyDescriptors(prototype))
      .filter(([, { get, set }]) => get && set && keepsAValue(get, set))
      .map(([name]) => name);
    names = [...own, ...accessorsOf(Object.getPrototypeOf(prototype))];
    known.set(prototype, names);
  }
  return names;
}

function keepsAValue(get: () => unknown, set: (value: unknown) => void): boolean {
  const [, read, readLowered] = GET.exec(get.toString()) ?? [];
  const [, written, writtenLowered] = SET.exec(set.toString()) ?? [];
  const slot = read ?? readLowered;
  return slot !== undefined && slot === (written ?? writtenLowered);
}
