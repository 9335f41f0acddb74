import { decoratedNoSteps, decorationsOf, type StepMethod, stepMark, stepMethods } from '../flow/steps.ts';
import type { Graph, SourceFinder, StepNode } from './graph.ts';
import { type NextCall, readMethod } from './method-source.ts';

const NOWHERE: SourceFinder = { place: () => undefined, doc: () => undefined };

/** Reads the graph off a flow class, from the source text of its step methods. Never throws on a wrong flow: lint tells. */
export function graphOf(
  flow: { readonly name: string; readonly prototype: object },
  source: SourceFinder = NOWHERE,
): Graph {
  const steps = new Map<string, StepNode>();
  for (const [name, method] of stepMethods(flow)) steps.set(name, stepNode(name, method, source));
  const doc = source.doc(flow);
  return { flow: flow.name, steps, noSteps: decoratedNoSteps(flow), ...(doc ? { doc } : {}) };
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
    options: stepMark(method)?.options ?? {},
    decorators: decorationsOf(method),
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
