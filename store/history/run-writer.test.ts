import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { storeValue } from '../artifact.ts';
import { encodeCommit } from '../git/commit.ts';
import { RefChangedError } from '../git/errors.ts';
import { Repository } from '../git/repository.ts';
import { encodeTree } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';
import { fsck } from '../maintenance/fsck.ts';
import { thisProcess } from '../process-mark.ts';
import { differingTasks } from './differing-tasks.ts';
import { PackSink } from './pack-sink.ts';
import { newRunId } from './run-id.ts';
import type { FinishedTask } from './run-parts.ts';
import { readRun, runIds } from './run-reader.ts';
import { RunWriter } from './run-writer.ts';
import { type RunRecord, SCHEMA_VERSION, type TaskRecord } from './schema.ts';
import { tagsOf } from './tags.ts';

function record(id: string = newRunId()): RunRecord {
  const now = new Date().toISOString();
  return {
    schema: SCHEMA_VERSION,
    flow: 'F',
    id,
    status: 'running',
    createdAt: now,
    user: 'tester',
    process: thisProcess(),
    versions: { oxbow: '0', node: process.versions.node },
    tags: ['nightly'],
    systemTags: ['user:tester'],
    code: { entry: 'f.ts', class: 'F' },
    parameters: [],
    totals: { tasks: 0, failed: 0 },
  };
}

function begin(repository: Repository, id?: string): RunWriter {
  return RunWriter.start(repository, {
    record: record(id),
    graph: { flow: 'F', steps: [{ name: 'start', kind: 'linear', join: false, next: ['end'] }] },
    code: new Map([
      ['lib/a.ts', Buffer.from('export {};\n')],
      ['f.ts', Buffer.from('// f\n')],
    ]),
    parameters: [],
    constants: [],
    objects: [],
  });
}

function finishedTask(step: string, task: string, value: unknown) {
  const sink = new PackSink();
  const artifacts = sink.tree([storeValue('x', value, sink).entry]);
  const now = new Date().toISOString();
  const taskRecord: TaskRecord = {
    step,
    task,
    attempt: 0,
    status: 'successful',
    startedAt: now,
    finishedAt: now,
    parents: [],
    frames: [],
    reads: {},
  };
  return {
    record: taskRecord,
    artifacts,
    stdout: Buffer.from('hello\n'),
    stderr: Buffer.alloc(0),
    objects: sink.take(),
  };
}

const git = (store: string, ...words: string[]): string =>
  execFileSync('git', ['--git-dir', store, ...words]).toString();

