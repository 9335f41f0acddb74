import type { InnerArtifact, InnerRun, InnerTask } from '../inner.ts';
import type { Artifact, Run, Task } from '../objects.ts';
import { artifactAt, digestOf, Identities, placeOf, runOfArtifact, taskOfArtifact } from './place.ts';

/**
 * The runs in which the value at an artifact's place changed, newest first, up to the artifact's own run: each as the artifact there. Runs that
 * have nothing at that place are passed over.
 */
export function historyOf(artifact: Artifact): Artifact[] {
  const place = placeOf(artifact);
  const identities = new Identities(place);
  const found: Artifact[] = [];
  let oldest: { readonly run: Run<unknown>; readonly digest: string } | undefined;
  for (const run of runsUpTo(runOfArtifact(artifact))) {
    const digest = look(run, identities);
    if (digest === undefined) continue;
    if (oldest !== undefined && oldest.digest !== digest) found.push(artifactAt(oldest.run, place));
    oldest = { run, digest };
  }
  return oldest === undefined ? found : [...found, artifactAt(oldest.run, place)];
}

/**
 * The artifact as it first was: in the earliest run of the flow that has exactly this value at this place, and there in the task that made it rather than in one
 * that inherited it.
 */
export function blameOf(artifact: InnerArtifact): InnerArtifact {
  let made = artifact;
  for (;;) {
    const earlier = earliest(madeIn(made));
    if (earlier.pathspec === made.pathspec) return made;
    made = earlier;
  }
}

/** The same value at the same place in the earliest run that has it. */
function earliest(artifact: InnerArtifact): InnerArtifact {
  const place = placeOf(artifact);
  const identities = new Identities(place);
  const own = runOfArtifact(artifact);
  const wanted = look(own, identities);
  let first: Run<unknown> = own;
  for (const run of runsUpTo(own)) if (wanted !== undefined && look(run, identities) === wanted) first = run;
  return artifactAt(first, place);
}

/** The same value in the task that made it: the first on the way from the start of the run that has it under that name. */
function madeIn(artifact: InnerArtifact): InnerArtifact {
  const wanted = digestOf(artifact);
  for (let at = artifact; ; ) {
    const before = taskOfArtifact(at)?.parentTasks.flatMap((task) => inherited(task, at)) ?? [];
    const same = before.find((one) => digestOf(one) === wanted);
    if (same === undefined) return at;
    at = same;
  }
}

function inherited(task: Task, { name, path }: Artifact): InnerArtifact[] {
  const inner = task as InnerTask;
  return inner.reader.artifacts().has(name) ? [inner.artifact(name, path)] : [];
}

/** A run and those of its flow before it, newest first. */
function* runsUpTo(last: Run<unknown>): Generator<Run<unknown>> {
  let isReached = false;
  for (const run of last.parent) {
    isReached ||= run.id === last.id;
    if (isReached) yield run;
  }
  // A spin, or a run of another namespace, is in no list.
  if (!isReached) yield last;
}

/** What cannot be read is told by whoever opens it; here it must not hide the rest. */
function look(run: Run<unknown>, identities: Identities): string | undefined {
  let digest: string | undefined;
  (run as InnerRun).connection.holds(run.pathspec, () => {
    digest = identities.of(run);
    return true;
  });
  return digest;
}
