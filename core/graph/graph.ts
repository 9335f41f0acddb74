import type { ExceptionRecord, StepKind } from '#store';
import { type SourcePlace, TransitionError } from '../errors.ts';
import { exceptionOf } from '../exceptions.ts';
import type { StepOptions } from '../flow/step-options.ts';
import type { StepDecoration, StepMethod } from '../flow/steps.ts';
import type { NextCall } from './method-source.ts';

/** Finds places and comments in the sources a flow was compiled from. */
export interface SourceFinder {
  /** Source position of a method, plus `offset` characters into its compiled text. */
  place(method: StepMethod, offset?: number): SourcePlace | undefined;
  /** The doc comment above a method or, given a class, above the class; without comment marks. */
  doc(of: StepMethod | { readonly name: string; readonly prototype: object }): string | undefined;
}

/** A `this.next(...)` that a step reaches. */
export interface StepCall extends NextCall {
  /** The method of a base class it stands in, called by `super`; absent when it stands in the step's own. */
  readonly within?: StepMethod;
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
  /** Every `this.next(...)` in the method, and in what it calls by `super`. */
  readonly calls: readonly StepCall[];
  /** The class that the method is inherited from; absent for a method of the flow's own class. */
  readonly inheritedFrom?: string;
  /** Options of its `@step`. */
  readonly options: StepOptions;
  /** Its decorators beside `@step`, outermost first. */
  readonly decorators: readonly StepDecoration[];
  readonly doc?: string;
  readonly place?: SourcePlace;
  /** Place of a call. */
  placeOf(call: StepCall): SourcePlace | undefined;
}

/** The steps of a flow and how they follow each other. */
export interface Graph {
  readonly flow: string;
  readonly doc?: string;
  readonly steps: ReadonlyMap<string, StepNode>;
  /** Methods with decorators of steps that are none, by name, with the names of these. */
  readonly noSteps?: ReadonlyMap<string, readonly string[]>;
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

/** What is wrong with a transition that a task chose, by the graph, which the plan relies on; undefined when it fits. */
export function strayTransition(
  graph: Graph,
  step: string,
  chosen: { readonly steps: readonly string[] } | undefined,
): ExceptionRecord | undefined {
  const known = graph.steps.get(step)?.next ?? [];
  const steps = chosen?.steps ?? [];
  if (steps.every((one) => known.includes(one))) return undefined;
  const message = `The step "${step}" went to ${steps.join(', ')}, but its source says ${known.join(', ')}.`;
  return exceptionOf(new TransitionError(step, message));
}
