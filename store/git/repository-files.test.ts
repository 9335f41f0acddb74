import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { ObjectId } from '../ids.ts';
import { NotARepositoryError } from './errors.ts';
import { packObject } from './packed-object.ts';
import { Repository } from './repository.ts';
import { fsck, git, scratchFolder, scratchRepository, snapshot } from './scratch.ts';

test('creating twice changes nothing, and completes what is missing', (t) => {
  const path = join(scratchFolder(t), 'deep', 'er', 'store');
  const first = Repository.create(path);
  first.refs.setSymbolic('HEAD', 'refs/heads/other');
  rmSync(join(path, 'objects', 'info'), { recursive: true });
  Repository.create(path);
  assert.equal(readFileSync(join(path, 'HEAD'), 'utf8'), 'ref: refs/heads/other\n');
  assert.equal(readFileSync(join(path, '.gitignore'), 'utf8'), '*\n');
  assert.equal(git(path, ['rev-parse', '--is-bare-repository']).trim(), 'true');
  assert.equal(git(path, ['config', 'core.bigFileThreshold']).trim(), '512k');
  assert.equal(git(path, ['config', 'gc.auto']).trim(), '0');
  assert.equal(fsck(path).replace(/notice.*\n/g, ''), '');
});

test('several processes may create one store at once', async (t) => {
  const path = join(scratchFolder(t), 'store');
  const code = `const { Repository } = await import(${JSON.stringify(import.meta.resolve('./repository.ts'))});
    const { id } = { id: Repository.create(process.argv[1]).writeLoose('blob', Buffer.from(process.argv[2])) };
    console.log(id);`;
  const runs = ['a', 'b', 'c', 'd'].map(async (word) => {
    const args = ['--import', 'tsx', '--input-type=module', '-e', code, path, word];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return [stdout.trim() as ObjectId, word] as const;
  });
  const made = await Promise.all(runs);
  const repository = Repository.open(path);
  for (const [id, word] of made) assert.equal(repository.blob(id).toString(), word);
  assert.deepEqual(readdirSync(path).sort(), ['.gitignore', 'HEAD', 'config', 'objects', 'refs']);
});

test('the folder of a store is invisible to the repository around it', (t) => {
  const work = scratchFolder(t);
  git(join(work, '.git'), ['init', '-q', work]);
  Repository.create(join(work, '.flow')).writePack(snapshot(['x']).objects, { sync: false });
  assert.equal(git(join(work, '.git'), ['--work-tree', work, 'status', '--porcelain', '-uall']), '');
});

test('what is not a repository is refused with the reason', (t) => {
  const folder = scratchFolder(t);
  const reason = (path: string) => {
    try {
      Repository.open(path);
    } catch (error) {
      if (error instanceof NotARepositoryError) return error.reason;
    }
    return undefined;
  };
  assert.equal(reason(join(folder, 'none')), 'there is no such folder');
  assert.equal(reason(folder), 'it has no HEAD, objects and refs');
  const { path } = Repository.create(join(folder, 'sha256'));
  for (const [config, expected] of [
    [
      '[core]\nrepositoryformatversion = 1\n[extensions]\nobjectFormat = sha256\n',
      'its objects are not named by SHA-1',
    ],
    [
      '[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = reftable\n',
      'its refs are not kept in files',
    ],
    ['[core]\nrepositoryformatversion = 2\n', 'its format is newer than version 1'],
    ['[core]\nrepositoryformatversion = 1\n[extensions]\nobjectFormat = sha1\n', undefined],
  ] as const) {
    writeFileSync(join(path, 'config'), config);
    assert.equal(reason(path), expected);
  }
});

test('what native git caches is no trouble when a run drops its earlier checkpoints', (t) => {
  const repository = scratchRepository(t);
  const write = (content: string) => {
    const { objects, commit } = snapshot([content]);
    const pack = repository.writePack(objects, { sync: false });
    repository.refs.update('refs/runs/F/1', { to: commit });
    return pack?.path ?? '';
  };
  write('first checkpoint');
  git(repository.path, ['gc', '--quiet']);
  write('second checkpoint');
  git(repository.path, ['repack', '-adq']);
  assert.equal(fsck(repository.path), '');
});

test('however many repositories a process opens, few pack files stay open', (t) => {
  const path = scratchRepository(t).path;
  const writer = Repository.open(path);
  t.after(() => writer.close());
  const ids = Array.from({ length: 20 }, (_, i) => {
    const object = packObject('blob', Buffer.from(`content ${i}`));
    writer.writePack([object], { sync: false });
    return object.id;
  });
  // Nobody closes them: a client is opened and forgotten, and its files are not closed before the garbage is collected.
  const opened = Array.from({ length: 20 }, () => Repository.open(path));
  for (const repository of opened) for (const id of ids) assert.ok(repository.blob(id).length > 0);
  const links = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return []; // The one that lists them.
    }
  });
  assert.ok(links.filter((link) => link.startsWith(path)).length <= 4);
  for (const repository of opened) {
    for (const id of ids) assert.ok(repository.blob(id).length > 0);
    repository.close();
  }
});
