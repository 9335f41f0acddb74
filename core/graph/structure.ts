import { type Graph, type StepNode, topologicalOrder } from './graph.ts';

/** An open split on the way to a step; `branch` is the first step of the branch of a static split. */
export interface OpenSplit {
  readonly split: string;
  readonly branch?: string;
}

/** A place where splits and joins do not match. */
export interface Imbalance {
  readonly step: string;
  readonly message: string;
}

/** How the splits of a graph nest. */
export interface Structure {
  /** The join that closes each split, by the split's step. */
  readonly joinOf: ReadonlyMap<string, string>;
  /** The splits open in each step, outermost first. */
  readonly openIn: ReadonlyMap<string, readonly OpenSplit[]>;
  readonly imbalances: readonly Imbalance[];
}

/** An arrival at a step: where from, and the splits open on the way. */
interface Arrival {
  readonly from: string;
  readonly open: readonly OpenSplit[];
}

/** Works out which join closes which split, in one pass over an acyclic graph (a switch's loop to itself is no cycle). */
export function structureOf(graph: Graph): Structure {
  const arrivals = new Map<string, Arrival[]>([['start', []]]);
  const joinOf = new Map<string, string>();
  const openIn = new Map<string, readonly OpenSplit[]>();
  const imbalances: Imbalance[] = [];
  for (const node of topologicalOrder(graph)) {
    const reached = arrivals.get(node.name);
    if (!reached) continue;
    const { open, problem } = node.join ? closeSplit(node, { reached, graph, joinOf }) : meet(node, reached);
    if (problem) imbalances.push({ step: node.name, message: problem });
    openIn.set(node.name, open);
    if (node.kind === 'end' && open.length > 0)
      imbalances.push({ step: node.name, message: unclosed(node, open) });
    for (const next of node.next) {
      if (next === node.name) continue;
      const list = arrivals.get(next) ?? [];
      list.push({ from: node.name, open: splitTowards(node, next, open) });
      arrivals.set(next, list);
    }
  }
  return { joinOf, openIn, imbalances };
}

interface Met {
  readonly open: readonly OpenSplit[];
  readonly problem?: string;
}

function splitTowards(node: StepNode, next: string, open: readonly OpenSplit[]): readonly OpenSplit[] {
  if (node.kind === 'split') return [...open, { split: node.name, branch: next }];
  return node.kind === 'foreach' ? [...open, { split: node.name }] : open;
}

/** A step without `inputs`: however it is reached, the same splits must be open. */
function meet(node: StepNode, reached: readonly Arrival[]): Met {
  const [first, ...others] = reached;
  const open = first?.open ?? [];
  const other = others.find((arrival) => keyOf(arrival.open) !== keyOf(open));
  if (!first || !other) return { open };
  const problem =
    `The step "${node.name}" is reached by several branches (from "${first.from}" and "${other.from}") but takes no inputs. ` +
    `Make it a join, ${node.name}(inputs), or give each branch a way of its own to a join.`;
  return { open, problem };
}

/** A step with `inputs`: closes the innermost split of all that reach it. */
function closeSplit(
  node: StepNode,
  { reached, graph, joinOf }: { reached: readonly Arrival[]; graph: Graph; joinOf: Map<string, string> },
): Met {
  const [first] = reached;
  const innermost = first?.open.at(-1);
  if (!first || !innermost) {
    return {
      open: [],
      problem: `The step "${node.name}" takes inputs, but there is no open split before it to join.`,
    };
  }
  const outer = first.open.slice(0, -1);
  for (const { from, open } of reached) {
    if (open.at(-1)?.split === innermost.split && keyOf(open.slice(0, -1)) === keyOf(outer)) continue;
    const problem =
      `The step "${node.name}" joins "${first.from}" and "${from}", which belong to different splits. ` +
      'Give each split a join of its own.';
    return { open: outer, problem };
  }
  const elsewhere = joinOf.get(innermost.split);
  if (elsewhere !== undefined && elsewhere !== node.name) {
    const problem = `The split "${innermost.split}" is joined in "${elsewhere}" and in "${node.name}". Join it once.`;
    return { open: outer, problem };
  }
  joinOf.set(innermost.split, node.name);
  const arrived = new Set(reached.map(({ open }) => open.at(-1)?.branch));
  const absent = graph.steps.get(innermost.split)?.next.filter((branch) => !arrived.has(branch)) ?? [];
  if (innermost.branch !== undefined && absent.length > 0) {
    const problem =
      `The join "${node.name}" does not get every branch of the split "${innermost.split}": ` +
      `${absent.map((name) => `"${name}"`).join(', ')} never reaches it.`;
    return { open: outer, problem };
  }
  return { open: outer };
}

function unclosed(node: StepNode, open: readonly OpenSplit[]): string {
  const splits = open.map(({ split }) => `"${split}"`).join(', ');
  return `The step "${node.name}" is reached before the split ${splits} is joined. Add a join, a step that takes inputs, before it.`;
}

const keyOf = (open: readonly OpenSplit[]): string =>
  JSON.stringify(open.map(({ split, branch }) => [split, branch]));
