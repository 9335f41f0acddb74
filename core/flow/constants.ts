import { UnstorableError } from '#store';
import type { Problem } from '../errors.ts';
import { ConfigDeclaration } from './configs.ts';
import { type FlowClass, isFlowClass } from './flow-spec.ts';
import { ParameterDeclaration } from './parameters.ts';

/**
 * A flow's constants: its static data properties, those of the classes it extends included, nearest first. No constants are functions
 * and classes, accessors, what is undefined, `#` statics, and what begins with `_`.
 */
export function constantsOf(flow: FlowClass): Map<string, unknown> {
  return new Map([...staticsOf(flow)].filter(([, value]) => !isDeclaration(value)));
}

const isDeclaration = (value: unknown): boolean =>
  value instanceof ParameterDeclaration || value instanceof ConfigDeclaration;

function staticsOf(flow: FlowClass): Map<string, unknown> {
  const statics = new Map<string, unknown>();
  const seen = new Set<string>();
  for (const owner of lineOf(flow)) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      // A static that hides another's: what it hides is not to be seen, whatever it is itself.
      if (seen.has(name)) continue;
      seen.add(name);
      const { value, enumerable } = Object.getOwnPropertyDescriptor(owner, name) ?? {};
      if (!enumerable || name.startsWith('_') || typeof value === 'function' || value === undefined) continue;
      statics.set(name, value);
    }
  }
  return statics;
}

/** A flow class and those it extends, FlowSpec aside. */
export function* lineOf(flow: FlowClass): Iterable<FlowClass> {
  for (let one: object = flow; isFlowClass(one); one = Object.getPrototypeOf(one)) yield one;
}

/** What is wrong with a constant, said once it has turned out that it cannot be stored; other errors are thrown on. */
export function constantProblem(name: string, error: unknown): Problem {
  if (!(error instanceof UnstorableError)) throw error;
  const message =
    `The constant "${name}" cannot be stored: ${error.path} ${error.reason}. Static properties are recorded with the run. ` +
    `To leave one out, make it private (static #${name}) or start its name with _.`;
  return { check: 'constants', message };
}

/** Statics that declare what only a field can hold, and constants that a parameter or config hides. */
export function staticProblems(flow: FlowClass, fields: readonly { readonly field: string }[]): Problem[] {
  const taken = new Set(fields.map(({ field }) => field));
  return [...staticsOf(flow)].flatMap(([name, value]) => {
    const declared = `The static "${name}" declares a parameter or config, which is a field of the flow: drop the word static.`;
    const hidden = `The constant "${name}" has the name of a parameter or config. Rename one.`;
    const message = isDeclaration(value) ? declared : taken.has(name) ? hidden : undefined;
    return message === undefined ? [] : [{ check: 'constants', message }];
  });
}
