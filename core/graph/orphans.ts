import type { Graph, StepNode } from './graph.ts';

/**
 * The steps that are surely never reached from start. What a broken transition was to lead to is not known, and telling of it too would
 * tell one fault twice: a target that does not exist accounts for one way into what is not reached, and so does a missing or
 * unreadable transition as long as `end` is not reached. Only when there are more such ways is something lost, and then it is the
 * steps that begin them that are given.
 */
export function orphansOf(graph: Graph): StepNode[] {
  const { steps } = graph;
  if (!steps.has('start')) return [];
  const reached = reachedFrom(['start'], graph);
  const lost = [...steps.values()].filter(({ name }) => !reached.has(name));
  const { unknown, missing } = brokenTransitions(graph);
  if (unknown + missing === 0) return lost;
  const followers = reachedFrom(
    lost.flatMap(({ name, next }) => next.filter((one) => one !== name)),
    graph,
  );
  const first = lost.filter(({ name }) => !followers.has(name));
  const accountedFor = unknown + (reached.has('end') ? 0 : missing);
  return first.length > accountedFor ? first : [];
}

function reachedFrom(names: Iterable<string>, { steps }: Graph): Set<string> {
  const reached = new Set(names);
  for (const name of reached) for (const next of steps.get(name)?.next ?? []) reached.add(next);
  return reached;
}

/** How many targets do not exist, and how many steps do not say where they go. */
function brokenTransitions({ steps }: Graph): { readonly unknown: number; readonly missing: number } {
  let unknown = 0;
  let missing = 0;
  for (const { name, calls, next } of steps.values()) {
    if (name !== 'end' && (calls.length === 0 || calls.some(({ form }) => form.kind === 'invalid')))
      missing += 1;
    unknown += next.filter((one) => !steps.has(one)).length;
  }
  return { unknown, missing };
}
