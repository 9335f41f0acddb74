import type { Graph, StepNode } from './graph.ts';

/**
 * The steps that are surely never reached from start. Where a transition is broken, nobody knows what it leads to: as many ways into what
 * is not reached as there are broken ones may be theirs. Only when there are more is something lost, and then it is the steps that
 * begin those ways that are given.
 */
export function orphansOf(graph: Graph): StepNode[] {
  const { steps } = graph;
  if (!steps.has('start')) return [];
  const reached = reachedFrom(['start'], graph);
  const lost = [...steps.values()].filter(({ name }) => !reached.has(name));
  const broken = brokenTransitions(graph);
  if (broken === 0) return lost;
  const followers = reachedFrom(
    lost.flatMap(({ name, next }) => next.filter((one) => one !== name)),
    graph,
  );
  const first = lost.filter(({ name }) => !followers.has(name));
  return first.length > broken ? first : [];
}

function reachedFrom(names: Iterable<string>, { steps }: Graph): Set<string> {
  const reached = new Set(names);
  for (const name of reached) for (const next of steps.get(name)?.next ?? []) reached.add(next);
  return reached;
}

function brokenTransitions({ steps }: Graph): number {
  let broken = 0;
  for (const { name, calls, next } of steps.values()) {
    const isBroken =
      name !== 'end' && (calls.length === 0 || calls.some(({ form }) => form.kind === 'invalid'));
    broken += (isBroken ? 1 : 0) + next.filter((one) => !steps.has(one)).length;
  }
  return broken;
}
