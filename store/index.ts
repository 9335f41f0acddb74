// store: the git repository runs live in — objects, refs, the codec of values, and the records of runs.
export { ArtifactReader, readerOf, type StoredValue, sameValue, storeValue } from './artifact.ts';
export { makeFolder, writeFileAtomically } from './atomic-file.ts';
export type { ArrowTable } from './codec/arrow.ts';
export { plainRow } from './codec/arrow-rows.ts';
export type { StoredStretch } from './codec/artifact-read.ts';
export { isBlob } from './codec/blob.ts';
export { sliceBounds } from './codec/bounds.ts';
export { asTable, concatTables } from './codec/concat-tables.ts';
export { numberNode } from './codec/encode-leaf.ts';
export { ArtifactCorruptError, UnreadableError, UnstorableError } from './codec/errors.ts';
export { ArtifactFile, type FileContent, isFileName } from './codec/file.ts';
export { dropCopiesUnusedSince } from './codec/file-copies.ts';
export { abandonFiles, FileIntake, PendingFilesError } from './codec/file-intake.ts';
export { BytesContent, FileSourceError, PathContent, StreamContent } from './codec/file-source.ts';
export type { ObjectSink, ObjectSource } from './codec/objects.ts';
export { type ClassCodec, registerCodec } from './codec/registry.ts';
export { isTag, type Node } from './codec/skeleton.ts';
export { type CellColumn, cellColumns, exactTimes } from './codec/table-cells.ts';
export { arrowFile, type ColumnValues, tableOfColumns } from './codec/table-of-columns.ts';
export { UnknownInstance } from './codec/unknown-instance.ts';
export type { ValueView } from './codec/value-view.ts';
export { environment } from './environment.ts';
export { OxbowError } from './errors.ts';
export * from './git/errors.ts';
export type { BlobContent } from './git/long-blob-read.ts';
export type { LongBlob, LongContent } from './git/long-blob-write.ts';
export type { GitObject, ObjectType } from './git/object.ts';
export { type ObjectWeight, type PackedObject, packObject, weightOf } from './git/packed-object.ts';
export { type PackDraft, Repository } from './git/repository.ts';
export { encodeTree, type TreeEntry } from './git/tree.ts';
export { type WorkTreeState, workTreeState } from './git/work-tree.ts';
export { type Arrival, Arrivals } from './history/arrivals.ts';
export type { AttemptLog } from './history/attempt-log.ts';
export { adoptClonedRuns, cloneNote } from './history/cloned-runs.ts';
export { differingTasks, type TaskTrees } from './history/differing-tasks.ts';
export { Heartbeat, isRunAlive } from './history/heartbeat.ts';
export { type HeldRun, holdRuns, releaseRuns } from './history/held-runs.ts';
export { artifactsByName, headRef, LAYOUT, recordText, runRef } from './history/layout.ts';
export { LiveLog, type LogStream } from './history/live-log.ts';
export { PackHolds } from './history/pack-holds.ts';
export { PackSink } from './history/pack-sink.ts';
export { RecordError } from './history/read-record.ts';
export { type ArtifactRead, readObservers } from './history/reads.ts';
export { newRunId, parseRunId, type RunId } from './history/run-id.ts';
export { keepText, type WorkerPack } from './history/run-packs.ts';
export type { FinishedTask, NewRun, TakenTask } from './history/run-parts.ts';
export {
  flowNames,
  latestRunIds,
  RunReader,
  readRun,
  runCommitOf,
  runCommits,
  runIds,
  TaskReader,
} from './history/run-reader.ts';
export { RunWriter } from './history/run-writer.ts';
export { RunningTaskReader } from './history/running-task.ts';
export * from './history/schema.ts';
export { dropOldSpins, spinIds } from './history/spins.ts';
export {
  addTag,
  checkTag,
  checkTagCount,
  removeTag,
  TagError,
  tagRef,
  tagsOf,
  tagsOfFlow,
} from './history/tags.ts';
export { compareTaskIds } from './history/task-tree.ts';
export type { TroubleKind } from './history/troubles.ts';
export { type Digest, type ObjectId, parseDigest, parseObjectId } from './ids.ts';
export {
  findStore,
  NoStoreError,
  openOrCreateStore,
  openStore,
  StoreFolderError,
  type StoreLocation,
} from './locate.ts';
export type {
  ArtifactUsage,
  Bytes,
  FlowBytes,
  MeasuredPart,
  RunUsage,
  StoreUsage,
} from './maintenance/du.ts';
export { runUsage, storeUsage } from './maintenance/du.ts';
export type { MaintenanceProgress } from './maintenance/events.ts';
export { type FileDamage, type FsckOptions, type FsckReport, fsck, type Hit } from './maintenance/fsck.ts';
export {
  type GcPlan,
  type GcReport,
  GRACE,
  gc,
  NotInTrashError,
  type PlannedRun,
  planGc,
  type Selectable,
  selectableIn,
  undoGc,
} from './maintenance/gc.ts';
export { MaintenanceRunningError } from './maintenance/lock.ts';
export { type MaintenanceReport, maintain, maintainInBackground } from './maintenance/maintain.ts';
export { asksForRuns, type KeptRuns, type RetentionPolicy } from './maintenance/retention.ts';
export type { RunState } from './maintenance/run-list.ts';
export { strangers } from './maintenance/strangers.ts';
export type { TrashedRun } from './maintenance/trash.ts';
export { openPlain, StoreEntryError } from './plain-files.ts';
export { isAlive, thisProcess } from './process-mark.ts';
export { sideFolder } from './side-folder.ts';
export { NotAStoreError, requireWritable, StoreAccessError } from './store-errors.ts';
export type { RunBrief } from './summaries/brief.ts';
export { Summaries } from './summaries/summaries.ts';
export { freshTimeStamp, timeStamp } from './time-stamp.ts';
