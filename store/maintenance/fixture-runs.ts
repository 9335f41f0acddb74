// Makes stores with many runs, for tests and benches; nothing of it is part of the package.
import { storeValue } from '../artifact.ts';
import { encodeCommit, type Signature } from '../git/commit.ts';
import { type PackedObject, packObject } from '../git/packed-object.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { headRef, LAYOUT, recordText, runRef } from '../history/layout.ts';
import { PackSink } from '../history/pack-sink.ts';
import { newRunId } from '../history/run-id.ts';
import { keepText } from '../history/run-packs.ts';
import { type RunRecord, type RunStatus, SCHEMA_VERSION, type TaskRecord } from '../history/schema.ts';
import { tagRef } from '../history/tags.ts';
import { TaskTree } from '../history/task-tree.ts';
import type { ObjectId } from '../ids.ts';
import { thisProcess } from '../process-mark.ts';
import { addRefs } from './ref-table.ts';

/** A run as a test wants it. */
export interface FixtureRun {
  readonly flow: string;
  readonly status?: RunStatus;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly tags?: readonly string[];
  /** Artifacts by step; each step has one task, `0`. */
  readonly steps: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly process?: RunRecord['process'];
  /** Steps beside those that a foreach made as wide as this; each task has its index as `x`. */
  readonly wide?: Readonly<Record<string, number>>;
}

/** A run that was made: its objects wait to be written, its refs to be set. */
export interface MadeRun {
  readonly flow: string;
  readonly id: string;
  readonly commit: ObjectId;
  readonly objects: readonly PackedObject[];
  readonly refs: readonly (readonly [name: string, id: ObjectId])[];
}

/** Where a run was that nobody runs any more. */
const NOBODY: RunRecord['process'] = { pid: 0x7fff_fff0, host: 'fixture', boot: 'fixture' };

/** As a run does, packs are kept until refs reach them: native git may be at work. */
const KEEP = keepText({ flow: 'Fixture', id: 'fixture', process: thisProcess() });

/** Makes the objects of a run, laid out as RunWriter does, and writes nothing. */
export function makeRun(run: FixtureRun): MadeRun {
  const sink = new PackSink();
  const record = recordOf(run);
  const steps = Object.entries(run.steps).map(([step, artifacts]) => {
    const entries = Object.entries(artifacts).map(([name, value]) => storeValue(name, value, sink).entry);
    const task = sink.tree([
      file(LAYOUT.task, sink.blob(recordText(taskOf(step, record.createdAt)))),
      folder(LAYOUT.artifacts, sink.tree(entries)),
    ]);
    return folder(step, sink.tree([folder('0', task)]));
  });
  for (const [step, width] of Object.entries(run.wide ?? {}))
    steps.push(folder(step, wideStep(sink, { step, width, startedAt: record.createdAt })));
  const graph = {
    flow: run.flow,
    steps: [...Object.keys(run.steps), ...Object.keys(run.wide ?? {})].map((name) => ({
      name,
      kind: 'linear',
      join: false,
      next: [],
    })),
  };
  const tree = sink.tree([
    file(LAYOUT.run, sink.blob(recordText(record))),
    file(LAYOUT.graph, sink.blob(recordText(graph))),
    folder(LAYOUT.steps, sink.tree(steps)),
  ]);
  const who: Signature = {
    name: 'fixture',
    email: 'f@example.org',
    seconds: Math.floor(run.createdAt / 1000),
    zone: '+0000',
  };
  const message = `${run.flow}/${record.id}: ${record.status}\n`;
  const commit = sink.add(
    packObject('commit', encodeCommit({ tree, parents: [], author: who, committer: who, message })),
  );
  const tags = record.tags.map((tag) => [tagRef(run.flow, record.id, tag), commit] as const);
  const refs = [[runRef(run.flow, record.id), commit] as const, ...tags];
  return { flow: run.flow, id: record.id, commit, objects: sink.take(), refs };
}

function wideStep(
  sink: PackSink,
  { step, width, startedAt }: { step: string; width: number; startedAt: string },
): ObjectId {
  const tasks = new TaskTree();
  for (let index = 0; index < width; index += 1) {
    const record = { ...taskOf(step, startedAt), task: String(index) };
    const artifacts = sink.tree([storeValue('x', index, sink).entry]);
    const entries = [file(LAYOUT.task, sink.blob(recordText(record))), folder(LAYOUT.artifacts, artifacts)];
    tasks.set(record.task, sink.tree(entries));
  }
  return tasks.write(sink);
}

/** Writes runs: so many to a pack, refs into the table, and the branch of the flow of the last successful one. */
export function writeRuns(repository: Repository, runs: Iterable<FixtureRun>, runsPerPack = 1): MadeRun[] {
  const made: MadeRun[] = [];
  const refs = new Map<string, ObjectId>();
  const packs: string[] = [];
  let waiting: PackedObject[] = [];
  const flush = (): void => {
    const pack = repository.writePack(waiting, { sync: false, keep: KEEP });
    if (pack !== undefined) packs.push(pack.name);
    waiting = [];
  };
  for (const run of runs) {
    const one = makeRun(run);
    made.push({ ...one, objects: [] });
    waiting.push(...one.objects);
    for (const [name, id] of one.refs) refs.set(name, id);
    if ((run.status ?? 'successful') === 'successful') refs.set(headRef(run.flow), one.commit);
    if (made.length % runsPerPack === 0) flush();
  }
  flush();
  addRefs(repository, refs);
  for (const pack of packs) repository.unkeep(pack);
  return made;
}

/** Runs of one flow, a minute apart, each with a little of its own and `shared` in common. */
export function* plainRuns(
  count: number,
  { flow = 'F', first = Date.UTC(2026, 0, 1), shared = 'the same in every run'.repeat(20) } = {},
): Generator<FixtureRun> {
  for (let index = 0; index < count; index += 1) {
    yield {
      flow,
      createdAt: first + index * 60_000,
      steps: {
        start: { index, shared },
        end: { index, result: `result of run ${index} ${'x'.repeat(index % 200)}` },
      },
    };
  }
}

/** The record of a run. */
export function recordOf({
  flow,
  status = 'successful',
  createdAt,
  tags = [],
  steps,
  process,
}: FixtureRun): RunRecord {
  const at = new Date(createdAt);
  return {
    schema: SCHEMA_VERSION,
    flow,
    id: newRunId(at),
    status,
    createdAt: at.toISOString(),
    ...(status === 'running' ? {} : { finishedAt: new Date(createdAt + 1000).toISOString() }),
    user: 'fixture',
    process: process ?? NOBODY,
    versions: { oxbow: '0', node: '20' },
    tags,
    systemTags: ['user:fixture'],
    code: { entry: 'f.ts', class: flow },
    parameters: [],
    totals: { tasks: Object.keys(steps).length, failed: 0 },
  };
}

function taskOf(step: string, startedAt: string): TaskRecord {
  return {
    step,
    task: '0',
    attempt: 0,
    status: 'successful',
    startedAt,
    finishedAt: startedAt,
    parents: [],
    frames: [],
    reads: {},
  };
}

const file = (name: string, id: ObjectId): TreeEntry => ({ mode: '100644', name, id });
const folder = (name: string, id: ObjectId): TreeEntry => ({ mode: '40000', name, id });