function inStore(name: string, body: (repository: Repository) => void): void {
  test(name, () => {
    const folder = mkdtempSync(join(tmpdir(), 'oxbow-run-writer-'));
    try {
      body(Repository.create(join(folder, '.flow')));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

inStore('the ref exists, with status running, before the first task', (repository) => {
  const { id } = begin(repository).record;
  assert.equal(readRun(Repository.open(repository.path), 'F', id)?.record.status, 'running');
  assert.match(
    git(repository.path, 'log', '-1', '--format=%s', `refs/runs/F/${id}`),
    new RegExp(`^F/${id}: running`),
  );
  assert.deepEqual(tagsOf(repository.refs, 'F', id), ['nightly']);
});

inStore(
  'what a checkpoint holds, another process reads; what it does not hold, nobody does',
  (repository) => {
    const writer = begin(repository);
    writer.add(finishedTask('start', '0', 1));
    const reader = () => readRun(Repository.open(repository.path), 'F', writer.record.id);
    assert.equal(reader()?.task('start', '0'), undefined);
    writer.checkpoint();
    assert.equal(reader()?.task('start', '0')?.log('stdout').toString(), 'hello\n');
    assert.equal(reader()?.record.totals.tasks, 1);
  },
);

inStore(
  'the record tells what the tasks of a wide step came to, whoever made or repeated them',
  (repository) => {
    const writer = begin(repository);
    const at = (second: number) => new Date(second * 1000).toISOString();
    const task = (index: number, more: Partial<TaskRecord> = {}, log = ''): FinishedTask => {
      const made = finishedTask('wide', String(index), index);
      const times = { startedAt: at(index), finishedAt: at(index + 1) };
      return { ...made, stdout: Buffer.from(log), record: { ...made.record, ...times, ...more } };
    };
    const summary = () => writer.record.totals.wideSteps;
    for (let index = 0; index < 256; index += 1) writer.add(task(index));
    assert.equal(summary(), undefined);
    writer.add(task(256, { status: 'failed' }, 'oh\n'));
    const counts = { step: 'wide', tasks: 257, failed: 1, withOutput: 1 };
    assert.deepEqual(summary(), [{ ...counts, startedAt: at(0), finishedAt: at(257) }]);
    writer.add(task(256, { attempt: 1, finishedAt: at(300) }));
    assert.deepEqual(summary(), [{ ...counts, failed: 0, startedAt: at(0), finishedAt: at(300) }]);
    const { record } = task(257);
    writer.takeOver({ record, tree: writer.emptyTree(), from: 'F/1' });
    writer.finish({ status: 'successful', finishedAt: at(400) });
    const read = readRun(repository, 'F', writer.record.id)?.record.totals.wideSteps;
    const last = {
      step: 'wide',
      tasks: 258,
      failed: 0,
      withOutput: 2,
      startedAt: at(0),
      finishedAt: at(300),
    };
    assert.deepEqual(read, [last]);
  },
);

inStore('earlier attempts stay below the last one, each as it was', (repository) => {
  const writer = begin(repository);
  const attempt = (number: number, status: TaskRecord['status']): FinishedTask => {
    const task = finishedTask('start', '0', number);
    return { ...task, record: { ...task.record, attempt: number, status } };
  };
  const id = writer.record.id;
  const first = writer.add(attempt(0, 'failed'));
  writer.checkpoint();
  const reader = () => readRun(Repository.open(repository.path), 'F', id)?.task('start', '0');
  assert.equal(reader()?.tree, first);
  assert.deepEqual([writer.record.totals.tasks, writer.record.totals.failed], [1, 1]);
  writer.add(attempt(1, 'killed'));
  writer.add(attempt(2, 'successful'));
  writer.finish({ status: 'successful', finishedAt: new Date().toISOString() });
  assert.deepEqual([writer.record.totals.tasks, writer.record.totals.failed], [1, 0]);
  const attempts = reader()?.attempts() ?? [];
  assert.deepEqual(
    attempts.map(({ record, name }) => [record.attempt, record.status, name.replace(/^F\/[^/]+/, 'F')]),
    [
      [0, 'failed', 'F/start/0/attempts/0'],
      [1, 'killed', 'F/start/0/attempts/1'],
      [2, 'successful', 'F/start/0'],
    ],
  );
  assert.equal(attempts[0]?.tree, first);
});

inStore(
  'a finished run is one pack with nothing dangling, its tags and branch on the last commit',
  (repository) => {
    const writer = begin(repository);
    for (let i = 0; i < 600; i += 1) {
      writer.add(finishedTask('start', String(i), i));
      if (i % 150 === 0) writer.checkpoint();
      if (i % 200 === 0) writer.flush();
    }
    const commit = writer.finish({ status: 'successful', finishedAt: new Date().toISOString() });
    assert.deepEqual(
      readdirSync(repository.packFolder)
        .map((name) => name.replace(/^.*\./, '.'))
        .sort(),
      ['.idx', '.pack'],
    );
    assert.equal(git(repository.path, 'fsck', '--strict'), '');
    assert.equal(git(repository.path, 'rev-parse', 'refs/heads/F').trim(), commit);
    assert.equal(git(repository.path, 'rev-parse', 'HEAD').trim(), commit);
    assert.equal(git(repository.path, 'for-each-ref', '--format=%(objectname)', 'refs/tags').trim(), commit);
    const run = readRun(Repository.open(repository.path), 'F', writer.record.id);
    assert.deepEqual(
      run?.tasks('start').map(({ task }) => task),
      Array.from({ length: 600 }, (_, i) => String(i)),
    );
  },
);

inStore('git gc --prune=now in the middle of a run takes nothing', (repository) => {
  const writer = begin(repository);
  writer.add(finishedTask('start', '0', { deep: [1, 2, 3] }));
  writer.flush();
  git(repository.path, 'gc', '--quiet', '--prune=now');
  writer.add(finishedTask('start', '1', 2));
  writer.checkpoint();
  git(repository.path, 'gc', '--quiet', '--aggressive', '--prune=now');
  writer.add(finishedTask('start', '2', 3));
  writer.finish({ status: 'successful', finishedAt: new Date().toISOString() });
  git(repository.path, 'gc', '--quiet', '--prune=now');
  assert.equal(git(repository.path, 'fsck', '--strict'), '');
  assert.equal(readRun(repository, 'F', writer.record.id)?.tasks('start').length, 3);
});

inStore('two runs with one id: the second one is told', (repository) => {
  const { id } = begin(repository).record;
  assert.throws(() => begin(repository, id), RefChangedError);
  assert.deepEqual(runIds(repository, 'F'), [id]);
  assert.equal(readdirSync(repository.packFolder).filter((name) => name.endsWith('.pack')).length, 1);
});

inStore('the branch follows the run that began last, whichever ends last', (repository) => {
  const early = begin(repository, '20261122-104755-123k7');
  const late = begin(repository, '20261122-104756-123k7');
  const end = { status: 'successful', finishedAt: new Date().toISOString() } as const;
  const commit = late.finish(end);
  early.finish(end);
  assert.equal(git(repository.path, 'rev-parse', 'refs/heads/F').trim(), commit);
  assert.ok(existsSync(join(repository.path, 'refs/runs/F/20261122-104755-123k7')));
});

inStore('a failed run moves no branch', (repository) => {
  const writer = begin(repository);
  const exception = { name: 'Error', message: 'no' };
  writer.finish({
    status: 'failed',
    finishedAt: new Date().toISOString(),
    failure: { task: 'start/0', exception },
  });
  assert.equal(repository.refs.read('refs/heads/F'), undefined);
  assert.equal(readRun(repository, 'F', writer.record.id)?.record.failure?.exception.message, 'no');
});

test('a checkpoint that could not be written loses nothing for the next one', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-history-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const repository = Repository.create(join(folder, '.flow'));
  const writer = begin(repository);
  const failing = t.mock.method(repository, 'writePack', () => {
    throw new Error('no space left');
  });
  writer.add(finishedTask('start', '0', 'first'));
  assert.throws(() => writer.checkpoint(), /no space/);
  assert.throws(() => writer.flush(), /no space/);
  failing.mock.restore();
  writer.add(finishedTask('start', '1', 'second'));
  writer.checkpoint();
  const full = t.mock.method(repository, 'writePack', () => {
    throw new Error('no space left');
  });
  assert.throws(() => writer.finish({ status: 'successful' }), /no space/);
  full.mock.restore();
  writer.finish({ status: 'successful' });
  const words = [`--git-dir=${repository.path}`, 'fsck', '--strict', '--full', '--no-progress'];
  assert.equal(execFileSync('git', words, { encoding: 'utf8' }), '');
  assert.deepEqual(
    readdirSync(repository.packFolder)
      .map((name) => name.replace(/.*\./, ''))
      .sort(),
    ['idx', 'pack'],
  );
});

/** A run of 300 tasks, one of which leaves something else. */
function wideRun(repository: Repository, changed: number) {
  const writer = begin(repository);
  for (let index = 0; index < 300; index += 1) {
    const task = finishedTask('wide', String(index), index === changed ? 'other' : index);
    const exception = { name: 'Error', message: 'caught', stack: '' };
    const record = { ...task.record, pid: runIds(repository, 'F').length };
    writer.add({ ...task, record: index === 5 ? { ...record, exception } : record });
  }
  writer.add(finishedTask('narrow', '0', 1));
  writer.finish({ status: 'successful', finishedAt: new Date().toISOString() });
  return readRun(repository, 'F', writer.record.id) ?? assert.fail();
}

inStore('two runs whose tasks came to the same have equal outputs, in the eyes of git, too', (repository) => {
  const [a, b, c] = [wideRun(repository, -1), wideRun(repository, -1), wideRun(repository, 299)];
  assert.equal(a.outputTree('narrow'), undefined);
  const names = (one: { commit: string }, two: { commit: string }) =>
    git(repository.path, 'diff', '--name-only', `${one.commit}:outputs`, `${two.commit}:outputs`)
      .trim()
      .split('\n');
  // Of the task that caught an error the record is compared, too, and its times are others.
  assert.deepEqual(names(a, b), ['wide/0..255/5/task.json']);
  assert.deepEqual(names(a, c), ['wide/0..255/5/task.json', 'wide/256..511/299/x.json']);
  const differing = differingTasks({ a, b: c }, 'wide', { outputsAlone: true });
  assert.deepEqual([...differing.keys()], ['5', '299']);
  assert.equal(differing.get('299')?.b, c.task('wide', '299')?.tree);
  assert.equal(differingTasks({ a, b: c }, 'wide', { outputsAlone: false }).size, 300);
});

inStore('outputs that do not agree with the tasks are damage', (repository) => {
  const [a, b] = [wideRun(repository, -1), wideRun(repository, 7)];
  assert.deepEqual(fsck(Repository.open(repository.path)).hits, []);
  // A run that claims to have come to what another came to.
  const { tree, ...rest } = repository.commit(b.commit as ObjectId);
  const outputs = repository.tree(repository.commit(a.commit as ObjectId).tree).find(isOutputs);
  const entries = repository.tree(tree).map((entry) => (isOutputs(entry) && outputs ? outputs : entry));
  const forged = repository.writeLoose('tree', encodeTree(entries));
  const commit = repository.writeLoose('commit', encodeCommit({ ...rest, tree: forged }));
  repository.refs.update(`refs/runs/${b.name}`, { to: commit, from: b.commit });
  const [hit] = fsck(Repository.open(repository.path)).hits;
  assert.equal(hit?.address, `${b.name}/outputs/wide`);
  assert.match(hit?.problem ?? '', /does not agree with what task 5 left/);
});

const isOutputs = ({ name }: { readonly name: string }): boolean => name === 'outputs';
