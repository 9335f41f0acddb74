import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import {
  checkTag,
  checkTagCount,
  dropOldSpins,
  Heartbeat,
  keepText,
  maintainInBackground,
  openOrCreateStore,
  RefChangedError,
  type Repository,
  type RunRecord,
  RunWriter,
  releaseRuns,
  timeStamp,
  workTreeState,
} from '#store';
import { RunOptionError } from '../errors.ts';
import { type CodeFiles, codeOf } from '../load/code-files.ts';
import type { LoadedFlow } from '../load/load-flow.ts';
import type { RunOptions } from '../run-options.ts';
import type { Surroundings } from '../surroundings.ts';
import { graphBut, setAsideFor } from '../task/set-aside.ts';
import type { LoadMessage } from '../task/worker-protocol.ts';
import { PROGRAMS_TOKEN } from '../worker/worker-guard.ts';
import { WorkerPool } from '../worker/worker-pool.ts';
import { sealCode } from './code-seal.ts';
import { onAbort } from './on-abort.ts';
import { assertPermitted } from './permission.ts';
import { heldTakeover, MAX_SPLITS, type Prepared, preparation, takeInputs } from './preparation.ts';
import { graphRecord, newRecord, type RunFacts } from './run-record.ts';
import { Scheduler } from './scheduler.ts';
import { tellTroubles } from './tell-troubles.ts';

const MIN_WORKERS = 4;
/** Fewer bytes of a log would hardly hold a line of its beginning and its end. */
const LEAST_LOG = 1000;

/** See engine.ts, the door to this file. */
export async function runFlow(
  flow: string | LoadedFlow,
  parameters: Readonly<Record<string, unknown>>,
  { surroundings, ...options }: RunOptions & { readonly surroundings: Surroundings },
): Promise<RunRecord> {
  assertPermitted();
  checkOptions(options);
  // Workers boot while the flow is compiled and judged.
  const most = options.spin ? 1 : (options.maxWorkers ?? Math.max(MIN_WORKERS, availableParallelism()));
  const pool = new WorkerPool(most);
  try {
    return await start(await preparation(flow, parameters, { ...options, surroundings }), pool);
  } finally {
    pool.close();
  }
}

/** Before anything is recorded: a run that cannot begin must leave nothing. */
function checkOptions(options: RunOptions): void {
  const tags = new Set(options.tags);
  for (const tag of tags) checkTag(tag);
  checkTagCount('this one', tags);
  for (const name of ['maxWorkers', 'maxNumSplits'] as const) {
    const value = options[name];
    if (value === undefined || (Number.isInteger(value) && value > 0)) continue;
    throw new RunOptionError(name, `must be a whole number of at least 1, but is ${value}.`);
  }
  const { maxLogSize } = options;
  if (maxLogSize !== undefined && !(Number.isInteger(maxLogSize) && maxLogSize >= LEAST_LOG))
    throw new RunOptionError(
      'maxLogSize',
      `must be a whole number of bytes, at least ${LEAST_LOG}, but is ${maxLogSize}.`,
    );
}

