import { artifactNameOf } from '../codec/artifact-name.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { RunRecord } from './schema.ts';

/** Where a run's ref lives. */
export const runRef = (flow: string, id: string): string => `refs/runs/${flow}/${id}`;

/** Below this lie the refs of spins. */
export const SPINS = 'refs/spins/';

/** Where the ref of a spin lives: a run of one task, which no listing of runs shows. */
export const spinRef = (flow: string, id: string): string => `${SPINS}${flow}/${id}`;

/** The ref of a run or spin. */
export const refOf = ({ flow, id, spinOf }: Pick<RunRecord, 'flow' | 'id' | 'spinOf'>): string =>
  spinOf === undefined ? runRef(flow, id) : spinRef(flow, id);

/** The branch that follows the latest successful run of a flow. */
export const headRef = (flow: string): string => `refs/heads/${flow}`;

/** Names of the entries of a run commit's tree and of a task's tree: the only place that knows them. */
export const LAYOUT = {
  run: 'run.json',
  graph: 'graph.json',
  code: 'code',
  parameters: 'parameters',
  constants: 'constants',
  steps: 'steps',
  outputs: 'outputs',
  task: 'task.json',
  artifacts: 'artifacts',
  stdout: 'stdout.log',
  stderr: 'stderr.log',
  attempts: 'attempts',
} as const;

/** The artifacts of a tree by name, in the tree's order. */
export function artifactsByName(entries: Iterable<TreeEntry>): Map<string, TreeEntry> {
  const byName = new Map<string, TreeEntry>();
  for (const entry of entries) byName.set(artifactNameOf(entry), entry);
  return byName;
}

/** Canonical text of a record: two-space JSON and a final newline, so that `git diff` reads well. */
export const recordText = (record: unknown): Buffer => Buffer.from(`${JSON.stringify(record, null, 2)}\n`);
