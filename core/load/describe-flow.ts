import { ParameterError, type Problem } from '../errors.ts';
import { ConfigDeclaration, type FlowConfig } from '../flow/configs.ts';
import { type FlowClass, type FlowSpec, newFlowOn } from '../flow/flow-spec.ts';
import { hasOpenType, kindOf } from '../flow/parameter-kind.ts';
import type { FlowParameter } from '../flow/parameter-names.ts';
import { collectDeclarations, ParameterDeclaration } from '../flow/parameters.ts';
import { type FlowError, flowError } from './flow-stack.ts';

type Declaration = ParameterDeclaration | ConfigDeclaration;

/** What the fields of a flow declare. */
export interface Described {
  readonly parameters: readonly FlowParameter[];
  readonly configs: readonly FlowConfig[];
  /** Parameters and configs whose values other field initialisers use. */
  readonly fieldReads: readonly string[];
  /** For each field, the parameters and configs that its initialiser uses. */
  readonly uses: ReadonlyMap<string, ReadonlySet<string>>;
  /** The values of the other fields; of those that use parameters only the class counts. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Parameters and configs used by the initialiser that throws; absent when none does. */
  readonly failedWith?: readonly string[];
  readonly problems: readonly Problem[];
  /** Makes a value known: functions among the fields, such as a parameter's default, see it from now on. */
  settle(field: string, value: unknown): void;
}

/**
 * Finds the parameters and configs of a flow by initialising its fields. An initialiser that uses a parameter (`x = this.alpha * 2`) gets
 * the value in `known`, else one of its kind that stands in for it: what becomes of the field is of no interest yet. `bundle` is the
 * flow's compiled file.
 */
export function describeFlow(
  flow: FlowClass,
  bundle: string,
  known: ReadonlyMap<string, unknown> = new Map(),
): Described {
  const settled = new Map(known);
  const samples = initialise(flow, { settled, standIn: sampleOf });
  // A value of the right kind may still be unfit; something that takes any use may do.
  const tried = samples.failure === undefined ? samples : initialise(flow, { settled, standIn: () => GHOST });
  const found = tried.failure === undefined ? tried : samples;
  const { fields, reads, uses, values, failure } = found;
  found.end();
  const entries = [...fields];
  return {
    parameters: entries.flatMap(([field, one]) =>
      one instanceof ParameterDeclaration ? [{ field, declaration: one }] : [],
    ),
    configs: entries.flatMap(([field, one]) =>
      one instanceof ConfigDeclaration ? [{ field, declaration: one }] : [],
    ),
    fieldReads: [...reads],
    uses,
    values: failure ? new Map() : values,
    ...(failure ? { failedWith: [...reads] } : {}),
    problems:
      failure === undefined
        ? found.homeless.map(homelessProblem)
        : [failureOf(flowError(failure.error, bundle), [...reads])],
    settle: (field, value) => settled.set(field, value),
  };
}

interface Initialised {
  readonly fields: ReadonlyMap<string, Declaration>;
  /** Declarations that no field has ever held. */
  readonly homeless: readonly Declaration[];
  readonly reads: ReadonlySet<string>;
  readonly uses: ReadonlyMap<string, ReadonlySet<string>>;
  readonly values: ReadonlyMap<string, unknown>;
  readonly failure: { readonly error: unknown } | undefined;
  /** From now on what is read and not known is an error: no more values stand in for others. */
  end(): void;
}

