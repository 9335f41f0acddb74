import { ParameterError, type ParameterProblem } from '../errors.ts';
import type { Surroundings } from '../surroundings.ts';
import { followsFrom } from './describe-flow.ts';
import type { LoadedFlow } from './load-flow.ts';
import { type GivenValues, parameterValues } from './parameter-values.ts';

/**
 * The values of a flow's parameters by field, in the order of declaration. Throws one ParameterError with everything that is wrong with
 * what configs and parameters are given.
 */
export async function inputValues(
  flow: Pick<LoadedFlow, 'parameters' | 'valueProblems' | 'uses' | 'settle'>,
  parameters: Readonly<Record<string, unknown>>,
  { kept, ...around }: Surroundings & Pick<GivenValues, 'kept'>,
): Promise<ReadonlyMap<string, unknown>> {
  const given = {
    values: parameters,
    ...(kept ? { kept } : {}),
    ...around,
    settle: (field: string, value: unknown) => flow.settle(field, value),
  };
  if (flow.valueProblems.length === 0) return parameterValues(flow.parameters, given);
  const unknown = new Set(flow.valueProblems.map(({ parameter }) => parameter));
  const problems = await problemsIn(() => parameterValues(flow.parameters, { ...given, unknown }));
  const own = problems.filter(({ parameter }) => !followsFrom(unknown, parameter, flow.uses));
  throw new ParameterError([...flow.valueProblems, ...own]);
}

/** The same, told instead of thrown; none when a run can begin. */
export const valueProblems = (
  flow: LoadedFlow,
  parameters: Readonly<Record<string, unknown>>,
  around: Surroundings,
): Promise<readonly ParameterProblem[]> => problemsIn(() => inputValues(flow, parameters, around));

async function problemsIn(find: () => Promise<unknown>): Promise<readonly ParameterProblem[]> {
  try {
    await find();
    return [];
  } catch (error) {
    if (error instanceof ParameterError) return error.problems;
    throw error;
  }
}
