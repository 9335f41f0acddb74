import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Repository } from './git/repository.ts';
import { GIT_ENVIRONMENT, git, scratchFolder } from './git/scratch.ts';
import { cloneNote } from './history/cloned-runs.ts';
import { flowNames, latestRunIds, readRun, runIds } from './history/run-reader.ts';
import { addTag } from './history/tags.ts';
import { findStore, openOrCreateStore, openStore } from './locate.ts';
import { plainRuns, writeRuns } from './maintenance/fixture-runs.ts';

/** A folder with a store in `.flow` that has runs of two flows. */
function projectOf(t: Parameters<typeof scratchFolder>[0]) {
  const project = scratchFolder(t);
  const store = join(project, '.flow');
  const repository = Repository.create(store);
  const runs = [
    ...writeRuns(repository, plainRuns(3)),
    ...writeRuns(repository, plainRuns(1, { flow: 'Other' })),
  ];
  repository.close();
  return { project, store, runs };
}

const clone = (from: string, to: string, ...options: string[]): void => {
  execFileSync('git', ['clone', '--quiet', ...options, from, to], { env: GIT_ENVIRONMENT, stdio: 'pipe' });
};

/** Names and contents of a folder, to see that nothing was written. */
const listing = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return `${path} ${entry.isFile() ? readFileSync(path, 'latin1').length : ''}`;
    })
    .sort()
    .join('\n');

const REFUSED: Readonly<Record<string, readonly [make: (folder: string) => void, told: RegExp]>> = {
  'a folder with files': [
    (folder) => writeFileSync(join(folder, 'notes.txt'), 'mine'),
    /other files in it\. Did you mean ".*\/it\/\.flow"\?/,
  ],
  'a project with a git repository': [
    (folder) => git(join(folder, '.git'), ['init', '-q', folder]),
    /folder of a project .* Did you mean ".*\/it\/\.flow"\?/,
  ],
  'a folder with a .gitignore of everything': [
    (folder) => writeFileSync(join(folder, '.gitignore'), '*\n'),
    /other files/,
  ],
  'a bare repository of somebody': [
    (folder) => git(folder, ['init', '-q', '--bare', folder]),
    /without the mark of a store/,
  ],
  'a bare repository with commits': [
    (folder) => {
      git(folder, ['init', '-q', '--bare', folder]);
      const tree = git(folder, ['mktree'], '').trim();
      const commit = git(folder, ['commit-tree', '-m', 'main/20260101-000000-00000: hello', tree]).trim();
      git(folder, ['update-ref', 'refs/heads/master', commit]);
      git(folder, ['update-ref', 'refs/runs/for/me', commit]);
    },
    /without the mark of a store/,
  ],
  'a store that lost its objects': [
    (folder) => {
      Repository.create(folder);
      rmSync(join(folder, 'objects'), { recursive: true });
    },
    /lacks objects\. Restore it from a copy/,
  ],
};

for (const [what, [make, told]] of Object.entries(REFUSED))
  test(`${what} is not a store: it is refused, and nothing is written`, (t) => {
    const folder = join(scratchFolder(t), 'it');
    mkdirSync(folder);
    make(folder);
    const before = listing(folder);
    for (const open of [openStore, openOrCreateStore])
      assert.throws(() => open({ store: folder }), { code: 'NotAStoreError', message: told });
    assert.equal(listing(folder), before);
  });

test("a user's repository is never a store, also when an early version wrote runs to it", (t) => {
  const { project, store } = projectOf(t);
  const work = join(project, 'work');
  git(join(work, '.git'), ['init', '-q', work]);
  git(join(work, '.git'), ['fetch', '-q', store, 'refs/*:refs/*']);
  for (const path of [work, join(work, '.git')])
    for (const open of [openStore, openOrCreateStore])
      assert.throws(() => open({ store: path }), {
        code: 'NotAStoreError',
        message: /--mirror.*work\/\.flow"/,
      });
});

