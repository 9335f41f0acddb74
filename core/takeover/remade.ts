import {
  type FrameRecord,
  LAYOUT,
  type ObjectId,
  type PackedObject,
  PackSink,
  recordText,
  type TaskRecord,
  type TreeEntry,
} from '#store';
import { framesOf, type PlannedTask } from '../graph/plan.ts';
import type { EarlierRun, EarlierTask } from './earlier-run.ts';
import type { Present } from './present.ts';

/** A task as it is taken over. */
export interface Taken {
  readonly record: TaskRecord;
  readonly tree: ObjectId;
  readonly artifacts: ObjectId;
  /** The entries of a tree of artifacts that had to be made. */
  readonly entries: readonly TreeEntry[];
  /** Objects of a tree that had to be made. */
  readonly objects: readonly PackedObject[];
}

/**
 * What a run takes over for an earlier task: its tree as it is, or, where the task passed on artifacts that are others now or its place is described
 * otherwise, a tree like the one that executing it would have made.
 */
export function takenFrom(
  task: EarlierTask,
  planned: PlannedTask,
  { earlier, present }: { earlier: EarlierRun; present: Present },
): Taken {
  const sink = new PackSink();
  const made = entriesNow(task, planned, { earlier, present });
  const artifacts = made || !task.artifacts ? sink.tree(made ?? []) : task.artifacts;
  if (artifacts === task.artifacts && isPlacedAs(task.record, planned))
    return { record: task.record, tree: task.tree, artifacts, entries: [], objects: [] };
  const record = { ...task.record, frames: framesOf(planned), madeFrom: task.record.madeFrom ?? task.name };
  const entries = new Map(task.entries);
  entries.set(LAYOUT.artifacts, { mode: '40000', name: LAYOUT.artifacts, id: artifacts });
  entries.set(LAYOUT.task, { mode: '100644', name: LAYOUT.task, id: sink.blob(recordText(record)) });
  return {
    ...{ record, tree: sink.tree([...entries.values()]), artifacts },
    ...{ entries: made ?? [], objects: sink.take() },
  };
}

/**
 * The artifacts the task would leave now: its own, and those it passed on as its input has them. Undefined when they are those it left.
 */
function entriesNow(
  { artifacts, record }: EarlierTask,
  { inputs, closes }: PlannedTask,
  { earlier, present }: { earlier: EarlierRun; present: Present },
): TreeEntry[] | undefined {
  const [input] = inputs;
  // A join passes nothing on but what it merged, which it has read.
  if (!input || closes || !artifacts) return undefined;
  const then = earlier.artifactsOf(input);
  const now = present.artifactsOf(input);
  if (then === now || !then || !now) return undefined;
  const before = earlier.entriesOf(then);
  const after = present.entriesOf(now);
  const assigned = new Set(record.assigned);
  const entries: TreeEntry[] = [];
  for (const [name, entry] of earlier.entriesOf(artifacts)) {
    const isPassedOn = before.get(name)?.id === entry.id && !assigned.has(name);
    entries.push((isPassedOn ? after.get(name) : undefined) ?? entry);
  }
  return entries;
}

/** Whether the record of an earlier task says of its place what is true now. */
function isPlacedAs({ frames }: TaskRecord, planned: PlannedTask): boolean {
  const now = framesOf(planned);
  return frames.length === now.length && frames.every((frame, depth) => isSameFrame(frame, now[depth]));
}

const isSameFrame = (a: FrameRecord, b: FrameRecord | undefined): boolean =>
  a.index === b?.index &&
  a.numSplits === b.numSplits &&
  a.step === b.step &&
  a.task === b.task &&
  a.variable === b.variable;
