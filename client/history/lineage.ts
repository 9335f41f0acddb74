import { parseTarget } from '../address.ts';
import type { UntypedData } from '../data-types.ts';
import type { InnerArtifact, InnerFlow, InnerRun } from '../inner.ts';
import { locate } from '../locate.ts';
import type { Artifact, Run, Task } from '../objects.ts';
import { runOfArtifact, taskOfArtifact } from './place.ts';

/** The artifacts of other runs that the task of an artifact read; what has been deleted is left out. */
export function usesOf(artifact: Artifact): Artifact[] {
  const own = runOfArtifact(artifact);
  const addresses = Object.keys(taskOfArtifact(artifact)?.metadata.uses ?? {});
  return addresses.flatMap((address) => artifactFrom(own, address) ?? []);
}

/** An artifact by the address that was recorded of it; undefined when it is there no more. */
function artifactFrom(own: InnerRun, address: string): Artifact | undefined {
  const [flow = '', id = '', ...rest] = address.split('/');
  if (own.connection.run(flow, id) === undefined) return undefined;
  const run = (own.parent as InnerFlow).sibling(flow).run(id);
  const found = locate(run, parseTarget(rest.join('/')));
  return found.kind === 'artifact' ? found : undefined;
}

/** The tasks of other runs that read the value of an artifact, by flow and newest first. */
export function usedByOf(artifact: InnerArtifact): Task[] {
  const own = runOfArtifact(artifact);
  const { digest } = artifact.reader;
  const isMeant = (address: string, read: string) =>
    read === digest &&
    address.startsWith(`${own.pathspec}/`) &&
    nameIn(address) === nameIn(artifact.pathspec);
  return own.connection.flows().flatMap((flow) =>
    [...own.connection.visibleRunIds(flow)].flatMap((id) => {
      // The trailers of the commit name what its tasks read: of most runs nothing else is looked at.
      const uses = own.connection.run(flow, id)?.uses ?? [];
      if (!uses.some(({ address, digest: read }) => isMeant(address, read))) return [];
      const run: Run = (own.parent as InnerFlow).sibling(flow).run(id) as InnerRun<UntypedData>;
      return run
        .steps()
        .flatMap((step) => step.tasks())
        .filter(({ metadata }) => Object.entries(metadata.uses ?? {}).some((use) => isMeant(...use)));
    }),
  );
}

/** The name of the artifact in an address, as it is printed there. */
const nameIn = (address: string): string => /[^/]*$/.exec(address.split('#', 1)[0] ?? '')?.[0] ?? '';