test('no store is made among the files of a git repository, be it a store', (t) => {
  const { project, store } = projectOf(t);
  const work = join(project, 'work');
  git(join(work, '.git'), ['init', '-q', work]);
  symlinkSync(join(work, '.git/refs'), join(project, 'link'));
  const before = [listing(join(work, '.git')), listing(store)];
  for (const path of [
    'work/.git/refs/heads',
    'work/.git/objects/info',
    'work/.git/hooks/new/deep',
    'link/tags',
    'link/new',
    '.flow/refs/more',
  ])
    assert.throws(() => openOrCreateStore({ store: join(project, path) }), {
      code: 'NotAStoreError',
      message: /among the files of the git repository "[^"]+(?:\.git|\.flow)"/,
    });
  assert.deepEqual([listing(join(work, '.git')), listing(store)], before);
  // Such names mean nothing elsewhere.
  assert.equal(
    openOrCreateStore({ store: join(project, 'objects/refs') }).path,
    join(project, 'objects/refs'),
  );
});

test('a store behind a link that leads nowhere, as on a disk that is not there, is not one further up', (t) => {
  const { project } = projectOf(t);
  const inner = join(project, 'inner/deep');
  mkdirSync(inner, { recursive: true });
  symlinkSync(join(project, 'unplugged/store'), join(project, 'inner/.flow'));
  for (const open of [openStore, openOrCreateStore])
    assert.throws(() => open({ from: inner }), {
      code: 'NotAStoreError',
      message: /link that leads nowhere/,
    });
});

test('a folder that holds a store stands for it; a new or empty one becomes a store', (t) => {
  const { project, store } = projectOf(t);
  writeFileSync(join(project, 'notes.txt'), 'mine');
  assert.equal(findStore({ store: project }), store);
  assert.deepEqual(flowNames(openStore({ store: project })), ['F', 'Other']);
  assert.equal(openOrCreateStore({ store: project }).path, store);
  symlinkSync('.flow', join(project, 'link'));
  assert.deepEqual(flowNames(openOrCreateStore({ store: join(project, 'link') })), ['F', 'Other']);
  mkdirSync(join(project, 'empty'));
  for (const name of ['empty', 'new', join('deep', 'er')]) {
    const path = join(project, name);
    assert.throws(() => openStore({ store: path }), { code: 'NoStoreError' });
    assert.equal(openOrCreateStore({ store: path }).path, path);
    assert.equal(openStore({ store: path }).path, path);
  }
});

test('a store that was begun by a killed process is completed', (t) => {
  const path = join(scratchFolder(t), 'store');
  Repository.create(path);
  unlinkSync(join(path, 'HEAD'));
  assert.equal(openOrCreateStore({ store: path }).path, path);
  assert.ok(existsSync(join(path, 'HEAD')));
});

