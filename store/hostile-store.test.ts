// A store that somebody else filled: whatever lies where a file or folder of Oxbow's or of git's should be, nothing outside the store changes,
// and nothing waits for the other end of a pipe.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Repository } from './git/repository.ts';
import { scratchFolder } from './git/scratch.ts';
import { plainRuns, writeRuns } from './maintenance/fixture-runs.ts';
import { strangers } from './maintenance/strangers.ts';

const RIG = fileURLToPath(new URL('./use-store.rig.ts', import.meta.url));
const ATTEMPT = 'start/0@0';

interface Rig {
  readonly store: string;
  readonly flow: string;
  /** The run that is read. */
  readonly id: string;
  /** An object with a file of its own that nothing needs, as a path below objects/. */
  readonly loose: string;
  /** A pack, without a suffix. */
  readonly pack: string;
  /** A folder outside of the store that is laid out as whatever may be linked to it. */
  readonly outside: string;
}

function rigOf(t: Pick<TestContext, 'after'>): Rig {
  const folder = scratchFolder(t);
  const store = join(folder, 'store');
  const repository = Repository.create(store);
  const runs = writeRuns(repository, plainRuns(3));
  const { flow, id, commit } = runs[1] ?? assert.fail();
  repository.refs.update(`refs/runs/${flow}/20260301-000000-00000`, { to: commit });
  const object = repository.writeLoose('blob', Buffer.from('nobody needs this'));
  repository.close();
  const loose = `${object.slice(0, 2)}/${object.slice(2)}`;
  const [index = ''] = readdirSync(join(store, 'objects/pack')).filter((name) => name.endsWith('.idx'));
  const old = new Date(Date.now() - 90 * 86_400_000);
  utimesSync(join(store, 'objects', loose), old, old);
  const outside = join(folder, 'outside');
  const names = [id, '20260101-000000-00000', '20260301-000000-00000'];
  for (const name of names) {
    put(join(outside, name, ATTEMPT, 'stdout'), 'dear to me');
    put(join(outside, name, ATTEMPT, 'task.json'), 'dear to me');
    put(join(outside, name, '.heartbeat'), 'dear to me');
    put(join(outside, flow, name, ATTEMPT, 'stdout'), 'dear to me');
    put(join(outside, 'start', '0@0', 'stdout'), 'dear to me');
  }
  for (const name of [
    'file',
    'seen',
    flow,
    `runs/${flow}`,
    'heads/F',
    'pack/x.idx',
    'commit-graphs/chain',
    'commit-graph',
  ])
    put(join(outside, name.endsWith(flow) ? `${name}x` : name), 'dear to me');
  for (const name of [
    'pack-1.idx',
    'pack-1.pack',
    'pack-1.keep',
    '.oxbow-tmp-pid1-abcdef',
    'HEAD.lock',
    'main.lock',
  ])
    put(join(outside, name), 'dear to me');
  for (const path of [loose, loose.slice(3), `pack/${loose.slice(3)}`])
    put(join(outside, path), 'dear to me');
  for (const path of walk(outside)) utimesSync(path, old, old);
  return { store, flow, id, loose, pack: index.slice(0, -'.idx'.length), outside };
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const walk = (folder: string): string[] => [
  folder,
  ...readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  ),
];

/** Names, contents and times of all there is in a folder. */
const stateOf = (folder: string): string[] =>
  walk(folder).map((path) => {
    const stat = lstatSync(path);
    return `${path} ${stat.mtimeMs} ${stat.isFile() ? readFileSync(path, 'latin1') : ''}`;
  });

/** Everything Oxbow does with a store, in a process of its own: what it says of each thing. */
function use({ flow, id }: Rig, stores: readonly string[]): string {
  const { stdout, stderr, status, signal } = spawnSync(
    process.execPath,
    ['--import', 'tsx', RIG, flow, id, ...stores],
    { encoding: 'utf8', timeout: 120_000 },
  );
  assert.equal(signal, null, `it hangs:\n${stdout}`);
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.doesNotMatch(stdout, /no code|ERR_/, 'an error that nobody meant');
  return stdout;
}

/** Copies of the store, in each of which something stands in the place of some paths. */
function replaced(rig: Rig, groups: readonly (readonly string[])[], make: (path: string) => void): string[] {
  return groups.map((group, at) => {
    const store = join(dirname(rig.store), `store${at}`);
    cpSync(rig.store, store, { recursive: true, preserveTimestamps: true });
    for (const path of group) {
      const full = join(store, path);
      mkdirSync(dirname(full), { recursive: true });
      rmSync(full, { recursive: true, force: true });
      make(full);
    }
    return store;
  });
}

// Each group is one store; what stands in it does not hide the rest of it.
const folders = ({ flow, id, loose }: Rig): string[][] => [
  ['oxbow-live', 'oxbow-withdrawn', `refs/heads`],
  [`oxbow-live/${flow}`, 'oxbow-withdrawn/pack', `oxbow-withdrawn/${loose.slice(0, 2)}`, `refs/runs/${flow}`],
  [`oxbow-live/${flow}/${id}`, `refs/tags/${flow}/${id}`, 'refs/oxbow', `objects/${loose.slice(0, 2)}`],
  [`oxbow-live/${flow}/${id}/start`, 'refs/tags', 'objects/info/commit-graphs'],
  [`oxbow-live/${flow}/${id}/${ATTEMPT}`, 'refs/runs', 'oxbow/compiled'],
  ['objects'],
  ['objects/pack'],
  ['objects/info'],
  ['refs'],
];

