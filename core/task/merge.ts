import { ArtifactReader, type Repository, sameValue, type TreeEntry } from '#store';
import { type MergeConflict, MergeConflictError, MergeMissingError, MergeUsageError } from '../errors.ts';
import type { MergeOptions } from '../flow/task-state.ts';
import type { InputState } from './inputs-view.ts';

/** What a merge has to know. */
export interface MergeContext {
  readonly step: string;
  readonly isJoin: boolean;
  readonly repository: Repository;
  readonly options: MergeOptions;
  /** Whether `this` has a value of the name already. */
  isSet(name: string): boolean;
  /** Artifacts of the task that split, for the three-way strategy. */
  readonly base: () => ReadonlyMap<string, TreeEntry>;
}

interface Candidate {
  readonly input: InputState;
  readonly entry: TreeEntry;
}

/**
 * Chooses the artifacts a join takes over from its branches, as the seed document says: unambiguous ones propagate,
 * ambiguity is judged by digest. Throws, having changed nothing, on any conflict or missing name.
 */
export function mergedArtifacts(
  inputs: readonly InputState[],
  context: MergeContext,
): Map<string, TreeEntry> {
  const { include, exclude } = context.options;
  if (!context.isJoin) {
    throw new MergeUsageError(
      `mergeArtifacts works in joins only, and the step "${context.step}" takes no inputs.`,
    );
  }
  if (include && exclude) {
    throw new MergeUsageError(
      `mergeArtifacts in step "${context.step}" got both include and exclude. Give one of the two lists.`,
    );
  }
  const candidates = collect(inputs, context);
  const merged = new Map<string, TreeEntry>();
  const conflicts: MergeConflict[] = [];
  for (const [name, values] of candidates) {
    const groups = groupByValue(values, context.repository);
    const chosen = groups.length === 1 ? values[0]?.entry : onlyChange(name, groups, context);
    if (chosen) merged.set(name, chosen);
    else
      conflicts.push({ artifact: name, values: groups.map((group) => describe(group, context.repository)) });
  }
  if (conflicts.length > 0) throw new MergeConflictError(context.step, conflicts);
  const missing = include?.filter((name) => !merged.has(name) && !context.isSet(name)) ?? [];
  if (missing.length > 0) throw new MergeMissingError(context.step, missing, knownNames(inputs));
  return merged;
}

/** Every artifact to merge, with each branch that has it, in branch order. */
function collect(inputs: readonly InputState[], { options, isSet }: MergeContext): Map<string, Candidate[]> {
  const include = options.include && new Set(options.include);
  const exclude = new Set(options.exclude);
  const candidates = new Map<string, Candidate[]>();
  for (const input of inputs) {
    for (const [name, entry] of input.entries) {
      if (include ? !include.has(name) : exclude.has(name)) continue;
      if (isSet(name)) continue;
      const values = candidates.get(name);
      if (values) values.push({ input, entry });
      else candidates.set(name, [{ input, entry }]);
    }
  }
  return candidates;
}

/** Groups branches that hold the same value; no value is loaded. */
function groupByValue(values: readonly Candidate[], repository: Repository): Candidate[][] {
  const byId = groupBy(values, ({ entry }) => entry.id);
  if (byId.length === 1) return byId;
  // Two trees with different ids may still hold one value, compressed differently: their digest decides.
  const digest = ({ entry }: Candidate) => new ArtifactReader(repository, entry).digest;
  return groupBy(values, (value) => (value.entry.mode === '40000' ? digest(value) : value.entry.id));
}

function groupBy(values: readonly Candidate[], keyOf: (value: Candidate) => string): Candidate[][] {
  const groups = new Map<string, Candidate[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return [...groups.values()];
}

/** Three-way: when all but one of the groups hold the value from before the split, that one is the change. */
function onlyChange(
  name: string,
  groups: readonly Candidate[][],
  context: MergeContext,
): TreeEntry | undefined {
  if (context.options.strategy !== 'three-way') return undefined;
  const base = context.base().get(name);
  const changed = base
    ? groups.filter(([first]) => first && !sameValue(context.repository, first.entry, base))
    : groups;
  return changed.length === 1 ? changed[0]?.[0]?.entry : undefined;
}

function describe(group: readonly Candidate[], repository: Repository): MergeConflict['values'][number] {
  const [first] = group;
  return {
    digest: first ? new ArtifactReader(repository, first.entry).digest : '',
    branches: group.map(({ input }) => `${input.ref.step}/${input.ref.task}`),
  };
}

function knownNames(inputs: readonly InputState[]): string[] {
  return [...new Set(inputs.flatMap((input) => [...input.entries.keys()]))].sort();
}
