import { FlowProblemsError, type Problem } from '../errors.ts';
import { lint } from '../graph/lint.ts';
import type { LoadedFlow } from './load-flow.ts';
import { unstorableConstants } from './store-inputs.ts';

/** Every problem of a flow that can be told before it is run: of its graph, its fields and its constants. */
export const problemsOf = (flow: LoadedFlow): Problem[] => [
  ...structuralProblems(flow),
  ...unstorableConstants(flow.constants),
];

/** Throws {@link FlowProblemsError} with all problems of a flow's graph and fields when it has any. */
export function assertSound(flow: Pick<LoadedFlow, 'graph' | 'problems'>): void {
  const problems = structuralProblems(flow);
  if (problems.length > 0) throw new FlowProblemsError(flow.graph.flow, problems);
}

const structuralProblems = ({ graph, problems }: Pick<LoadedFlow, 'graph' | 'problems'>): Problem[] => [
  ...lint(graph),
  ...problems,
];
