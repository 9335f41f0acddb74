import type { StepKind } from '#store';
import type { SourcePlace } from './errors.ts';
import { type NextCall, readMethod } from './method-source.ts';
import { type StepMethod, stepMethods } from './steps.ts';

/** Finds places and comments in the sources a flow was compiled from. */
export interface SourceFinder {
  /** Source position of a method, plus `offset` characters into its compiled text. */
  place(method: StepMethod, offset?: number): SourcePlace | undefined;
  /** The doc comment above a method or, given a class, above the class; without comment marks. */
  doc(of: StepMethod | { readonly name: string; readonly prototype: object }): string | undefined;
}

/** One step of a flow, as far as its source tells. */
export interface StepNode {
  readonly name: string;
  readonly kind: StepKind;
  /** True when the step takes `inputs`. */
  readonly join: boolean;
  /** Names of the steps it may go to, in source order. */
  readonly next: readonly string[];
  /** The artifact a foreach iterates or a switch looks at. */
  readonly variable?: string;
  readonly cases?: readonly { readonly case: string; readonly step: string }[];
  /** Number of parameters of the method. */
  readonly arity: number;
  /** Every `this.next(...)` in the method. */
  readonly calls: readonly NextCall[];
  readonly doc?: string;
  readonly place?: SourcePlace;
  /** Place of an offset into the method's text. */
  placeOf(offset: number): SourcePlace | undefined;
}

/** The steps of a flow and how they follow each other. */
export interface Graph {
  readonly flow: string;
  readonly doc?: string;
  readonly steps: ReadonlyMap<string, StepNode>;
}

const NOWHERE: SourceFinder = { place: () => undefined, doc: () => undefined };

/** Reads the graph off a flow class, from the source text of its step methods. Never throws on a wrong flow: lint tells. */
export function graphOf(
  flow: { readonly name: string; readonly prototype: object },
  source: SourceFinder = NOWHERE,
): Graph {
  const steps = new Map<string, StepNode>();
  for (const [name, method] of stepMethods(flow)) steps.set(name, stepNode(name, method, source));
  const doc = source.doc(flow);
  return { flow: flow.name, steps, ...(doc ? { doc } : {}) };
}

function stepNode(name: string, method: StepMethod, source: SourceFinder): StepNode {
  const { arity, calls } = readMethod(method.toString());
  const call = calls.find(({ form }) => form.kind !== 'invalid');
  const doc = source.doc(method);
  const place = source.place(method);
  return {
    name,
    arity,
    calls,
    join: arity > 0,
    placeOf: (offset) => source.place(method, offset),
    ...(doc ? { doc } : {}),
    ...(place ? { place } : {}),
    ...transitionOf(call),
  };
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

/** The steps in an order in which each comes after those it follows; unreachable ones last, in source order. */
export function topologicalOrder(graph: Graph): StepNode[] {
  const done = new Set<string>();
  const order: StepNode[] = [];
  const visit = (name: string): void => {
    const node = graph.steps.get(name);
    if (!node || done.has(name)) return;
    done.add(name);
    // Depth first, last branch first, so that after the reversal the first branch comes first.
    for (const next of [...node.next].reverse()) visit(next);
    order.push(node);
  };
  visit('start');
  order.reverse();
  const rest = [...graph.steps.values()].filter(({ name }) => !done.has(name));
  return [...order, ...rest];
}
