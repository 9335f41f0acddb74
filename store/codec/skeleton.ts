/** A JSON value: what a skeleton is made of. */
export type Node = null | boolean | number | string | Node[] | { [key: string]: Node };

/** A node that has fields to fill. */
export type Holder = Record<string | number, Node>;

/**
 * Whether an object node means something else than an object with its keys: it has one key, which begins with "$".
 * An object that happens to look so is wrapped as `{"$object": …}`.
 */
export function isTag(node: { readonly [key: string]: Node }): boolean {
  let only: string | undefined;
  for (const key in node) {
    if (only !== undefined) return false;
    only = key;
  }
  return only?.startsWith('$') === true;
}

/** Sets an own property, also one that the prototype has (`__proto__`, `toString`). */
export function setField(target: object, key: string | number, value: unknown): void {
  if (key in target && !Object.hasOwn(target, key))
    Object.defineProperty(target, key, { value, ...ORDINARY });
  else (target as Record<string | number, unknown>)[key] = value;
}

/** The attributes of a property that was assigned. */
export const ORDINARY = { enumerable: true, configurable: true, writable: true } as const;

/** The attributes of a property that listings leave out. */
export const HIDDEN = { enumerable: false, configurable: true, writable: true } as const;
