import type { ExceptionRecord } from '#store';
import { stepMark } from '../flow/steps.ts';
import type { ThisUse } from '../graph/method-source.ts';

/** What the search for unset names looks at. */
export interface FailedStep {
  /** The flow instance as the step left it. */
  readonly flow: object;
  readonly method: (...args: never[]) => unknown;
}

/**
 * Adds to the record of a TypeError about `undefined` which artifacts the step reads that nobody has ever set: the engine's own message
 * names the member that was looked for, and not where. The step's source tells, so a step that does not fail pays nothing.
 */
export async function withUnsetNames(record: ExceptionRecord, failed: FailedStep): Promise<ExceptionRecord> {
  if (record.name !== 'TypeError' || !OF_UNDEFINED.test(record.message)) return record;
  const { readMethod } = await import('../graph/method-source.ts');
  const names = unsetNames(record.message, usesOf(failed, readMethod), failed.flow);
  if (names.length === 0) return record;
  const [first, ...others] = names.map((name) => `this.${name}`);
  const subject = others.length === 0 ? `${first} was` : `${[first, ...others].join(', ')} were`;
  const end = /[.!?]$/.test(record.message) ? '' : '.';
  return {
    ...record,
    message: `${record.message}${end} ${subject} never set: assign it in this step or an earlier one.`,
  };
}

const OF_UNDEFINED = /undefined|is not iterable|is not a function/;

function unsetNames(message: string, uses: readonly ThisUse[], flow: object): string[] {
  const unset = uses.filter(({ name, kind }) => kind === 'read' && !(name in flow));
  const [, member] = /\((?:reading|setting) '([^']+)'\)/.exec(message) ?? [];
  const exact = unset.filter((use) => member !== undefined && use.member === member);
  const words = new Set(message.split(/[^\p{ID_Continue}$.]+/u));
  const named = unset.filter(({ name }) => words.has(`this.${name}`));
  // Where node says which field it was, the others have no part in it.
  const isNamed = /\bthis\.[\p{ID_Start}$_]/u.test(message);
  const likely = exact.length > 0 ? exact : isNamed ? named : unset;
  return [...new Set(likely.map(({ name }) => name))];
}

type ReadMethod = (text: string) => { readonly uses: readonly ThisUse[] };

/** What a step, and the methods of the flow that it calls, do with `this`. */
function usesOf({ flow, method }: FailedStep, readMethod: ReadMethod): ThisUse[] {
  const methods = new Set<unknown>([method]);
  const uses: ThisUse[] = [];
  for (const one of methods) {
    const found = usesIn(String(one), readMethod);
    uses.push(...found);
    for (const { name } of found) {
      const helper = methodOf(flow, name);
      // A step that is named is another task's.
      if (helper && !stepMark(helper)) methods.add(helper);
    }
  }
  return uses;
}

function usesIn(text: string, readMethod: ReadMethod): readonly ThisUse[] {
  try {
    return readMethod(text).uses;
  } catch {
    // No method by its text: a bound function, or one that a field holds.
    return [];
  }
}

/** A method of the flow's classes; nothing that only a look at the instance would give, which might load an artifact. */
function methodOf(flow: object, name: string): unknown {
  for (let proto = Object.getPrototypeOf(flow); proto; proto = Object.getPrototypeOf(proto)) {
    const value: unknown = Object.getOwnPropertyDescriptor(proto, name)?.value;
    if (typeof value === 'function') return value;
  }
  return undefined;
}
