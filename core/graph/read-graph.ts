import { decoratedNoSteps, decorationsOf, type StepMethod, stepMark, stepMethods } from '../flow/steps.ts';
import type { Graph, SourceFinder, StepCall, StepNode } from './graph.ts';
import { type NextCall, readMethod } from './method-source.ts';

const NOWHERE: SourceFinder = { place: () => undefined, doc: () => undefined };

/** Reads the graph off a flow class, from the source text of its step methods. Never throws on a wrong flow: lint tells. */
export function graphOf(
  flow: { readonly name: string; readonly prototype: object },
  source: SourceFinder = NOWHERE,
): Graph {
  const steps = new Map<string, StepNode>();
  for (const [name, method] of stepMethods(flow)) steps.set(name, stepNode(name, { method, flow, source }));
  const doc = source.doc(flow);
  return { flow: flow.name, steps, noSteps: decoratedNoSteps(flow), ...(doc ? { doc } : {}) };
}

interface StepSource {
  readonly method: StepMethod;
  readonly flow: { readonly prototype: object };
  readonly source: SourceFinder;
}

function stepNode(name: string, { method, flow, source }: StepSource): StepNode {
  const { arity } = readMethod(method.toString());
  const home = homeOf(flow.prototype, name, method);
  const calls = callsOf(method, home);
  const call = calls.find(({ form }) => form.kind !== 'invalid');
  const doc = source.doc(method);
  const place = source.place(method);
  const owner = home === flow.prototype ? undefined : home?.constructor?.name;
  return {
    name,
    arity,
    calls,
    options: stepMark(method)?.options ?? {},
    decorators: decorationsOf(method),
    join: arity > 0,
    placeOf: ({ offset, within = method }) => source.place(within, offset),
    ...(owner ? { inheritedFrom: owner.replace(/^_/, '') } : {}),
    ...(doc ? { doc } : {}),
    ...(place ? { place } : {}),
    ...transitionOf(call),
  };
}

/** Every transition that a method makes itself or by what it calls of its base classes, in source order. */
function callsOf(method: StepMethod, home: object | undefined, within?: StepMethod): StepCall[] {
  const { calls, supers } = readMethod(method.toString());
  const own = calls.map((call) => ({ at: call.offset, calls: [{ ...call, ...(within ? { within } : {}) }] }));
  const inherited = supers.map(({ name, offset }) => {
    // What `super` means is fixed by the class a method is written in.
    const [next, base] = home ? found(Object.getPrototypeOf(home), name) : [];
    return { at: offset, calls: base ? callsOf(base, next, base) : [] };
  });
  return [...own, ...inherited].sort((a, b) => a.at - b.at).flatMap((one) => one.calls);
}

/** The prototype that has a method as its own. */
function homeOf(prototype: object, name: string, method: StepMethod): object | undefined {
  for (let proto: object | null = prototype; proto; proto = Object.getPrototypeOf(proto))
    if (Object.getOwnPropertyDescriptor(proto, name)?.value === method) return proto;
  return undefined;
}

/** A method as it is found from a prototype on, and the prototype that has it. */
function found(from: object | null, name: string): [object, StepMethod] | [] {
  for (let proto = from; proto && proto !== Object.prototype; proto = Object.getPrototypeOf(proto)) {
    const value: unknown = Object.getOwnPropertyDescriptor(proto, name)?.value;
    if (typeof value === 'function') return [proto, value as StepMethod];
  }
  return [];
}

function transitionOf(call: NextCall | undefined): Pick<StepNode, 'kind' | 'next' | 'variable' | 'cases'> {
  if (!call || call.form.kind === 'invalid') return { kind: 'end', next: [] };
  const { form } = call;
  switch (form.kind) {
    case 'steps':
      return { kind: form.steps.length > 1 ? 'split' : 'linear', next: form.steps };
    case 'foreach':
      return { kind: 'foreach', next: [form.step], variable: form.variable };
    case 'switch':
      return {
        kind: 'switch',
        next: [...new Set(form.cases.map((one) => one.step))],
        variable: form.variable,
        cases: form.cases,
      };
  }
}
