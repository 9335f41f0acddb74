import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { workTreeState } from './work-tree.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'oxbow-work-tree-')));
after(() => rmSync(root, { recursive: true, force: true }));

const git = (folder: string, ...words: string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...words], {
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();

const project = join(root, 'project');
mkdirSync(join(project, 'flows'), { recursive: true });
const path = join(project, 'flows/a.ts');
writeFileSync(path, 'one\n');

/** The state as seen from the folder of the flow, for files as they are on disk. */
const stateFor = (...paths: string[]) =>
  workTreeState(join(project, 'flows'), new Map(paths.map((one) => [one, readFileSync(one)])));

test('a folder without a repository, or without a commit, has no state', () => {
  assert.equal(stateFor(path), undefined);
  git(root, 'init', '-q', '-b', 'main', project);
  assert.equal(stateFor(path), undefined);
});

test('commit, branch, and whether the files differ', () => {
  git(project, 'add', '.');
  git(project, 'commit', '-qm', 'first');
  const commit = git(project, 'rev-parse', 'HEAD');
  assert.deepEqual(stateFor(path), { commit, branch: 'main', dirty: false });
  writeFileSync(path, 'two\n');
  assert.deepEqual(stateFor(path), { commit, branch: 'main', dirty: true });
  // Staged or not: what counts is the commit.
  git(project, 'add', '.');
  assert.equal(stateFor(path)?.dirty, true);
  git(project, 'checkout', '-q', 'HEAD', '.');
  const other = join(project, 'flows/new.ts');
  writeFileSync(other, '');
  assert.equal(stateFor(path)?.dirty, false);
  assert.equal(stateFor(path, other)?.dirty, true);
  rmSync(other);
  const outside = join(root, 'outside.ts');
  writeFileSync(outside, '');
  assert.equal(stateFor(path, outside)?.dirty, false);
});

test('packed, with an odd branch, detached, and as a linked work tree', () => {
  const commit = git(project, 'rev-parse', 'HEAD');
  git(project, 'checkout', '-q', '-b', 'feature/grün');
  git(project, 'gc', '-q');
  assert.deepEqual(stateFor(path), { commit, branch: 'feature/grün', dirty: false });
  git(project, 'checkout', '-q', '--detach');
  assert.deepEqual(stateFor(path), { commit, dirty: false });
  const linked = join(root, 'linked');
  git(project, 'worktree', 'add', '-q', '-b', 'side', linked);
  const file = join(linked, 'flows/a.ts');
  const state = workTreeState(join(linked, 'flows'), new Map([[file, readFileSync(file)]]));
  assert.deepEqual(state, { commit, branch: 'side', dirty: false });
});

test('what cannot be read is no reason to fail', () => {
  const broken = join(root, 'broken');
  mkdirSync(join(broken, '.git'), { recursive: true });
  assert.equal(workTreeState(broken, new Map()), undefined);
  writeFileSync(join(broken, '.git/HEAD'), 'nonsense');
  assert.equal(workTreeState(broken, new Map()), undefined);
  const elsewhere = join(root, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, '.git'), 'gitdir: ../nowhere\n');
  assert.equal(workTreeState(elsewhere, new Map()), undefined);
});

test('what is no file in the repository is neither waited for nor read without end', () => {
  const places: Readonly<Record<string, (folder: string) => void>> = {
    'a FIFO as HEAD': (folder) => {
      rmSync(join(folder, '.git/HEAD'));
      execFileSync('mkfifo', [join(folder, '.git/HEAD')]);
    },
    'a device as HEAD': (folder) => {
      rmSync(join(folder, '.git/HEAD'));
      symlinkSync('/dev/zero', join(folder, '.git/HEAD'));
    },
    'a file without an end as HEAD': (folder) => truncateSync(join(folder, '.git/HEAD'), 2 ** 33),
    'a link to the folder of another work tree whose commondir is a FIFO': (folder) => {
      rmSync(join(folder, '.git'), { recursive: true });
      mkdirSync(join(folder, 'elsewhere'));
      execFileSync('mkfifo', [join(folder, 'elsewhere/commondir')]);
      writeFileSync(join(folder, '.git'), 'gitdir: elsewhere\n');
    },
    'a FIFO as the branch': (folder) => {
      rmSync(join(folder, '.git/refs/heads/main'));
      execFileSync('mkfifo', [join(folder, '.git/refs/heads/main')]);
    },
  };
  const folders = Object.keys(places).map((_, index) => join(root, `odd-${index}`));
  for (const [index, plant] of Object.values(places).entries()) {
    const folder = folders[index] as string;
    git(root, 'init', '-q', '-b', 'main', folder);
    git(folder, 'commit', '-qm', 'first', '--allow-empty');
    plant(folder);
  }
  // In a process that can be killed: the wait for a FIFO cannot be ended from within.
  const script = `import { workTreeState } from ${JSON.stringify(new URL('./work-tree.ts', import.meta.url).href)};
    for (const folder of ${JSON.stringify(folders)}) console.log(workTreeState(folder, new Map()));`;
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--max-old-space-size=500', '--import', 'tsx', '--input-type=module', '-e', script],
    { encoding: 'utf8', timeout: 60_000 },
  );
  assert.deepEqual([status, stdout], [0, 'undefined\n'.repeat(folders.length)]);
});
