// What native git protects, a gc protects: native git makes each kind of root, and says afterwards what is left.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Repository } from '../git/repository.ts';
import { git, scratchFolder, scratchRepository } from '../git/scratch.ts';
import { storeUsage } from './du.ts';
import { plainRuns, writeRuns } from './fixture-runs.ts';
import { fsck } from './fsck.ts';
import { gc } from './gc.ts';
import { gitRoots } from './git-roots.ts';
import { filesBelow } from './native-files.ts';

/** A store with native git around it. */
class Native {
  readonly repository: Repository;
  readonly path: string;
  readonly folder: string;
  #count = 0;

  constructor(t: Parameters<typeof scratchFolder>[0]) {
    this.folder = scratchFolder(t);
    this.path = join(this.folder, 'store');
    this.repository = Repository.create(this.path);
    t.after(() => this.repository.close());
  }

  run(...args: readonly string[]): string {
    return git(this.path, args).trim();
  }

  in(worktree: string, ...args: readonly string[]): string {
    return git(join(this.folder, worktree, '.git'), [
      '--work-tree',
      join(this.folder, worktree),
      ...args,
    ]).trim();
  }

  blob(): string {
    this.#count += 1;
    return git(this.path, ['hash-object', '-w', '--stdin'], `blob ${this.#count}`).trim();
  }

  tree(blob = this.blob()): string {
    return git(this.path, ['mktree'], `100644 blob ${blob}\tfile\n`).trim();
  }

  commit(...parents: readonly string[]): string {
    return this.run('commit-tree', '-m', 'x', ...parents.flatMap((parent) => ['-p', parent]), this.tree());
  }

  write(name: string, text: string): void {
    mkdirSync(join(this.path, name, '..'), { recursive: true });
    writeFileSync(join(this.path, name), text);
  }

  /** A worktree with a detached HEAD at a commit of its own. */
  worktree(name: string): void {
    this.run('worktree', 'add', '-q', '--detach', join(this.folder, name), this.commit());
  }

  /** Makes every object as old as any grace. */
  age(): void {
    for (const file of filesBelow(join(this.path, 'objects')))
      utimesSync(join(this.path, 'objects', file), 1e9, 1e9);
  }

  /** Ids of all objects, and of those that native git finds no reason to keep. */
  objects(): { readonly all: string[]; readonly unreachable: Set<string> } {
    const all = this.run('cat-file', '--batch-all-objects', '--batch-check=%(objectname)').split('\n');
    const lines = this.run('fsck', '--unreachable', '--no-progress').split('\n');
    return {
      all,
      unreachable: new Set(lines.flatMap((line) => /^unreachable \w+ (\w+)/.exec(line)?.[1] ?? [])),
    };
  }
}

const stage = (store: Native, blob = store.blob()): string =>
  store.run('update-index', '--add', '--cacheinfo', `100644,${blob},staged-${blob.slice(0, 6)}`);

const inWorktree = (name: string, act: (store: Native) => void) => (store: Native) => {
  store.worktree(name);
  act(store);
};

const kinds: Readonly<Record<string, (store: Native) => void>> = {
  index: (store) => stage(store),
  'index of version 3': (store) => {
    stage(store);
    const [name = ''] = store.run('ls-files').split('\n');
    store.run('--work-tree', store.folder, 'update-index', '--index-version', '3', '--skip-worktree', name);
  },
  'index of version 4': (store) => {
    for (let count = 0; count < 5; count += 1) stage(store);
    store.run('update-index', '--index-version', '4');
  },
  'split index': (store) => {
    stage(store);
    store.run('update-index', '--split-index');
    stage(store);
  },
  'cache of trees': (store) => {
    store.run('update-index', '--add', '--cacheinfo', `100644,${store.blob()},deep/er/file`);
    store.run('write-tree');
  },
  'resolved conflict': (store) => {
    const stages = [1, 2, 3].map((number) => `100644 ${store.blob()} ${number}\tconflict\n`).join('');
    git(store.path, ['update-index', '--index-info'], stages);
    store.run('update-index', '--add', '--cacheinfo', `100644,${store.blob()},conflict`);
  },
  'detached HEAD': (store) => store.run('update-ref', '--no-deref', 'HEAD', store.commit(store.commit())),
  worktree: inWorktree('w1', () => {}),
  'reflog of a worktree': inWorktree('w3', (store) => {
    store.in('w3', '-c', 'core.logAllRefUpdates=always', 'update-ref', 'HEAD', store.commit());
    store.in('w3', 'update-ref', 'HEAD', store.commit());
  }),
  reflog: (store) => {
    for (let count = 0; count < 3; count += 1)
      store.run('update-ref', '--create-reflog', '-m', 'moved', 'refs/heads/moved', store.commit());
  },
  stash: (store) => {
    for (let count = 0; count < 2; count += 1)
      store.run('update-ref', '--create-reflog', 'refs/stash', store.commit(store.commit(), store.commit()));
  },
  'annotated tag of a tag': (store) => {
    store.run('tag', '-a', '-m', 'x', 'inner', store.commit());
    store.run('tag', '-a', '-m', 'x', 'outer', store.run('rev-parse', 'inner'));
    store.run('tag', '-d', 'inner');
  },
  'packed refs': (store) => {
    store.run('update-ref', 'refs/notes/x', store.commit());
    store.run('pack-refs', '--all');
  },
  'symbolic ref': (store) => {
    store.run('update-ref', 'refs/heads/target', store.commit());
    store.run('symbolic-ref', 'refs/remotes/o/HEAD', 'refs/heads/target');
  },
  replaced: (store) => store.run('replace', store.commit(), store.commit()),
};

