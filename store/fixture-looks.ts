// What limits.test.ts starts in a process with little memory: looks at stores and says what came of it. Nothing of it is part of the package.
import { ArtifactReader } from './artifact.ts';
import { Repository } from './git/repository.ts';
import { LiveTask } from './history/live-log-read.ts';
import { readRun } from './history/run-reader.ts';
import type { ObjectId } from './ids.ts';

/** A store, and what is to be looked at there. */
export interface Look {
  readonly store: string;
  readonly at: keyof typeof LOOKS;
  readonly what: string;
}

/** What came of it; `rss` is the most memory the process has had so far, in bytes. */
export interface Seen {
  readonly code: string;
  readonly message: string;
  readonly rss: number;
}

const taskOf = (repository: Repository, address: string) => {
  const [flow = '', run = '', step = '', task = ''] = address.split('/');
  return readRun(repository, flow, run)?.task(step, task);
};

const LOOKS = {
  object: (repository: Repository, id: string) => repository.read(id as ObjectId).body.length,
  packed: (repository: Repository, id: string) => repository.packed(id as ObjectId).size,
  tree: (repository: Repository, id: string) => repository.tree(id as ObjectId).length,
  commit: (repository: Repository, id: string) => repository.commit(id as ObjectId).parents.length,
  ref: (repository: Repository, name: string) => repository.refs.read(name),
  refs: (repository: Repository, prefix: string) => repository.refs.names(prefix).length,
  record: (repository: Repository, address: string) => {
    const [flow = '', run = ''] = address.split('/');
    return readRun(repository, flow, run)?.record.status;
  },
  stdout: (repository: Repository, address: string) => taskOf(repository, address)?.log('stdout').length,
  // A megabyte at a time, as `flow logs` does.
  logs: (repository: Repository, address: string) => {
    const output = taskOf(repository, address)?.output;
    let sum = 0;
    for (let at = 0, size = output?.size('stdout') ?? 0; at < size; at += 1 << 20)
      sum += output?.read('stdout', at, Math.min(size, at + (1 << 20))).length ?? 0;
    return sum;
  },
  live: ({ path }: Repository, run: string) =>
    LiveTask.list(path, run).map((task) =>
      task.arrivals().map(([, , bytes]) => task.read('stdout', 0, bytes).length),
    ),
  value: (repository: Repository, tree: string) =>
    typeof new ArtifactReader(repository, { mode: '40000', name: 'x', id: tree as ObjectId }).load(),
  length: (repository: Repository, tree: string) =>
    new ArtifactReader(repository, { mode: '40000', name: 'x', id: tree as ObjectId }).length,
  slice: (repository: Repository, tree: string) =>
    new ArtifactReader(repository, { mode: '40000', name: 'x', id: tree as ObjectId }).slice(0, 2 ** 45),
} as const;

function seen({ store, at, what }: Look): Seen {
  const rss = (): number => process.resourceUsage().maxRSS * 1024;
  try {
    const repository = Repository.open(store);
    const result = JSON.stringify(LOOKS[at](repository, what)) ?? 'undefined';
    repository.close();
    return { code: 'ok', message: result, rss: rss() };
  } catch (error) {
    const { code = 'bug', message } = error as Error & { code?: string };
    return { code, message: message.slice(0, 500), rss: rss() };
  }
}

if (process.send) process.on('message', (looks) => process.send?.((looks as Look[]).map(seen)));
