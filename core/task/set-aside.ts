import { policyOf, type StepPolicy } from '../flow/step-policy.ts';
import type { StepDecoration } from '../flow/steps.ts';
import type { Graph } from '../graph/graph.ts';
import type { SpinOptions } from '../run-options.ts';

/**
 * Decorators that do not count when a task is executed alone: whoever does that wants to see its error, at once. Under an inspector no time
 * is too long.
 */
export const setAsideFor = ({ inspect }: SpinOptions): readonly string[] => [
  'retry',
  'catchError',
  ...(inspect ? ['timeout'] : []),
];

const decorationsBut = (
  decorators: readonly StepDecoration[],
  setAside: readonly string[],
): readonly StepDecoration[] => decorators.filter(({ name, hooks }) => hooks || !setAside.includes(name));

/** What is left of a policy: `catchError` still sets its variable when there was no error. */
export function policyBut(
  decorators: readonly StepDecoration[],
  setAside: readonly string[] = [],
): StepPolicy {
  const { catches } = policyOf(decorators);
  const others = policyOf(decorationsBut(decorators, setAside));
  if (!catches || others.catches) return others;
  return { ...others, catches: { ...catches, isSetAside: true } };
}

/** The graph as if its steps had never had those decorators. */
export function graphBut(graph: Graph, setAside: readonly string[]): Graph {
  const steps = [...graph.steps].map(
    ([name, node]) => [name, { ...node, decorators: decorationsBut(node.decorators, setAside) }] as const,
  );
  return { ...graph, steps: new Map(steps) };
}