/** What only some versions of git protect, and what git gc protects while git fsck calls it unreachable. */
const more: Readonly<Record<string, (store: Native) => string>> = {
  MERGE_HEAD: (store) => {
    const [one, two] = [store.commit(), store.commit()];
    store.write('MERGE_HEAD', `${one}\n${two}\n`);
    return two;
  },
  FETCH_HEAD: (store) => {
    const id = store.commit();
    store.write('FETCH_HEAD', `${id}\tnot-for-merge\tbranch 'x' of y\n`);
    return id;
  },
  'index of a worktree': (store) => {
    store.worktree('w2');
    const blob = store.blob();
    store.in('w2', 'update-index', '--add', '--cacheinfo', `100644,${blob},other`);
    return blob;
  },
  'state of a rebase': (store) => {
    const id = store.commit();
    store.write('rebase-merge/autostash', `${id}\n`);
    return id;
  },
  'ref of a worktree': (store) => {
    store.worktree('w4');
    const id = store.commit();
    store.in('w4', 'update-ref', 'refs/worktree/own', id);
    return id;
  },
  'pack that is kept': (store) => {
    const inner = store.tree();
    const id = git(store.path, ['mktree'], `040000 tree ${inner}\tfolder\n`).trim();
    const pack = git(
      store.path,
      ['pack-objects', '-q', join(store.path, 'objects/pack/pack')],
      `${id}\n`,
    ).trim();
    store.write(`objects/pack/pack-${pack}.keep`, '');
    return inner;
  },
};

/** Lets a gc delete what it may, and returns which of the ids are gone. */
function missingAfterGc(store: Native, ids: readonly string[]): string[] {
  writeRuns(store.repository, plainRuns(3));
  store.age();
  const report = gc(store.repository, { keepLast: 0, includeTagged: true }, { grace: 0 });
  assert.deepEqual(
    [report.deleted.length, report.pruned.postponed, report.pruned.obstacles],
    [3, false, undefined],
  );
  const found = git(store.path, ['cat-file', '--batch-check'], `${ids.join('\n')}\n`).split('\n');
  return ids.filter((_, at) => found[at]?.endsWith(' missing'));
}

test('gc keeps what native git keeps, whatever names it, and nothing else', (t) => {
  fc.assert(
    fc.property(fc.subarray(Object.keys(kinds), { minLength: 1 }), fc.boolean(), (chosen, packed) => {
      const store = new Native(t);
      // Without any ref git fsck does not tell what is reachable.
      store.run('update-ref', 'refs/heads/base', store.commit());
      for (const kind of chosen) kinds[kind]?.(store);
      if (packed) store.run('repack', '-adkq');
      const garbage = store.blob();
      const { all, unreachable } = store.objects();
      const needed = all.filter((id) => !unreachable.has(id));
      assert.ok(needed.length > 0 && unreachable.has(garbage));
      const before = store.run('fsck', '--strict', '--no-dangling');
      assert.deepEqual(missingAfterGc(store, needed), []);
      assert.equal(store.run('fsck', '--strict', '--no-dangling'), before);
      assert.deepEqual([...store.objects().unreachable], []);
      rmSync(store.folder, { recursive: true });
    }),
    { numRuns: 5, examples: [[Object.keys(kinds), false]] },
  );
});

for (const [name, make] of Object.entries(more)) {
  test(`gc keeps what is named by: ${name}`, (t) => {
    const store = new Native(t);
    const id = make(store);
    const reached = store.run('rev-list', '--objects', '--no-object-names', id).split('\n');
    assert.deepEqual(missingAfterGc(store, [id, ...reached]), []);
  });
}

test('a young object keeps the old ones that it reaches', (t) => {
  const store = new Native(t);
  const old = store.tree();
  store.age();
  const young = git(store.path, ['mktree'], `040000 tree ${old}\tfolder\n`).trim();
  assert.equal(gc(store.repository, {}).pruned.objects, 0);
  assert.equal(store.run('rev-list', '--objects', young).split('\n').length, 3);
});