const files = ({ flow, id, loose, pack }: Rig): string[][] => [
  [
    ...['stdout', 'stderr', 'task.json', 'arrivals', 'arrivals.new'].map(
      (name) => `oxbow-live/${flow}/${id}/${ATTEMPT}/${name}`,
    ),
    `oxbow-live/${flow}/${id}/.heartbeat`,
    `oxbow-withdrawn/${loose}`,
    `oxbow-withdrawn/pack/${pack}.idx`,
    `objects/${loose}`,
    `objects/pack/${pack}.keep`,
    'objects/pack/pack-2.idx',
    `refs/runs/${flow}/20260101-000000-00001`,
    `refs/tags/${flow}/${id}/seen`,
    'HEAD.lock',
    'refs/heads/other.lock',
    '.oxbow-tmp-pid1-abcdef',
    'oxbow-break-0123.lock',
  ],
  [`objects/pack/${pack}.idx`, `refs/heads/${flow}`],
  [`objects/pack/${pack}.pack`],
  ['oxbow-maintenance.lock'],
  ['objects/info/alternates'],
  ['packed-refs'],
  ['HEAD'],
  ['config'],
];

for (const [what, places, make] of [
  [
    'links in the place of folders',
    folders,
    (outside: string) => (path: string) => symlinkSync(outside, path),
  ],
  [
    'links in the place of files',
    files,
    (outside: string) => (path: string) => symlinkSync(join(outside, 'file'), path),
  ],
  [
    'other names of files outside',
    files,
    (outside: string) => (path: string) => linkSync(join(outside, 'file'), path),
  ],
] as const)
  test(`${what}: nothing outside the store changes`, (t) => {
    const rig = rigOf(t);
    const stores = replaced(rig, places(rig), make(rig.outside));
    const before = stateOf(rig.outside);
    const said = use(rig, stores);
    assert.deepEqual(stateOf(rig.outside), before, said);
  });

test('pipes in the place of files: nothing waits for them', (t) => {
  const rig = rigOf(t);
  use(
    rig,
    replaced(rig, files(rig), (path) => execFileSync('mkfifo', [path])),
  );
});

test('folders in the place of files are told, and do not end a process', (t) => {
  const rig = rigOf(t);
  use(
    rig,
    replaced(rig, files(rig), (path) => mkdirSync(join(path, 'in it'), { recursive: true })),
  );
});

test('what is in the folders of Oxbow that it did not put there stays', (t) => {
  const rig = rigOf(t);
  const mine = [
    'oxbow-live/notes.txt',
    `oxbow-live/${rig.flow}/notes/${ATTEMPT}/stdout`,
    `oxbow-live/${rig.flow}/20260101-000000-00000/${ATTEMPT}/notes.txt`,
    `oxbow-live/${rig.flow}/20260101-000000-00000/start/notes/stdout`,
    'oxbow-withdrawn/notes.txt',
    'oxbow-withdrawn/notes/notes.txt',
    'oxbow-withdrawn/pack/notes.txt',
  ].map((path) => join(rig.store, path));
  for (const path of mine) put(path, 'dear to me');
  put(join(rig.store, `oxbow-live/${rig.flow}/20260101-000000-00000/${ATTEMPT}/stdout`), 'not needed');
  use(rig, [rig.store]);
  for (const path of mine) assert.equal(readFileSync(path, 'utf8'), 'dear to me');
  const ours = join(rig.store, `oxbow-live/${rig.flow}/20260101-000000-00000/${ATTEMPT}/stdout`);
  assert.equal(existsSync(ours), false);
});

test('what lies where Oxbow makes folders and is none is named', (t) => {
  const rig = rigOf(t);
  const places = ['oxbow-live/F', 'oxbow-live/G/run', 'oxbow-withdrawn/pack', 'oxbow'];
  const [store = ''] = replaced(rig, [places], (path) => symlinkSync(rig.outside, path));
  mkdirSync(join(store, 'oxbow-live/G/other/step/0@0'), { recursive: true });
  execFileSync('mkfifo', [join(store, 'oxbow-live/G/other/pipe')]);
  const repository = Repository.open(store);
  t.after(() => repository.close());
  assert.deepEqual(
    strangers(repository)
      .map(({ path, found }) => `${path.slice(store.length + 1)} is ${found}`)
      .sort(),
    [...places.map((path) => `${path} is a symbolic link`), 'oxbow-live/G/other/pipe is a FIFO'].sort(),
  );
});

test('a symbolic link into refs/ is the symbolic ref that git means by it', (t) => {
  const { store } = rigOf(t);
  rmSync(join(store, 'HEAD'));
  symlinkSync('refs/heads/F', join(store, 'HEAD'));
  const { refs } = Repository.open(store);
  assert.deepEqual([refs.symbolic('HEAD'), refs.read('HEAD')], ['refs/heads/F', refs.read('refs/heads/F')]);
  rmSync(join(store, 'HEAD'));
  symlinkSync('refs/../../outside/file', join(store, 'HEAD'));
  assert.throws(() => refs.read('HEAD'), { code: 'RefNameError' });
});
