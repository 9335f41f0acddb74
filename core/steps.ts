/** A method a flow hands on to. Typed loosely, so that joins, which take `inputs`, and async steps fit. */
export type StepMethod = (...args: never[]) => unknown;

/** Marks step methods; registered, so that a flow compiled against another copy of the package is still recognised. */
const STEP = Symbol.for('oxbow.step');

/** What {@link markStep} keeps on a step method. */
export interface StepMark {
  readonly name: string;
}

/** Makes a method a step. */
export function markStep(method: StepMethod, mark: StepMark): void {
  Object.defineProperty(method, STEP, { value: mark, configurable: true });
}

/** The mark of a step method, or undefined when the value is anything else. */
export function stepMark(value: unknown): StepMark | undefined {
  return typeof value === 'function' ? (value as { [STEP]?: StepMark })[STEP] : undefined;
}

/** The step methods of a flow class by name, in source order, inherited ones first; an override wins. */
export function stepMethods(flow: { readonly prototype: object }): Map<string, StepMethod> {
  const chain: object[] = [];
  for (
    let proto = flow.prototype;
    proto && proto !== Object.prototype;
    proto = Object.getPrototypeOf(proto)
  ) {
    chain.unshift(proto);
  }
  const methods = new Map<string, StepMethod>();
  for (const proto of chain) {
    for (const name of Object.getOwnPropertyNames(proto)) {
      const value = Object.getOwnPropertyDescriptor(proto, name)?.value;
      if (stepMark(value)) methods.set(name, value as StepMethod);
      else if (methods.has(name)) methods.delete(name);
    }
  }
  return methods;
}
