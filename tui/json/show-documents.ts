import { type Artifact, formOf, type Run, type Step, type StoreClient, type Task } from '#client';
import type { Graph, StepNode } from '#core';
import type { Listing } from '../commands/listing-of.ts';
import { stepSummaries } from '../commands/step-summary.ts';

type Found = ReturnType<StoreClient['resolveAll']>[number];

/** A value of up to so many bytes stands in a document. */
const SMALL = 1024;

const isoOf = (time: Date | null): string | null => time?.toISOString() ?? null;

const secondsOf = ({ createdAt, finishedAt }: Pick<Run, 'createdAt' | 'finishedAt'>): number | null =>
  finishedAt && (finishedAt.getTime() - createdAt.getTime()) / 1000;

/** What is shown of something in a store. Damaged parts are told to `listing` and left out. */
export function documentOf(found: Found, listing: Listing): object {
  switch (found.kind) {
    case 'run':
      return runDocument(found, listing);
    case 'step':
      return stepDocument(found, listing);
    case 'task':
      return taskDocument(found, listing);
    case 'artifact':
      return { kind: 'artifact', ...artifactFacts(found), createdAt: isoOf(found.createdAt) };
  }
}

function runDocument(run: Run, listing: Listing): object {
  const { metadata, totals } = run;
  const { failure } = metadata;
  return {
    kind: 'run',
    address: run.pathspec,
    status: run.status,
    createdAt: isoOf(run.createdAt),
    finishedAt: isoOf(run.finishedAt),
    seconds: secondsOf(run),
    user: metadata.user,
    host: metadata.process.host,
    origin: metadata.origin ?? null,
    takenFrom: metadata.takenFrom ?? [],
    tags: run.userTags,
    systemTags: run.systemTags,
    totals: { tasks: totals.tasks, failed: totals.failed, taken: totals.taken ?? 0 },
    parameters: Object.fromEntries(
      Object.entries(run.parameters).map(([name, value]) => [name, formOf(value)]),
    ),
    steps: stepSummaries(run, listing).map(({ name, status, tasks, failed, milliseconds }) => ({
      ...{ name, status, tasks, failed },
      seconds: milliseconds === undefined ? null : milliseconds / 1000,
    })),
    failure: failure ? { task: failure.task ?? null, exception: failure.exception } : null,
  };
}

function stepDocument(step: Step, listing: Listing): object {
  const tasks = [
    ...listing.read(step.tasks(), (task) => ({
      address: task.pathspec,
      status: task.metadata.status,
      attempt: task.attempt,
      createdAt: isoOf(task.createdAt),
      finishedAt: isoOf(task.finishedAt),
      seconds: secondsOf(task),
      taken: task.taken,
    })),
  ];
  return { kind: 'step', address: step.pathspec, tasks };
}

function taskDocument(task: Task, listing: Listing): object {
  const { metadata } = task;
  const { status, parents, frames, transition, pid, why } = metadata;
  return {
    kind: 'task',
    address: task.pathspec,
    status,
    attempt: task.attempt,
    createdAt: isoOf(task.createdAt),
    finishedAt: isoOf(task.finishedAt),
    seconds: secondsOf(task),
    pid: pid ?? null,
    taken: task.taken,
    origin: task.originPathspec,
    why: why ?? null,
    parents,
    frames,
    next: transition?.steps ?? [],
    exception: task.exception ?? task.caught,
    artifacts: [...listing.read(task, artifactFacts)],
  };
}

/** What is told of an artifact wherever it stands. */
export function artifactFacts(artifact: Artifact) {
  const { pathspec, name, type, size, storedSize, digest } = artifact;
  return {
    ...{ address: pathspec, name, type, size, storedSize, digest },
    ...(size <= SMALL ? { value: formOf(artifact.data) } : {}),
  };
}

/** What is shown of a flow's file. */
export function flowDocument(graph: Graph, steps: readonly StepNode[], problems: number): object {
  return {
    kind: 'flow',
    flow: graph.flow,
    doc: graph.doc ?? null,
    problems,
    steps: steps.map(({ name, kind, join, next, variable, cases, doc, place }) => ({
      ...{ name, kind, join, next },
      variable: variable ?? null,
      cases: cases ?? null,
      doc: doc ?? null,
      file: place?.file ?? null,
      line: place?.line ?? null,
    })),
  };
}
