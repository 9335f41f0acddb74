// What Oxbow does with a store, one thing after the other, for tests that put strange things into one. Each is named before it begins, so that
// the one that never ends is known; how it ended follows.
import { Repository } from './git/repository.ts';
import { Heartbeat, isRunAlive } from './history/heartbeat.ts';
import { headRef, runRef } from './history/layout.ts';
import { LiveLog } from './history/live-log.ts';
import { LiveTask } from './history/live-log-read.ts';
import { flowNames, latestRunIds, readRun, runIds } from './history/run-reader.ts';
import { addTag, tagsOf } from './history/tags.ts';
import type { ObjectId } from './ids.ts';
import { storeUsage } from './maintenance/du.ts';
import { fsck } from './maintenance/fsck.ts';
import { gc, undoGc } from './maintenance/gc.ts';
import { maintain } from './maintenance/maintain.ts';
import { allRefs } from './maintenance/ref-table.ts';

const [, , flow = '', id = '', ...paths] = process.argv;

for (const path of paths) {
  let store: Repository | undefined;
  process.stdout.write(`== ${path}\n`);
  attempt('open', () => {
    store = Repository.open(path);
  });
  if (store) use(store);
}

function use(store: Repository): void {
  const { path } = store;
  const run = `${flow}/${id}`;
  const running = { step: 'start', task: '0', attempt: 0, startedAt: '', pid: 1, parents: [], frames: [] };
  let commit: ObjectId | undefined;
  attempt('branch', () => {
    commit = store.refs.read(headRef(flow));
  });
  attempt('list', () => [flowNames(store), runIds(store, flow), [...latestRunIds(store, flow)]]);
  attempt('read', () => readRun(store, flow, id)?.tasks('start').length);
  attempt('tags', () => tagsOf(store.refs, flow, id));
  attempt('refs', () => allRefs(store).size);
  attempt('alive', () => isRunAlive(path, { flow, id, process: { pid: 1, host: 'elsewhere' } } as never));
  attempt('live logs', () =>
    LiveTask.list(path, run).map((task) => [task.arrivals(), task.read('stdout', 0, 9)]),
  );
  attempt('usage', () => storeUsage(store).runs.length);
  attempt('fsck', () => fsck(store).damage.length);
  attempt('write live', () => {
    const log = LiveLog.begin(path, run, running as never);
    for (const stream of ['stdout', 'stderr'] as const) log.write(stream, Buffer.from('text'), 0);
    log.arrived(1, 'stdout', 4);
    log.rewriteArrivals([[1, 0, 4]]);
    log.remove();
  });
  attempt('heartbeat', () => {
    Heartbeat.start(path, run).stop({ isRecorded: true });
    Heartbeat.start(path, run).stop({ isRecorded: false });
  });
  attempt('write object', () => store.writeLoose('blob', Buffer.from('a new object')));
  attempt('tag', () => commit && addTag(store.refs, { flow, id, commit }, 'seen'));
  attempt('move ref', () => commit && store.refs.update(headRef(flow), { to: commit }));
  attempt(
    'new ref',
    () => commit && store.refs.update(runRef(flow, '20260202-000000-00000'), { to: commit }),
  );
  attempt('maintain', () => maintain(store));
  attempt('gc', () => gc(store, { keepLast: 1 }, { grace: 0 }));
  attempt('undo', () => undoGc(store));
  attempt('gc of all', () => gc(store, { keepLast: 0 }, { grace: 0 }));
  store.close();
}

function attempt(name: string, work: () => unknown): void {
  process.stdout.write(`${name}: `);
  try {
    work();
    process.stdout.write('done\n');
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    process.stdout.write(`${code ?? 'no code'} ${message.split('\n')[0]}\n`);
  }
}
