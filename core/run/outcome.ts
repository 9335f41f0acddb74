import type { ExceptionRecord } from '#store';
import { type Graph, strayTransition } from '../graph/graph.ts';
import type { TaskReturn } from '../worker/task-listener.ts';

/** What became of an attempt. */
export interface Outcome {
  /** What made it fail, or was caught. */
  readonly exception: ExceptionRecord | undefined;
  /** The exception was caught: the attempt is successful. */
  readonly isCaught: boolean;
}

/** Judges what a worker gave back for an attempt of a step. */
export function outcomeOf(graph: Graph, step: string, { result, death }: TaskReturn): Outcome {
  const stray = strayTransition(graph, step, result?.transition);
  const exception = stray ?? death ?? result?.exception;
  return { exception, isCaught: !stray && result?.isCaught === true };
}