test('a shallow clone and a partial one lose nothing, and what is missing there is no damage', (t) => {
  const source = new Native(t);
  source.run('update-ref', 'refs/heads/main', source.commit(source.commit(source.commit())));
  source.run('config', 'uploadpack.allowFilter', 'true');
  for (const option of ['--depth=2', '--filter=blob:none']) {
    const store = new Native(t);
    store.run('remote', 'add', 'o', `file://${source.path}`);
    store.run('fetch', '-q', option, 'o', 'main:refs/heads/main');
    assert.deepEqual(missingAfterGc(store, store.objects().all), [], option);
  }
});

test('what a store borrows stays where it is, and so does what it needs', (t) => {
  const lender = new Native(t);
  const borrowed = lender.commit();
  const store = new Native(t);
  store.write('objects/info/alternates', `${join(lender.path, 'objects')}\n`);
  const repository = Repository.open(store.path);
  t.after(() => repository.close());
  const own = store.run('commit-tree', '-m', 'x', '-p', borrowed, `${borrowed}^{tree}`);
  store.run('update-ref', 'refs/heads/x', own);
  lender.age();
  store.age();
  assert.equal(gc(repository, {}, { grace: 0 }).pruned.objects, 0);
  assert.equal(store.run('rev-list', '--objects', own).split('\n').length, 4);
});

const obstacles: readonly (readonly [name: string, lay: (store: Native) => void, told: RegExp])[] = [
  [
    'logs that lie behind a link',
    (store) => symlinkSync('/usr', join(store.path, 'logs')),
    /logs .*symbolic link/,
  ],
  [
    'a file of shallow commits that is a folder',
    (store) => mkdirSync(join(store.path, 'shallow')),
    /shallow .*folder/,
  ],
  ['an index that is damaged', (store) => damageIndex(store, 20), /^index may name .*checksum/],
  ['an index of a later version', (store) => damageIndex(store, 7, 9), /version 9/],
  [
    'an index that is a folder of a worktree',
    (store) => store.write('worktrees/w/index', 'DIRC'),
    /worktrees\/w\/index/,
  ],
  [
    'a config that says so',
    (store) => store.run('config', 'extensions.preciousObjects', 'true'),
    /preciousObjects/,
  ],
  ['a config that cannot be read', (store) => store.write('config', '[core\n'), /config has a line 1/],
];
for (const [name, lay, told] of obstacles) {
  test(`nothing is pruned beside ${name}, and the report says why`, (t) => {
    const store = new Native(t);
    const garbage = store.blob();
    stage(store);
    store.age();
    lay(store);
    const { pruned } = gc(store.repository, {}, { grace: 0 });
    assert.equal(pruned.objects, 0);
    assert.match(pruned.obstacles?.join() ?? '', told);
    assert.ok(store.repository.has(garbage as never));
  });
}

function damageIndex(store: Native, at: number, to = 0xff): void {
  const bytes = readFileSync(join(store.path, 'index'));
  bytes[at] = to;
  writeFileSync(join(store.path, 'index'), bytes);
}

test('no damage makes the reading of an index end otherwise than with roots or a reason', (t) => {
  const store = new Native(t);
  for (const kind of ['index of version 4', 'split index', 'cache of trees', 'resolved conflict'])
    kinds[kind]?.(store);
  const sound = readFileSync(join(store.path, 'index'));
  fc.assert(
    fc.property(fc.nat(sound.length - 1), fc.nat(255), (at, to) => {
      const bytes = Buffer.from(sound);
      bytes[at] = to;
      // No checksum, so that what is behind it is met.
      bytes.fill(0, bytes.length - 20);
      writeFileSync(join(store.path, 'index'), bytes);
      const { roots, unreadable } = gitRoots(store);
      assert.ok(roots.length > 0 || unreadable.length > 0);
    }),
    { numRuns: 200 },
  );
});

test('what git protects counts as in use', (t) => {
  const store = new Native(t);
  stage(store);
  assert.equal(storeUsage(store.repository).unused, 0);
});

test('a store that is reached through a link is checked and pruned as any', (t) => {
  const repository = scratchRepository(t);
  const link = `${repository.path}-link`;
  symlinkSync(repository.path, link);
  assert.deepEqual(gitRoots({ path: link }), gitRoots(repository));
  assert.deepEqual(gitRoots({ path: link }).unreadable, []);
  assert.deepEqual(fsck(Repository.open(link)).damage, []);
});

test('a folder of commit-graphs that is a link is damage', (t) => {
  const repository = scratchRepository(t);
  const folder = join(repository.path, 'objects/info');
  mkdirSync(folder, { recursive: true });
  symlinkSync(tmpdir(), join(folder, 'commit-graphs'));
  const [damage] = fsck(repository).damage;
  assert.equal(damage?.file, 'objects/info/commit-graphs');
});