test('what marks a store: its config, what early versions left, or its runs', (t) => {
  const { store } = projectOf(t);
  const config = join(store, 'config');
  const early = readFileSync(config, 'utf8').replace(/\[oxbow\][^[]*/, '');
  assert.doesNotMatch(early, /oxbow/);
  writeFileSync(config, early);
  assert.equal(openStore({ store }).path, store);
  unlinkSync(join(store, '.gitignore'));
  assert.equal(openOrCreateStore({ store }).path, store);
  const empty = join(store, '..', 'empty');
  Repository.create(empty);
  writeFileSync(join(empty, 'config'), early);
  assert.equal(openOrCreateStore({ store: empty }).path, empty);
});

test('git clone --mirror makes a store; --bare makes one with what it copies, and says what it lacks', (t) => {
  const { project, store, runs } = projectOf(t);
  const tagged = runs[0] ?? assert.fail();
  const original = openStore({ store });
  addTag(original.refs, tagged, 'best');
  assert.equal(cloneNote(original), undefined);
  const ids = runIds(original, 'F');
  clone(store, join(project, 'mirror'), '--mirror');
  const mirror = openStore({ store: join(project, 'mirror') });
  assert.deepEqual(
    [flowNames(mirror), runIds(mirror, 'F'), cloneNote(mirror)],
    [['F', 'Other'], ids, undefined],
  );

  clone(store, join(project, 'bare'), '--bare');
  const bare = openStore({ store: join(project, 'bare') });
  assert.deepEqual(flowNames(bare), ['F', 'Other']);
  assert.deepEqual(runIds(bare, 'F'), [ids[0], ids[2]]);
  assert.deepEqual([...latestRunIds(bare, 'F')], [ids[2], ids[0]]);
  assert.deepEqual(runIds(bare, 'F', ids[2]?.slice(0, 14)), [ids[2]]);
  assert.equal(readRun(bare, 'F', ids[2] ?? '')?.record.status, 'successful');
  assert.equal(readRun(bare, 'F', ids[1] ?? ''), undefined);
  assert.deepEqual(bare.refs.names('refs/runs/'), [], 'reading writes nothing');
  const command = /git --git-dir .*$/.exec(cloneNote(bare) ?? '')?.[0] ?? '';
  const { status, stderr } = spawnSync('sh', ['-c', command], { env: GIT_ENVIRONMENT, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.deepEqual([runIds(bare, 'F'), cloneNote(bare)], [ids, undefined]);
});

test('a run in a copy made by git clone --bare hides none of those that came along', (t) => {
  const { project, store } = projectOf(t);
  const path = join(project, 'bare');
  clone(store, path, '--bare');
  const latest = runIds(openStore({ store: path }), 'F');
  const copy = openOrCreateStore({ store: path });
  writeRuns(copy, plainRuns(1, { flow: 'New' }));
  assert.deepEqual([flowNames(copy), runIds(copy, 'F')], [['F', 'New', 'Other'], latest]);
});

// Root may read everything: the test runs as nobody.
const isRoot = process.getuid?.() === 0;

test('a store that may not be read is not taken for absent, nor another one further up for it', (t) => {
  const { project, store } = projectOf(t);
  const inner = join(project, 'inner');
  mkdirSync(join(inner, 'deep'), { recursive: true });
  cpSync(store, join(inner, '.flow'), { recursive: true });
  chmodSync(project, 0o755);
  for (const [closed, from] of [
    [join(inner, '.flow'), join(inner, 'deep')],
    [join(inner, '.flow', 'objects'), inner],
    [join(inner, '.flow', 'refs'), inner],
    [join(inner, '.flow', 'config'), inner],
  ] as const) {
    chmodSync(closed, 0);
    const seen = asNobody(() => {
      const errors = [openStore, openOrCreateStore].map((open) =>
        codeOf(() => open({ from }).refs.names('refs/')),
      );
      return [...errors, codeOf(() => openStore({ store: join(inner, '.flow') }).refs.names('refs/'))];
    });
    chmodSync(closed, 0o755);
    for (const { code, message } of seen) {
      assert.match(code, /^(?:StoreAccessError|EACCES)$/, `${closed}: ${message}`);
      assert.match(message, /permission denied/);
    }
  }
});

test('a link that leads back to itself is told', (t) => {
  const { project } = projectOf(t);
  const inner = join(project, 'inner');
  mkdirSync(inner);
  symlinkSync('.flow', join(inner, '.flow'));
  assert.throws(() => openStore({ from: inner }), {
    code: 'StoreAccessError',
    message: /leads back to itself/,
  });
});

test('a store that lost its HEAD is told, and no other one is taken for it', (t) => {
  const { project, store } = projectOf(t);
  const inner = join(project, 'inner');
  mkdirSync(inner);
  cpSync(store, join(inner, '.flow'), { recursive: true });
  unlinkSync(join(inner, '.flow', 'HEAD'));
  for (const open of [openStore, openOrCreateStore])
    assert.throws(() => open({ from: inner }), { code: 'NotAStoreError', message: /lacks HEAD/ });
});

test('a store that may not be written to can be read, and says so when it is to be changed', (t) => {
  const { project, store } = projectOf(t);
  chmodSync(project, 0o755);
  execFileSync('chmod', ['-R', 'a-w', store]);
  const before = listing(store);
  const seen = asNobody(() => [
    codeOf(() => assert.equal(runIds(openStore({ store }), 'F').length, 3)),
    codeOf(() => openOrCreateStore({ store })),
  ]);
  execFileSync('chmod', ['-R', 'u+w', store]);
  assert.deepEqual(seen[0], { code: '', message: '' });
  // The system asks by the real user, who may be root here.
  if (!isRoot) {
    assert.equal(seen[1]?.code, 'StoreAccessError');
    assert.match(seen[1]?.message ?? '', /permission denied: the store .* cannot be written/);
  }
  assert.equal(listing(store), before);
});

function asNobody<T>(work: () => T): T {
  if (!isRoot) return work();
  process.seteuid?.(65_534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

function codeOf(work: () => unknown): { readonly code: string; readonly message: string } {
  try {
    work();
    return { code: '', message: '' };
  } catch (error) {
    const { code = 'none', message } = error as NodeJS.ErrnoException;
    return { code, message };
  }
}
