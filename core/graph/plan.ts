import type { FrameRecord, TransitionRecord } from '#store';
import type { Graph, StepNode } from './graph.ts';
import { structureOf } from './structure.ts';

/** One level of open splits a task stands in. */
interface Level {
  /** The step and task that split. */
  readonly step: string;
  readonly task: string;
  /** Position among the siblings: split index, or number of the branch. */
  readonly position: number;
  /** How many siblings the join waits for. */
  readonly width: number;
  /** Set for a foreach. */
  readonly variable?: string;
}

/** A task that can start now. */
export interface PlannedTask {
  readonly step: string;
  /** Position in the graph: split indices, and the iteration of a loop step, joined by dots; `0` when there is neither. */
  readonly task: string;
  readonly levels: readonly Level[];
  readonly iteration?: number;
  /** The tasks it continues from, as [step, task], in input order. */
  readonly inputs: readonly TaskKey[];
  /** True when the inputs are static branches, found by step name too. */
  readonly namedInputs: boolean;
  /** For a join: the task whose split it closes. */
  readonly closes?: TaskKey;
}

/** A task's place in its run. */
export interface TaskKey {
  readonly step: string;
  readonly task: string;
}

/** What a finished task chose. */
export interface ChosenTransition {
  readonly steps: readonly string[];
  /** Number of elements when it is a foreach. */
  readonly numSplits?: number;
}

/** What a recorded transition chose; nothing where the task recorded none, as `end` does. */
export const choiceOf = ({ steps, foreach }: TransitionRecord = { steps: [] }): ChosenTransition => ({
  steps,
  ...(foreach ? { numSplits: foreach.numSplits } : {}),
});

interface NewTask {
  readonly levels: readonly Level[];
  readonly inputs: readonly TaskKey[];
  readonly iteration?: number;
  readonly named?: boolean;
  readonly closes?: TaskKey;
}

interface Waiting {
  readonly arrived: Map<number, TaskKey>;
}

/** The foreach levels of a task, outermost first, as its record keeps them. */
export const framesOf = ({ levels }: PlannedTask): FrameRecord[] =>
  levels.flatMap(({ step, task, variable, position, width }) =>
    variable === undefined ? [] : [{ step, task, variable, index: position, numSplits: width }],
  );

/**
 * Decides which tasks may start when one has finished. Knows nothing of processes, values or time: the same finished tasks
 * give the same plan. A join waits until every branch of its split has arrived, in whatever order.
 */
export class Plan {
  readonly #graph: Graph;
  readonly #joinOf: ReadonlyMap<string, string>;
  /** Splits whose join waits, by `step/task` of the task that split. */
  readonly #waiting = new Map<string, Waiting>();

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#joinOf = structureOf(graph).joinOf;
  }

  /** The first task. */
  begin(): PlannedTask {
    return this.#taskOf('start', { levels: [], inputs: [] });
  }

  /** The tasks that may start now that `task` has finished; lazily, since a foreach may be wide. */
  *after(task: PlannedTask, chosen: ChosenTransition): Iterable<PlannedTask> {
    const node = this.#node(task.step);
    const self: TaskKey = { step: task.step, task: task.task };
    if (node.kind === 'foreach') {
      yield* this.#foreach(task, chosen);
      return;
    }
    for (const [position, step] of chosen.steps.entries()) {
      const split = chosen.steps.length > 1;
      const level: Level = { ...self, position, width: chosen.steps.length };
      const levels = split ? [...task.levels, level] : task.levels;
      const next = this.#node(step);
      if (next.join) {
        const join = this.#arrive(next, levels, self);
        if (join) yield join;
      } else {
        const again = step === task.step ? { iteration: (task.iteration ?? 0) + 1 } : {};
        yield this.#taskOf(step, { levels, inputs: [self], ...again });
      }
    }
  }

  *#foreach(task: PlannedTask, { steps, numSplits = 0 }: ChosenTransition): Iterable<PlannedTask> {
    const node = this.#node(task.step);
    const self: TaskKey = { step: task.step, task: task.task };
    const [step] = steps;
    if (numSplits === 0) {
      const join = this.#joinOf.get(task.step);
      if (join !== undefined) yield this.#taskOf(join, { levels: task.levels, inputs: [], closes: self });
      return;
    }
    for (let position = 0; position < numSplits; position += 1) {
      const level: Level = { ...self, position, width: numSplits, variable: node.variable ?? '' };
      yield this.#taskOf(step ?? '', { levels: [...task.levels, level], inputs: [self] });
    }
  }

  /** Notes a branch's arrival at its join; gives the join's task when it was the last. */
  #arrive(join: StepNode, levels: readonly Level[], from: TaskKey): PlannedTask | undefined {
    const level = levels.at(-1);
    if (!level) return undefined;
    const key = `${level.step}/${level.task}`;
    let waiting = this.#waiting.get(key);
    if (!waiting) {
      waiting = { arrived: new Map() };
      this.#waiting.set(key, waiting);
    }
    waiting.arrived.set(level.position, from);
    if (waiting.arrived.size < level.width) return undefined;
    this.#waiting.delete(key);
    const inputs = [...waiting.arrived].sort(([a], [b]) => a - b).map(([, input]) => input);
    const named = level.variable === undefined;
    const closes: TaskKey = { step: level.step, task: level.task };
    return this.#taskOf(join.name, { levels: levels.slice(0, -1), inputs, named, closes });
  }

  #taskOf(step: string, { levels, inputs, iteration, named = false, closes }: NewTask): PlannedTask {
    const node = this.#node(step);
    const loops = node.kind === 'switch' && node.next.includes(step);
    const turn = loops ? (iteration ?? 0) : undefined;
    const position: number[] = levels.flatMap((level) =>
      level.variable === undefined ? [] : [level.position],
    );
    if (turn !== undefined) position.push(turn);
    return {
      step,
      task: position.length > 0 ? position.join('.') : '0',
      levels,
      inputs,
      namedInputs: named,
      ...(closes ? { closes } : {}),
      ...(turn === undefined ? {} : { iteration: turn }),
    };
  }

  #node(step: string): StepNode {
    const node = this.#graph.steps.get(step);
    // A transition was checked against the graph before it came here.
    if (!node) throw new Error(`The graph of ${this.#graph.flow} has no step "${step}".`);
    return node;
  }
}
