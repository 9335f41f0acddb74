import type { Problem, SourcePlace } from '../errors.ts';
import type { Graph, StepNode } from './graph.ts';
import { decorators } from './lint-decorators.ts';
import { orphansOf } from './orphans.ts';
import { structureOf } from './structure.ts';

type Check = (graph: Graph) => Iterable<Problem>;

/** What a problem is made of; the place is the step's unless a better one is known. */
interface Finding {
  readonly check: string;
  readonly message: string;
  readonly place?: SourcePlace | undefined;
}

function problem(node: StepNode | undefined, { check, message, place = node?.place }: Finding): Problem {
  return { check, message, ...(node ? { step: node.name } : {}), ...(place ? { place } : {}) };
}

/** Runs are kept by the flow's name, which is also that of a branch. */
function* flowName({ flow }: Graph): Iterable<Problem> {
  if (flow === '' || flow === 'default') {
    const message =
      'The flow has no name, and its runs are kept by name. Name the class: class MyFlow extends FlowSpec.';
    yield { check: 'flow', message };
  } else if (flow === 'HEAD') {
    yield {
      check: 'flow',
      message: 'The flow has the name HEAD, which git keeps for itself. Rename the class.',
    };
  }
}

function* endpoints({ flow, steps }: Graph): Iterable<Problem> {
  if (steps.size === 0) {
    yield { check: 'steps', message: `The flow ${flow} has no steps. Decorate its methods with @step.` };
    return;
  }
  for (const name of ['start', 'end']) {
    if (steps.has(name)) continue;
    yield {
      check: 'endpoints',
      message: `The flow ${flow} has no step "${name}". Every flow begins at start and ends at end.`,
    };
  }
  const end = steps.get('end');
  if (end && end.calls.length > 0) {
    yield problem(end, {
      check: 'endpoints',
      message: 'The step "end" calls this.next, but nothing follows it. Remove the call.',
    });
  }
  if (end?.join) {
    yield problem(end, {
      check: 'endpoints',
      message: 'The step "end" takes inputs. Join in a step before it.',
    });
  }
  const start = steps.get('start');
  if (start?.join) {
    yield problem(start, {
      check: 'endpoints',
      message: 'The step "start" takes inputs, but nothing comes before it.',
    });
  }
}

const RESERVED_STEPS = new Set([
  'parameters',
  'constants',
  'next',
  'input',
  'index',
  'foreachStack',
  'mergeArtifacts',
  'constructor',
]);

function* names({ steps }: Graph): Iterable<Problem> {
  for (const node of steps.values()) {
    if (RESERVED_STEPS.has(node.name)) {
      yield problem(node, {
        check: 'names',
        message: `The step "${node.name}" has a reserved name. Rename it.`,
      });
    } else if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(node.name)) {
      const message = `The step "${node.name}" has a name outside A-Z, a-z, 0-9 and _, or one that does not begin with a letter. Rename it.`;
      yield problem(node, { check: 'names', message });
    }
  }
}

function* parameterCounts({ steps }: Graph): Iterable<Problem> {
  for (const node of steps.values()) {
    if (node.arity <= 1) continue;
    const message = `The step "${node.name}" takes ${node.arity} arguments. A join takes one, inputs; other steps take none.`;
    yield problem(node, { check: 'arguments', message });
  }
}

function* transitions({ steps }: Graph): Iterable<Problem> {
  for (const node of steps.values()) {
    if (node.name === 'end') continue;
    const [first, ...others] = node.calls;
    if (!first) {
      const message = `The step "${node.name}" never calls this.next. End the step with a transition, for example this.next(this.end).`;
      yield problem(node, { check: 'transitions', message });
    }
    for (const call of node.calls) {
      if (call.form.kind !== 'invalid') continue;
      const message = `this.next(...) in step "${node.name}" ${call.form.problem}.`;
      yield problem(node, { check: 'transitions', message, place: node.placeOf(call) });
    }
    const other = others.find(({ form }) => JSON.stringify(form) !== JSON.stringify(first?.form));
    if (other) {
      const message =
        `The step "${node.name}" calls this.next with different steps in different places. Call it once; ` +
        'to choose at run time use a switch: this.next({ yes: this.a, no: this.b }, { condition: "name" }).';
      yield problem(node, { check: 'transitions', message, place: node.placeOf(other) });
    }
  }
}