function initialise(
  flow: FlowClass,
  {
    settled,
    standIn,
  }: {
    readonly settled: ReadonlyMap<string, unknown>;
    readonly standIn: (declaration: Declaration) => unknown;
  },
): Initialised {
  const declared: Declaration[] = [];
  const held = new Set<unknown>();
  const reads = new Set<string>();
  const uses = new Map<string, ReadonlySet<string>>();
  // Fields are initialised one after the other: what was read since the last one came to be is for the next.
  let since = new Set<string>();
  let hasEnded = false;
  let instance: FlowSpec | undefined;
  const look = (field: string, declaration: Declaration): unknown => {
    if (!hasEnded) {
      reads.add(field);
      since.add(field);
    }
    if (settled.has(field)) return settled.get(field);
    return hasEnded ? tooEarly(field) : standIn(declaration);
  };
  const watch = (bare: FlowSpec): FlowSpec => {
    instance = bare;
    return new Proxy(bare, {
      get(target, key, receiver) {
        const value: unknown = Reflect.get(target, key, receiver);
        return isDeclaration(value) && typeof key === 'string' ? look(key, value) : value;
      },
      defineProperty(target, key, descriptor) {
        held.add(descriptor.value);
        if (typeof key === 'string') uses.set(key, since);
        since = new Set();
        return Reflect.defineProperty(target, key, descriptor);
      },
    });
  };
  let failure: { readonly error: unknown } | undefined;
  try {
    collectDeclarations(declared, () => newFlowOn(watch, flow));
  } catch (error) {
    failure = { error };
  }
  const all = Object.entries(instance ?? {});
  const fields = new Map(all.filter(([, value]) => isDeclaration(value)) as [string, Declaration][]);
  const values = new Map<string, unknown>(all.filter(([, value]) => !isDeclaration(value)));
  const homeless = declared.filter((one) => !held.has(one));
  const end = (): void => {
    hasEnded = true;
  };
  return { fields, homeless, reads, uses, values, failure, end };
}

const isDeclaration = (value: unknown): value is Declaration =>
  value instanceof ParameterDeclaration || value instanceof ConfigDeclaration;

function tooEarly(field: string): never {
  const message = `The value of "${field}" is not known yet: declare it before what uses it.`;
  throw new ParameterError([{ parameter: field, message }]);
}

/** Whether a field was declared with the value of one that has none, directly or through others: nothing can be said of it then. */
export function followsFrom(unknown: ReadonlySet<string>, field: string, uses: Described['uses']): boolean {
  const seen = new Set([field]);
  for (const one of seen) for (const used of uses.get(one) ?? []) seen.add(used);
  return [...seen].some((one) => unknown.has(one) && one !== field);
}

/** A value such as a parameter may have: its default, else some value of its kind. */
function sampleOf(declaration: Declaration): unknown {
  if (declaration instanceof ConfigDeclaration) {
    const { defaultValue } = declaration.options;
    return defaultValue === undefined || typeof defaultValue === 'string' ? GHOST : defaultValue;
  }
  const { default: fallback, separator = ',' } = declaration.options;
  const kind = kindOf({ declaration });
  if (hasOpenType(declaration)) return GHOST;
  if (kind === 'list') return typeof fallback === 'string' ? fallback.split(separator) : (fallback ?? []);
  if (kind === 'json' && typeof fallback === 'string') return jsonOrGhost(fallback);
  if (fallback !== undefined && typeof fallback !== 'function') return fallback;
  return SAMPLES[kind] ?? GHOST;
}

const SAMPLES: Readonly<Record<string, unknown>> = { number: 1, boolean: true, text: '' };

function jsonOrGhost(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return GHOST;
  }
}

/** Takes part in whatever is done with it: has every member, can be called, iterated (it is empty) and turned into a text or number. */
const GHOST: unknown = new Proxy(() => {}, {
  get(_, key) {
    if (key === Symbol.toPrimitive) return (hint: string) => (hint === 'number' ? Number.NaN : '');
    if (key === Symbol.iterator) return () => [].values();
    return key === 'then' ? undefined : GHOST;
  },
  apply: () => GHOST,
});

function failureOf({ text, place }: FlowError, reads: readonly string[]): Problem {
  const names = reads.map((name) => `"${name}"`).join(' and ');
  const message =
    reads.length === 0
      ? `A field initialiser or the constructor throws: ${text}`
      : `A field initialiser or the constructor throws, perhaps because the values of ${names} are known only when a run starts. Compute the field in the step start instead: ${text}`;
  return { check: 'fields', message, ...(place ? { place } : {}) };
}

/** Nothing could give a value to what no field holds. */
function homelessProblem(declaration: Declaration): Problem {
  const { name } = declaration;
  const [kind, call] =
    declaration instanceof ConfigDeclaration ? ['config', 'Config'] : ['parameter', 'Parameter'];
  const message =
    `The ${kind} ${JSON.stringify(name)} is not assigned to a public field. ` +
    `Declare it as: ${name} = ${call}('${name}').`;
  return { check: 'fields', message };
}
