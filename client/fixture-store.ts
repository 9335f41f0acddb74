import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ExceptionRecord,
  newRunId,
  PackSink,
  Repository,
  type RunRecord,
  RunWriter,
  SCHEMA_VERSION,
  type StepRecord,
  storeValue,
  type TaskRecord,
  type TreeEntry,
  thisProcess,
} from '#store';
import { connect, type StoreClient } from './connect.ts';

/** A task as a test describes it; what it leaves out is made up. */
export interface FixtureTask extends Partial<Omit<TaskRecord, 'exception'>> {
  readonly step: string;
  readonly artifacts?: object;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exception?: ExceptionRecord;
}

/** A run as a test describes it. */
export interface FixtureRun extends Partial<Omit<RunRecord, 'parameters' | 'code'>> {
  readonly parameters?: object;
  readonly constants?: object;
  readonly code?: Readonly<Record<string, string>>;
  readonly tasks?: readonly FixtureTask[];
  /** Steps of the graph; by default those of the tasks in order. */
  readonly steps?: readonly string[];
}

const EPOCH = Date.UTC(2026, 10, 22, 10, 47, 55);

/** A store in a temporary folder, filled as the engine would fill it. Only tests use it. */
export class FixtureStore {
  readonly folder: string;
  readonly path: string;
  readonly repository: Repository;
  #runs = 0;

  /** Opens the store in a folder, or makes one. */
  constructor(folder: string) {
    this.folder = folder;
    this.path = join(folder, '.flow');
    this.repository = Repository.create(this.path);
  }

  /** A store that is deleted after the test. */
  static for(test: { after(clean: () => void): void }): FixtureStore {
    const store = new FixtureStore(mkdtempSync(join(tmpdir(), 'oxbow-client-')));
    test.after(() => rmSync(store.folder, { recursive: true, force: true }));
    return store;
  }

  /** A client that sees all runs of the store. */
  get client(): StoreClient {
    return connect({ store: this.path, namespace: null });
  }

  /** Writes a whole run and gives its id. */
  run(run: FixtureRun = {}): string {
    const open = this.start(run);
    open.addAll(run.tasks ?? []);
    open.finish(run);
    return open.id;
  }

  /** Writes the beginning of a run. Runs begin a minute apart. */
  start(run: FixtureRun = {}): OpenRun {
    const createdAt = run.createdAt ?? new Date(EPOCH + this.#runs++ * 60_000).toISOString();
    const sink = new PackSink();
    const record = recordOf(run, createdAt);
    const writer = RunWriter.start(this.repository, {
      record,
      graph: { flow: record.flow, steps: stepsOf(run) },
      code: new Map(Object.entries(run.code ?? {}).map(([path, text]) => [path, Buffer.from(text)])),
      parameters: entriesOf(run.parameters, sink),
      constants: entriesOf(run.constants, sink),
      objects: sink.take(),
    });
    return new OpenRun(writer);
  }
}

/** A run that goes on. */
export class OpenRun {
  readonly #writer: RunWriter;

  constructor(writer: RunWriter) {
    this.#writer = writer;
  }

  get id(): string {
    return this.#writer.record.id;
  }

  /** Records a task and makes it visible to others. */
  add(task: FixtureTask): this {
    this.addAll([task]);
    this.#writer.checkpoint();
    return this;
  }

  /** Records tasks, visible to others after the next checkpoint. */
  addAll(tasks: readonly FixtureTask[]): void {
    for (const task of tasks) this.#add(task);
  }

  #add(task: FixtureTask): void {
    const { artifacts, stdout = '', stderr = '', ...record } = task;
    const sink = new PackSink();
    const tree = sink.tree(entriesOf(artifacts, sink));
    const logs = { stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
    this.#writer.add({ record: taskRecordOf(record), artifacts: tree, ...logs, objects: sink.take() });
  }

  finish({ status = 'successful', finishedAt, failure }: FixtureRun = {}): void {
    if (status === 'running') return;
    const end = finishedAt ?? new Date(Date.parse(this.#writer.record.createdAt) + 3000).toISOString();
    this.#writer.finish({ status, finishedAt: end, ...(failure ? { failure } : {}) });
  }
}

function recordOf(run: FixtureRun, createdAt: string): RunRecord {
  const user = run.user ?? 'alice';
  return {
    schema: SCHEMA_VERSION,
    flow: run.flow ?? 'ForeachFlow',
    id: run.id ?? newRunId(new Date(createdAt)),
    status: 'running',
    createdAt,
    user,
    process: run.process ?? thisProcess(),
    versions: { oxbow: '0.1.0', node: process.versions.node },
    tags: run.tags ?? [],
    systemTags: run.systemTags ?? [`user:${user}`],
    ...(run.origin ? { origin: run.origin } : {}),
    code: { entry: Object.keys(run.code ?? {})[0] ?? 'flow.ts', class: run.flow ?? 'ForeachFlow' },
    parameters: Object.keys(run.parameters ?? {}),
    ...(run.files ? { files: run.files } : {}),
    ...(run.takenFrom ? { takenFrom: run.takenFrom } : {}),
    totals: { tasks: 0, failed: 0 },
  };
}

function stepsOf({ steps, tasks = [] }: FixtureRun): StepRecord[] {
  const names = steps ?? [...new Set(tasks.map(({ step }) => step))];
  return names.map((name, index) => ({
    name,
    kind: name === 'end' ? 'end' : 'linear',
    join: false,
    next: names.slice(index + 1, index + 2),
  }));
}

function taskRecordOf(task: Partial<TaskRecord> & { readonly step: string }): TaskRecord {
  const startedAt = task.startedAt ?? new Date(EPOCH).toISOString();
  return {
    task: '0',
    attempt: 0,
    status: 'successful',
    startedAt,
    finishedAt: new Date(Date.parse(startedAt) + 1000).toISOString(),
    parents: [],
    frames: [],
    reads: {},
    ...task,
  };
}

function entriesOf(values: object | undefined, sink: PackSink): TreeEntry[] {
  return Object.entries(values ?? {}).map(([name, value]) => storeValue(name, value, sink).entry);
}

/** The run of the design's example: start splits over titles, a works on each, join collects, end prints. */
export function foreachRun(
  titles: readonly string[] = ['Stranger Things', 'House of Cards', 'Narcos'],
): FixtureRun {
  const suffix = 'processed';
  const results = titles.map((title) => `${title} ${suffix}`);
  const frame = { step: 'start', task: '0', variable: 'titles', numSplits: titles.length };
  return {
    parameters: { suffix },
    constants: { version: 3 },
    steps: ['start', 'a', 'join', 'end'],
    code: { 'flow.ts': 'export default class ForeachFlow {}\n', 'lib/titles.ts': 'export {};\n' },
    tasks: [
      {
        step: 'start',
        artifacts: { titles, _secret: 7 },
        transition: { steps: ['a'], foreach: { variable: 'titles', numSplits: titles.length } },
      },
      ...titles.map((title, index) => ({
        step: 'a',
        task: String(index),
        artifacts: { titles, title: `${title} ${suffix}` },
        parents: ['start/0'],
        frames: [{ ...frame, index }],
        transition: { steps: ['join'] },
      })),
      {
        step: 'join',
        artifacts: { results },
        parents: titles.map((_, i) => `a/${i}`),
        transition: { steps: ['end'] },
      },
      { step: 'end', artifacts: { results }, parents: ['join/0'], stdout: `${results.join('\n')}\n` },
    ],
  };
}
