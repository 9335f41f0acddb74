import {
  type PackedObject,
  PackSink,
  type StoredValue,
  storeValue,
  type TreeEntry,
  UnstorableError,
} from '#store';
import { FlowProblemsError, ParameterError, type ParameterProblem, type Problem } from '../errors.ts';
import { constantProblem } from '../flow/constants.ts';
import type { LoadedFlow } from './load-flow.ts';

/** What all tasks of a run share, ready to be recorded. */
export interface StoredInputs {
  /** Configs, then parameters. */
  readonly parameters: readonly TreeEntry[];
  readonly constants: readonly TreeEntry[];
  readonly objects: readonly PackedObject[];
  /** Bytes of the values, uncompressed. */
  readonly logical: number;
}

/**
 * Encodes the constants of a flow and the values of its configs and parameters. Throws FlowProblemsError with all constants, else
 * ParameterError with all values, that cannot be stored; nothing has been recorded then.
 */
export function storeInputs(
  { flow, constants, configValues }: Pick<LoadedFlow, 'flow' | 'constants' | 'configValues'>,
  values: ReadonlyMap<string, unknown>,
): StoredInputs {
  const sink = new PackSink();
  const problems: Problem[] = [];
  const storedConstants = storeAll(constants, sink, (name, error) =>
    problems.push(constantProblem(name, error)),
  );
  if (problems.length > 0) throw new FlowProblemsError(flow.name, problems);
  const misfits: ParameterProblem[] = [];
  const parameters = storeAll(new Map([...configValues, ...values]), sink, (name, error) => {
    if (!(error instanceof UnstorableError)) throw error;
    const message = `The value of the parameter "${name}" cannot be stored: ${error.path} ${error.reason}.`;
    misfits.push({ parameter: name, message });
  });
  if (misfits.length > 0) throw new ParameterError(misfits);
  return {
    parameters: parameters.map(({ entry }) => entry),
    constants: storedConstants.map(({ entry }) => entry),
    objects: sink.take(),
    logical: [...parameters, ...storedConstants].reduce((sum, { size }) => sum + size, 0),
  };
}

/** Every problem that the constants of a flow have. */
export function unstorableConstants(constants: ReadonlyMap<string, unknown>): Problem[] {
  const problems: Problem[] = [];
  storeAll(constants, new PackSink(), (name, error) => problems.push(constantProblem(name, error)));
  return problems;
}

function storeAll(
  values: ReadonlyMap<string, unknown>,
  sink: PackSink,
  refuse: (name: string, error: unknown) => void,
): StoredValue[] {
  const stored: StoredValue[] = [];
  for (const [name, value] of values) {
    try {
      stored.push(storeValue(name, value, sink));
    } catch (error) {
      refuse(name, error);
    }
  }
  return stored;
}
