import type { Digest } from '#store';
import { parseTarget } from '../address.ts';
import type { Connection } from '../connection.ts';
import type { UntypedData } from '../data-types.ts';
import type { InnerArtifact, InnerFlow, InnerRun } from '../inner.ts';
import { locate } from '../locate.ts';
import type { Artifact, LineageNode, Run, Task } from '../objects.ts';
import { runOfArtifact, taskOfArtifact } from './place.ts';

/** The artifacts of other runs that the task of an artifact read; what has been deleted is left out. */
export function usesOf(artifact: Artifact): Artifact[] {
  const own = runOfArtifact(artifact);
  return usedAddresses(artifact).flatMap((address) => artifactFrom(own, address) ?? []);
}

/** The tasks of other runs that read the value of an artifact, by flow and newest first. */
export function usedByOf(
  artifact: InnerArtifact,
  uses = recordedUses(runOfArtifact(artifact).connection),
): Task[] {
  const own = runOfArtifact(artifact);
  const { digest } = artifact.reader;
  const isMeant = (address: string, read: string) =>
    read === digest &&
    address.startsWith(`${own.pathspec}/`) &&
    nameIn(address) === nameIn(artifact.pathspec);
  return uses.flatMap(({ flow, id, read }) => {
    if (!read.some((use) => isMeant(use.address, use.digest))) return [];
    const run = (own.parent as InnerFlow).sibling(flow).run(id) as Run<UntypedData>;
    return run
      .steps()
      .flatMap((step) => step.tasks())
      .filter(({ metadata }) => Object.entries(metadata.uses ?? {}).some((use) => isMeant(...use)));
  });
}

/** What an artifact was made from: what its task read of other runs, what the tasks of those had read, and so on. */
export function lineageUp(artifact: Artifact, seen = new Set<string>()): LineageNode[] {
  const own = runOfArtifact(artifact);
  return usedAddresses(artifact).map((address) => {
    const found = artifactFrom(own, address);
    return nodeOf(address, { isGone: found === undefined, seen }, () =>
      found ? lineageUp(found, seen) : [],
    );
  });
}

/** Where an artifact was used: the tasks of other runs that read it, those that read what they made, and so on. */
export function lineageDown(
  artifact: InnerArtifact,
  seen = new Set<string>(),
  uses = recordedUses(runOfArtifact(artifact).connection),
): LineageNode[] {
  return usedByOf(artifact, uses).map((task) =>
    nodeOf(task.pathspec, { isGone: false, seen }, () =>
      [...task].flatMap((made) => lineageDown(made as InnerArtifact, seen, uses)),
    ),
  );
}

function nodeOf(
  address: string,
  { isGone, seen }: { readonly isGone: boolean; readonly seen: Set<string> },
  beyond: () => LineageNode[],
): LineageNode {
  const isRepeated = seen.has(address);
  seen.add(address);
  return { address, isGone, isRepeated, children: isRepeated ? [] : beyond() };
}

const usedAddresses = (artifact: Artifact): string[] =>
  Object.keys(taskOfArtifact(artifact)?.metadata.uses ?? {});

/** An artifact by the address that was recorded of it; undefined when it is there no more. */
function artifactFrom(own: InnerRun, address: string): Artifact | undefined {
  const [flow = '', id = '', ...rest] = address.split('/');
  if (own.connection.run(flow, id) === undefined) return undefined;
  const run = (own.parent as InnerFlow).sibling(flow).run(id);
  const found = locate(run, parseTarget(rest.join('/')));
  return found.kind === 'artifact' ? found : undefined;
}

/** What a run read of others. */
interface RecordedUses {
  readonly flow: string;
  readonly id: string;
  readonly read: readonly { readonly address: string; readonly digest: Digest }[];
}

/** What the runs of a store read of others, by the trailers of their commits: nothing else of a run is looked at. */
const recordedUses = (connection: Connection): RecordedUses[] =>
  connection.flows().flatMap((flow) =>
    [...connection.visibleRunIds(flow)].flatMap((id) => {
      const read = connection.run(flow, id)?.uses ?? [];
      return read.length > 0 ? [{ flow, id, read }] : [];
    }),
  );

/** The name of the artifact in an address, as it is printed there. */
const nameIn = (address: string): string => /[^/]*$/.exec(address.split('#', 1)[0] ?? '')?.[0] ?? '';