function* targets({ steps }: Graph): Iterable<Problem> {
  const known = [...steps.keys()].join(', ');
  for (const node of steps.values()) {
    const place = node.calls[0] && node.placeOf(node.calls[0]);
    for (const next of node.next) {
      if (steps.has(next)) continue;
      const message = `The step "${node.name}" goes to "${next}", which is not a step of this flow. Its steps: ${known}.`;
      yield problem(node, { check: 'targets', message, place });
    }
    if (node.kind === 'split' && new Set(node.next).size < node.next.length) {
      yield problem(node, {
        check: 'targets',
        message: `The step "${node.name}" splits into the same step twice.`,
        place,
      });
    }
    if (node.next.includes('start')) {
      yield problem(node, {
        check: 'targets',
        message: `The step "${node.name}" goes back to "start", where a flow begins.`,
        place,
      });
    }
  }
}

function* switches({ steps }: Graph): Iterable<Problem> {
  for (const node of steps.values()) {
    if (node.kind !== 'switch' || (node.cases?.length ?? 0) >= 2) continue;
    const message = `The switch in step "${node.name}" has only one case. Add another, or use a plain this.next(...).`;
    yield problem(node, { check: 'switches', message });
  }
}

function* joinLoops({ steps }: Graph): Iterable<Problem> {
  for (const node of steps.values()) {
    if (!node.join || !node.next.includes(node.name)) continue;
    const message =
      `The join "${node.name}" names itself as a case of its switch, but a second turn would have nothing to join. ` +
      'Loop in a step after it.';
    yield problem(node, { check: 'switches', message });
  }
}

function* emptyForeach({ steps }: Graph): Iterable<Problem> {
  for (const node of steps.values()) {
    const next = node.kind === 'foreach' ? steps.get(node.next[0] ?? '') : undefined;
    if (!next?.join) continue;
    const message = `The foreach in step "${node.name}" goes straight to the join "${next.name}". Put a step between them.`;
    yield problem(node, { check: 'foreach', message });
  }
}

/** A cycle as the steps on it, or undefined. A switch that names itself is a loop, not a cycle. */
function findCycle({ steps }: Graph): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    done.add(name);
    path.push(name);
    const node = steps.get(name);
    for (const next of node?.next ?? []) {
      if (next === name && node?.kind === 'switch') continue;
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    path.pop();
    return undefined;
  };
  for (const name of steps.keys()) {
    const cycle = visit(name);
    if (cycle) return cycle;
  }
  return undefined;
}

function* cycles(graph: Graph): Iterable<Problem> {
  const cycle = findCycle(graph);
  if (!cycle) return;
  const message = `The steps ${cycle.join(' -> ')} form a cycle. Only a switch step may loop, by naming itself as a case.`;
  yield problem(graph.steps.get(cycle[0] ?? ''), { check: 'cycles', message });
}

function* orphans(graph: Graph): Iterable<Problem> {
  for (const node of orphansOf(graph)) {
    const message =
      `The step "${node.name}" is never reached from start. ` +
      (node.inheritedFrom === undefined
        ? `Go to it with this.next(this.${node.name}), or remove it.`
        : `It is inherited from ${node.inheritedFrom}: to leave it out, override it without @step, as in ${node.name}() {}. ` +
          `To keep it, go to it with this.next(this.${node.name}).`);
    yield problem(node, { check: 'orphans', message });
  }
}

function* balance(graph: Graph): Iterable<Problem> {
  if (!graph.steps.has('start') || findCycle(graph)) return;
  for (const { step, message } of structureOf(graph).imbalances) {
    yield problem(graph.steps.get(step), { check: 'balance', message });
  }
}

/** The checks of a graph, in the order in which their problems are told. */
export const CHECKS: readonly Check[] = [
  flowName,
  endpoints,
  names,
  parameterCounts,
  transitions,
  targets,
  switches,
  joinLoops,
  emptyForeach,
  decorators,
  cycles,
  orphans,
  balance,
];

/** Every problem of a graph. */
export const lint = (graph: Graph): Problem[] => CHECKS.flatMap((check) => [...check(graph)]);
