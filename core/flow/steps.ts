import type { StepOptions } from './step-options.ts';

/** A method a flow hands on to. Typed loosely, so that joins, which take `inputs`, and async steps fit. */
export type StepMethod = (...args: never[]) => unknown;

/** Marks step methods; registered, so that a flow compiled against another copy of the package is still recognised. */
const STEP = Symbol.for('oxbow.step');
/** Where a method keeps its other decorators. */
const DECORATIONS = Symbol.for('oxbow.decorations');

/** What {@link markStep} keeps on a step method. */
export interface StepMark {
  readonly name: string;
  readonly options: StepOptions;
}

/** Decides on the error of an attempt, counted from 0, whether the next one follows. */
export type RetryCondition = (error: Error, attempt: number) => boolean | Promise<boolean>;

/** A decorator on a step beside `@step`: its name and options, as graph.json records them, and code when it has any. */
export interface StepDecoration<Hooks = unknown> {
  readonly name: string;
  /** Plain JSON. */
  readonly options: object;
  /** What a decorator made with `stepDecorator` does. */
  readonly hooks?: Hooks;
  /** What decides whether an attempt that failed is followed by another. */
  readonly condition?: RetryCondition;
  /** It is not known yet: a config decides, named as it was declared. */
  readonly waiting?: { readonly config: string; readonly decide: (value: unknown) => unknown };
}

/** Makes a method a step. */
export function markStep(method: StepMethod, mark: StepMark): void {
  Object.defineProperty(method, STEP, { value: mark, configurable: true });
}

/** The mark of a step method, or undefined when the value is anything else. */
export function stepMark(value: unknown): StepMark | undefined {
  return typeof value === 'function' ? (value as { [STEP]?: StepMark })[STEP] : undefined;
}

/** Adds a decorator to a method: to the outside of those it has. */
export function addDecoration(method: StepMethod, decoration: StepDecoration): void {
  const value = [decoration, ...decorationsOf(method)];
  Object.defineProperty(method, DECORATIONS, { value, configurable: true });
}

/** The decorators of a method beside `@step`, outermost first. */
export function decorationsOf(method: unknown): readonly StepDecoration[] {
  const known = (method as { [DECORATIONS]?: readonly StepDecoration[] } | undefined)?.[DECORATIONS];
  return known ?? [];
}

/** What a method's decorators were before configs decided on some. */
const WRITTEN = Symbol.for('oxbow.decorations.written');

/** Replaces each decorator of a method, as it was written, by what `settle` makes of it. */
export function settleDecorations(
  method: StepMethod,
  settle: (decoration: StepDecoration) => readonly StepDecoration[],
): void {
  const before = (method as { [WRITTEN]?: readonly StepDecoration[] })[WRITTEN] ?? decorationsOf(method);
  if (!before.some(({ waiting }) => waiting)) return;
  Object.defineProperty(method, WRITTEN, { value: before, configurable: true });
  Object.defineProperty(method, DECORATIONS, { value: before.flatMap(settle), configurable: true });
}

/** The step methods of a flow class by name, in source order, inherited ones first; an override wins. */
export function stepMethods(flow: { readonly prototype: object }): Map<string, StepMethod> {
  const methods = new Map<string, StepMethod>();
  for (const [name, value] of members(flow)) {
    if (stepMark(value)) methods.set(name, value as StepMethod);
    else if (methods.has(name)) methods.delete(name);
  }
  return methods;
}

/** Names of methods that have decorators of steps but are none, each with the names of these. */
export function decoratedNoSteps(flow: { readonly prototype: object }): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [name, value] of members(flow)) {
    const decorations = typeof value === 'function' && !stepMark(value) ? decorationsOf(value) : [];
    if (decorations.length > 0)
      found.set(
        name,
        decorations.map((one) => one.name),
      );
    else found.delete(name);
  }
  return found;
}

/** Own members of the prototypes of a class, the base's first. */
function* members({ prototype }: { readonly prototype: object }): Iterable<readonly [string, unknown]> {
  const chain: object[] = [];
  for (let proto = prototype; proto && proto !== Object.prototype; proto = Object.getPrototypeOf(proto)) {
    chain.unshift(proto);
  }
  for (const proto of chain) {
    for (const name of Object.getOwnPropertyNames(proto)) {
      yield [name, Object.getOwnPropertyDescriptor(proto, name)?.value];
    }
  }
}