async function start(prepared: Prepared, pool: WorkerPool): Promise<RunRecord> {
  const { loaded, options, origin, spun } = prepared;
  const repository = openOrCreateStore({ store: options.store });
  const emit = options.onEvent ?? (() => {});
  // Nothing can be wrong with the flow any more: a worker imports it while the run is recorded.
  pool.prepare({ type: 'import', ...placeOf(loaded), store: repository.path });
  const code = codeOf(loaded.bundle);
  const writer = createRun(repository, prepared, code);
  const { record } = writer;
  const runName = `${record.flow}/${record.id}`;
  const takeover =
    !spun && (origin || options.reuse) ? heldTakeover(repository, prepared, runName) : undefined;
  if (spun) takeInputs(writer, repository, prepared);
  emit({
    type: 'run-started',
    time: timeStamp(),
    flow: record.flow,
    runId: record.id,
    store: repository.path,
    ...(record.origin === undefined ? {} : { origin: record.origin }),
    ...(spun ? { spinOf: spun.name } : {}),
  });
  pool.onInspecting = (url) =>
    emit({
      type: 'inspector-listening',
      time: timeStamp(),
      url,
      waits: options.spin?.inspect?.wait ?? false,
    });
  const parallel =
    !spun && [...loaded.graph.steps.values()].some(({ kind }) => kind === 'split' || kind === 'foreach');
  pool.load(loadMessage(prepared, { record, repository }), parallel);
  const scheduler = new Scheduler({
    graph: options.spin ? graphBut(loaded.graph, setAsideFor(options.spin)) : loaded.graph,
    writer,
    pool,
    ...(spun ? { only: spun } : {}),
    maxNumSplits: options.maxNumSplits ?? MAX_SPLITS,
    maxLogSize: options.maxLogSize,
    emit,
    ...(takeover ? { takeover, takeOnly: options.resume?.cloneOnly ?? false } : {}),
  });
  const ignore = [
    onAbort(options.signal, () => scheduler.interrupt()),
    onAbort(options.killSignal, () => scheduler.kill()),
  ];
  tellTroubles(writer, emit);
  const heartbeat = Heartbeat.start(repository.path, runName);
  // While the first workers boot: the run need not wait for it.
  setImmediate(() => noteRepository(writer, loaded.bundle.entry, code));
  let ended: RunRecord;
  let isRecorded = false;
  try {
    ended = await scheduler.run();
    isRecorded = true;
  } finally {
    for (const stop of ignore) stop();
    if (takeover || spun) writer.troubles.attempt('clean-up', () => releaseRuns(repository, runName));
    writer.troubles.attempt('clean-up', () => heartbeat.stop({ isRecorded }));
    repository.close();
  }
  if (spun) writer.troubles.attempt('clean-up', () => dropOldSpins(repository, ended.flow));
  // Never waited for: packs of many runs merge while nobody needs them.
  writer.troubles.attempt('maintenance', () => maintainInBackground(repository, ended.flow));
  tellTroubles(writer, emit);
  return ended;
}

/** Records where the user's own repository stands. */
function noteRepository(writer: RunWriter, entry: string, { sources }: CodeFiles): void {
  const git = workTreeState(dirname(entry), sources);
  if (git) writer.describeCode({ git });
}

/** Mints an id and records the run; two runs of one millisecond may draw the same id, and one of them draws again. */
function createRun(
  repository: Repository,
  { loaded, options, origin, spun, stored }: Prepared,
  code: CodeFiles,
): RunWriter {
  for (;;) {
    const record = sealed(loaded, code, {
      ...{ tags: options.tags ?? [], entry: code.entry, store: repository.path },
      ...(spun ? { origin: undefined, spinOf: spun.name } : { origin: origin?.name, spinOf: undefined }),
    });
    try {
      return RunWriter.start(repository, {
        record,
        graph: graphRecord(loaded, code.entry),
        code: code.files,
        ...stored,
      });
    } catch (error) {
      if (!(error instanceof RefChangedError)) throw error;
    }
  }
}

/** A new record that its user can tell from one that others made. */
function sealed(loaded: LoadedFlow, { files }: CodeFiles, facts: RunFacts): RunRecord {
  const record = newRecord(loaded, facts);
  const { flow, id, code } = record;
  const seal = sealCode({ flow, id, ...code, files }, loaded.bundle.entry);
  return seal ? { ...record, code: { ...code, seal } } : record;
}

function loadMessage(
  { loaded, options: { spin }, spun, stored, secrets, digests }: Prepared,
  { record, repository }: { record: RunRecord; repository: Repository },
): LoadMessage {
  const { logical: _, ...values } = stored;
  const { parameters, configs, fieldReads } = loaded;
  return {
    type: 'load',
    ...placeOf(loaded),
    runId: record.id,
    ...(record.origin === undefined ? {} : { originRunId: record.origin }),
    store: repository.path,
    username: record.user,
    tags: record.tags,
    parameterFields: [...configs, ...parameters].map(({ field, declaration }) => [declaration.name, field]),
    configs: configs.map(({ field }) => field),
    fieldReads,
    ...values,
    secrets: [...secrets],
    sharedCode: digests.shared,
    keep: keepText(record),
    endMark: `\0${randomBytes(16).toString('hex')}\0`,
    ...(spin ? { setAside: setAsideFor(spin) } : {}),
    ...(spin?.inspect ? { inspect: { ...spin.inspect, step: spun?.planned.step ?? '' } } : {}),
  };
}

/** Where a worker finds the flow. */
function placeOf({ bundle, flow }: LoadedFlow): Pick<LoadMessage, 'bundle' | 'flow' | 'programsToken'> {
  return {
    bundle: { entry: bundle.entry, file: bundle.file },
    flow: flow.name,
    programsToken: PROGRAMS_TOKEN,
  };
}
