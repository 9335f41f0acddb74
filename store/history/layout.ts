import type { TreeEntry } from '../git/tree.ts';

/** Where a run's ref lives. */
export const runRef = (flow: string, id: string): string => `refs/runs/${flow}/${id}`;

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
  task: 'task.json',
  artifacts: 'artifacts',
  stdout: 'stdout.log',
  stderr: 'stderr.log',
  attempts: 'attempts',
} as const;

const JSON_SUFFIX = '.json';

/** Name of the artifact a tree entry holds: `x` for the blob `x.json` and for the tree `x`. */
export function artifactName(entry: TreeEntry): string {
  const isBlob = entry.mode !== '40000';
  return isBlob && entry.name.endsWith(JSON_SUFFIX) ? entry.name.slice(0, -JSON_SUFFIX.length) : entry.name;
}

/** The artifacts of a tree by name, in the tree's order. */
export function artifactsByName(entries: Iterable<TreeEntry>): Map<string, TreeEntry> {
  const byName = new Map<string, TreeEntry>();
  for (const entry of entries) byName.set(artifactName(entry), entry);
  return byName;
}

/** Canonical text of a record: two-space JSON and a final newline, so that `git diff` reads well. */
export const recordText = (record: unknown): Buffer => Buffer.from(`${JSON.stringify(record, null, 2)}\n`);
