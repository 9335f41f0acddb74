// What core.sharedRepository makes of new files and folders is what native git makes of them.
import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { encodeCommit } from './git/commit.ts';
import { packObject } from './git/packed-object.ts';
import { Repository } from './git/repository.ts';
import { git, SOMEBODY, scratchFolder, snapshot } from './git/scratch.ts';
import { encodeTree } from './git/tree.ts';
import type { ObjectId } from './ids.ts';

const mode = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8);

/** The modes of what a writer has made in a store, by what it is. */
function modesIn({ path, packFolder }: Repository, loose: ObjectId): Record<string, string> {
  const folder = join(path, 'objects', loose.slice(0, 2));
  const packs = readdirSync(packFolder);
  const pack = (suffix: string): string =>
    join(packFolder, packs.find((name) => name.endsWith(suffix)) ?? '');
  return {
    'loose object': mode(join(folder, loose.slice(2))),
    'its folder': mode(folder),
    pack: mode(pack('.pack')),
    index: mode(pack('.idx')),
    ref: mode(join(path, 'refs/runs/F/1')),
    'its folder, too': mode(join(path, 'refs/runs/F')),
  };
}

for (const umask of [0o022, 0o077]) {
  for (const value of ['group', 'all', '0640', undefined]) {
    test(`core.sharedRepository ${value} under the umask ${umask.toString(8)}`, (t) => {
      const before = process.umask(umask);
      t.after(() => process.umask(before));
      const folder = scratchFolder(t);
      const make = (name: string): Repository => {
        mkdirSync(join(folder, name));
        Repository.create(join(folder, name)).close();
        if (value !== undefined) git(join(folder, name), ['config', 'core.sharedRepository', value]);
        const repository = Repository.open(join(folder, name));
        t.after(() => repository.close());
        return repository;
      };
      const tree = packObject('tree', encodeTree([]));
      const commit = packObject(
        'commit',
        encodeCommit({ tree: tree.id, parents: [], author: SOMEBODY, committer: SOMEBODY, message: 'x\n' }),
      );
      const ours = make('ours');
      ours.writePack([tree, commit], { sync: false });
      ours.refs.update('refs/runs/F/1', { to: commit.id });
      const loose = ours.writeLoose('blob', Buffer.from('loose'));
      const theirs = make('theirs');
      git(theirs.path, ['hash-object', '-t', 'tree', '-w', '--stdin'], '');
      git(theirs.path, ['hash-object', '-t', 'commit', '-w', '--stdin'], ours.read(commit.id).body);
      git(theirs.path, ['update-ref', 'refs/runs/F/1', commit.id]);
      git(theirs.path, ['repack', '-adq']);
      git(theirs.path, ['hash-object', '-w', '--stdin'], 'loose');
      assert.deepEqual(modesIn(ours, loose), modesIn(theirs, loose));
    });
  }
}

test('only the store that is shared is', (t) => {
  const before = process.umask(0o077);
  t.after(() => process.umask(before));
  const folder = scratchFolder(t);
  const [shared, other] = ['shared', 'shared-not'].map((name) => Repository.create(join(folder, name)));
  git(shared?.path ?? '', ['config', 'core.sharedRepository', 'all']);
  for (const path of [shared?.path ?? '', other?.path ?? '']) {
    const repository = Repository.open(path);
    const { objects, commit } = snapshot(['a']);
    repository.writePack(objects, { sync: false });
    repository.refs.update('refs/runs/F/1', { to: commit });
    repository.close();
  }
  assert.equal(mode(join(shared?.path ?? '', 'refs/runs/F/1')), '664');
  assert.equal(mode(join(other?.path ?? '', 'refs/runs/F/1')), '600');
});
