/** The inputs of a join, as the guard against reading what it has not merged sees them. */
export interface UnmergedInputs {
  /** Whether an input has an artifact of this name. */
  has(name: string): boolean;
  /** Throws the error that names the artifact. */
  refuse(name: string): never;
}

/** Names that the language asks of any object: JSON.stringify and await look for them. */
const ASKED_OF_ALL = new Set(['toJSON', 'then']);

/**
 * Makes reading an artifact an error as long as a join has neither set nor merged it. `this` stays a plain instance: the guard stands behind
 * it in the chain of prototypes, so only a name that the instance does not have itself gets there, and `in`, Object.keys and spreading see
 * nothing of it.
 */
export function guardUnmerged(flow: object, inputs: UnmergedInputs): void {
  const prototype: object = Object.getPrototypeOf(flow);
  // Of its own, so that `instanceof` finds the flow's prototype behind the guard.
  const guarded: object = Object.create(prototype);
  const guard = new Proxy(guarded, {
    get(target, name, receiver) {
      if (typeof name === 'string' && !ASKED_OF_ALL.has(name) && !(name in target) && inputs.has(name))
        inputs.refuse(name);
      return Reflect.get(target, name, receiver);
    },
  });
  // Stack traces name the flow by a constructor that they look for no further than the guard.
  const named = Object.create(guard, { constructor: { value: prototype.constructor, configurable: true } });
  Object.setPrototypeOf(flow, named);
}

/** Ends what {@link guardUnmerged} began: from now on a name that is not there reads as undefined. */
export function endGuard(flow: object, prototype: object): void {
  if (Object.getPrototypeOf(flow) !== prototype) Object.setPrototypeOf(flow, prototype);
}
