import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ObjectId } from '../ids.ts';
import {
  RefChangedError,
  RefConflictError,
  RefCorruptError,
  RefLockedError,
  RefNameError,
} from './errors.ts';
import { Refs } from './refs.ts';
import type { Repository } from './repository.ts';
import { git, scratchFolder, scratchRepository, snapshot } from './scratch.ts';

type Scope = Parameters<typeof scratchRepository>[0];

function withCommits(t: Scope, count = 2): { repository: Repository; refs: Refs; commits: ObjectId[] } {
  const repository = scratchRepository(t);
  const made = Array.from({ length: count }, (_, i) => snapshot([`${i}`]));
  repository.writePack(
    made.flatMap((each) => each.objects),
    { sync: false },
  );
  return { repository, refs: repository.refs, commits: made.map((each) => each.commit) };
}

function shown(repository: Repository): string[] {
  return git(repository.path, ['for-each-ref', '--format=%(refname) %(objectname)'])
    .split('\n')
    .filter(Boolean);
}

test('a ref is created, moved and deleted, and native git sees each', (t) => {
  const { repository, refs, commits } = withCommits(t);
  const [one, two] = commits as [ObjectId, ObjectId];
  refs.update('refs/runs/F/1', { to: one, from: null });
  assert.deepEqual(shown(repository), [`refs/runs/F/1 ${one}`]);
  refs.update('refs/runs/F/1', { to: two, from: one });
  assert.deepEqual(shown(repository), [`refs/runs/F/1 ${two}`]);
  refs.delete('refs/runs/F/1', { from: two });
  assert.deepEqual(shown(repository), []);
  assert.equal(refs.read('refs/runs/F/1'), undefined);
});

for (const packed of [false, true]) {
  test(`compare-and-swap holds for ${packed ? 'packed' : 'loose'} refs`, (t) => {
    const { repository, refs, commits } = withCommits(t);
    const [one, two] = commits as [ObjectId, ObjectId];
    refs.update('refs/runs/F/1', { to: one });
    if (packed) git(repository.path, ['pack-refs', '--all', '--prune']);
    assert.throws(() => refs.update('refs/runs/F/1', { to: two, from: null }), RefChangedError);
    assert.throws(
      () => refs.update('refs/runs/F/1', { to: one, from: two }),
      (error) => {
        assert.ok(error instanceof RefChangedError);
        return error.expected === two && error.found === one;
      },
    );
    assert.throws(() => refs.delete('refs/runs/F/1', { from: two }), RefChangedError);
    assert.throws(
      () => refs.update('refs/runs/F/2', { to: one, from: two }),
      /expected .*, found no such ref/,
    );
    assert.deepEqual(shown(repository), [`refs/runs/F/1 ${one}`]);
    refs.update('refs/runs/F/1', { to: two, from: one });
    refs.delete('refs/runs/F/1', { from: two });
    assert.deepEqual(shown(repository), []);
    refs.delete('refs/runs/F/1');
  });
}

test('names come sorted, loose and packed, each once, by any prefix', (t) => {
  const { repository, refs, commits } = withCommits(t);
  const [one] = commits as [ObjectId];
  const names = ['refs/heads/F', 'refs/runs/F/1', 'refs/runs/F/2', 'refs/runs/F-G/1', 'refs/tags/a/b/c'];
  for (const name of names.slice(0, 3)) refs.update(name, { to: one });
  git(repository.path, ['pack-refs', '--all']);
  for (const name of names.slice(2)) refs.update(name, { to: one });
  for (const stray of ['3.lock', '.DS_Store']) writeFileSync(join(repository.path, 'refs/runs/F', stray), '');
  const sorted = names.toSorted();
  for (const prefix of [
    '',
    'refs/',
    'refs/runs/',
    'refs/runs/F',
    'refs/runs/F/',
    'refs/runs/F/2',
    'refs/t',
    'refs/none/',
    'x',
    'refs/../',
  ]) {
    assert.deepEqual(
      refs.names(prefix),
      sorted.filter((name) => name.startsWith(prefix)),
      prefix,
    );
  }
});

test('listing does not read what refs point at', (t) => {
  const { repository, refs } = withCommits(t);
  writeFileSync(join(repository.path, 'refs/heads/torn'), '');
  assert.deepEqual(refs.names('refs/heads/'), ['refs/heads/torn']);
  assert.throws(() => refs.read('refs/heads/torn'), RefCorruptError);
});

test('the newest ref is the newest whatever changes in a folder that was listed, and all() agrees with names() and read()', (t) => {
  const { repository, refs, commits } = withCommits(t);
  const [one, two] = commits as [ObjectId, ObjectId];
  const folder = join(repository.path, 'refs/runs/F');
  const other = new Refs(repository.path);
  const past = (seconds: number) => utimesSync(folder, new Date(), new Date(Date.now() - seconds * 1000));
  const newest = () => [...refs.latest('refs/runs/F/')][0];
  refs.update('refs/runs/F/1', { to: one, from: null });
  past(100);
  assert.deepEqual([newest(), newest()], ['refs/runs/F/1', 'refs/runs/F/1']);
  other.update('refs/runs/F/2', { to: two, from: null });
  assert.equal(newest(), 'refs/runs/F/2');
  past(50);
  newest();
  mkdirSync(join(folder, '3'));
  past(40);
  newest();
  // Does not change the time of the folder.
  writeFileSync(join(folder, '3', 'x'), `${one}\n`);
  assert.equal(newest(), 'refs/runs/F/3/x');
  git(repository.path, ['pack-refs', '--all']);
  assert.equal(newest(), 'refs/runs/F/3/x');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '4'), 'torn');
  assert.deepEqual(refs.all('refs/runs/F/'), [
    ['refs/runs/F/1', one],
    ['refs/runs/F/2', two],
    ['refs/runs/F/3/x', one],
    ['refs/runs/F/4', undefined],
  ]);
});

test('HEAD leads to a branch, also one that is not born, and moving it moves the branch', (t) => {
  const { repository, refs, commits } = withCommits(t);
  const [one, two] = commits as [ObjectId, ObjectId];
  assert.equal(refs.symbolic('HEAD'), 'refs/heads/main');
  assert.equal(refs.read('HEAD'), undefined);
  refs.update('HEAD', { to: one, from: null });
  assert.equal(refs.read('refs/heads/main'), one);
  assert.equal(refs.symbolic('HEAD'), 'refs/heads/main');
  refs.update('refs/heads/ForeachFlow', { to: two });
  refs.setSymbolic('HEAD', 'refs/heads/ForeachFlow');
  assert.equal(git(repository.path, ['rev-parse', 'HEAD']).trim(), two);
  assert.equal(refs.symbolic('refs/heads/main'), undefined);
});

test('symbolic refs in a circle are refused', (t) => {
  const { refs } = withCommits(t);
  refs.setSymbolic('refs/a/x', 'refs/a/y');
  refs.setSymbolic('refs/a/y', 'refs/a/x');
  assert.throws(() => refs.read('refs/a/x'), RefCorruptError);
});

for (const packed of [false, true]) {
  test(`a ref cannot be the folder of another ${packed ? 'packed' : 'loose'} one`, (t) => {
    const { repository, refs, commits } = withCommits(t);
    const [one] = commits as [ObjectId];
    refs.update('refs/heads/a/b', { to: one });
    if (packed) git(repository.path, ['pack-refs', '--all']);
    const existing = (error: unknown) =>
      error instanceof RefConflictError && error.existing === 'refs/heads/a/b';
    assert.throws(() => refs.update('refs/heads/a', { to: one }), existing);
    assert.throws(() => refs.update('refs/heads/a/b/c/d', { to: one }), existing);
    assert.deepEqual(shown(repository), [`refs/heads/a/b ${one}`]);
    refs.delete('refs/heads/a/b');
    refs.update('refs/heads/a', { to: one });
    assert.deepEqual(shown(repository), [`refs/heads/a ${one}`]);
  });
}

test('empty folders are no obstacle, and do not stay', (t) => {
  const { repository, refs, commits } = withCommits(t);
  const [one] = commits as [ObjectId];
  mkdirSync(join(repository.path, 'refs/runs/F/empty/deep'), { recursive: true });
  refs.update('refs/runs/F/empty', { to: one });
  refs.delete('refs/runs/F/empty');
  assert.equal(existsSync(join(repository.path, 'refs/runs/F')), false);
  assert.ok(existsSync(join(repository.path, 'refs/runs')));
  assert.throws(() => refs.update('refs/runs/G/H/1', { to: one, from: one }), RefChangedError);
  assert.equal(existsSync(join(repository.path, 'refs/runs/G')), false);
});

test('a lock that stays is reported, and nothing is changed', (t) => {
  const { repository, refs, commits } = withCommits(t);
  const [one] = commits as [ObjectId];
  refs.update('refs/heads/a', { to: one });
  writeFileSync(join(repository.path, 'refs/heads/a.lock'), '');
  assert.throws(() => refs.delete('refs/heads/a'), RefLockedError);
  assert.equal(readFileSync(join(repository.path, 'refs/heads/a'), 'utf8'), `${one}\n`);
});

test('illegal names never reach the file system', (t) => {
  const { refs, commits } = withCommits(t);
  const [one] = commits as [ObjectId];
  for (const name of ['../x', 'refs/../../x', 'refs/heads/a.lock', 'config', 'objects/x']) {
    assert.throws(() => refs.update(name, { to: one }), RefNameError);
    assert.throws(() => refs.read(name), RefNameError);
    assert.throws(() => refs.delete(name), RefNameError);
    assert.throws(() => refs.setSymbolic(name, 'refs/heads/main'), RefNameError);
  }
});

test('property: any sequence of changes, packed at any time, leaves the refs a map would hold', {
  timeout: 60_000,
}, (t) => {
  const { repository, commits } = withCommits(t, 4);
  const steps = fc.array(
    fc.record({
      name: fc.nat(4),
      to: fc.nat(3),
      kind: fc.constantFrom('set', 'set', 'cas', 'delete', 'pack', 'native'),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(steps, (sequence) => {
      const model = new Map<string, ObjectId>();
      const refs = new Refs(repository.path);
      for (const { name: i, to: j, kind } of sequence) {
        const name = `refs/runs/F/${i}`;
        const to = commits[j] as ObjectId;
        if (kind === 'pack') git(repository.path, ['pack-refs', '--all']);
        else if (kind === 'delete') refs.delete(name);
        else if (kind === 'native') git(repository.path, ['update-ref', name, to]);
        else refs.update(name, kind === 'cas' ? { to, from: model.get(name) ?? null } : { to });
        if (kind === 'delete') model.delete(name);
        else if (kind !== 'pack') model.set(name, to);
        assert.equal(refs.read(name), model.get(name));
      }
      const wanted = [...model].sort().map(([name, id]) => `${name} ${id}`);
      assert.deepEqual(
        refs.names('').map((name) => `${name} ${refs.read(name)}`),
        wanted,
      );
      assert.deepEqual(shown(repository), wanted);
      for (const name of model.keys()) refs.delete(name);
    }),
    { numRuns: 25 },
  );
});

test('a store of ten thousand refs lists them quickly, loose and packed', (t) => {
  const folder = scratchFolder(t);
  const names = Array.from({ length: 10_000 }, (_, i) => `refs/runs/F/${String(i).padStart(6, '0')}`);
  mkdirSync(join(folder, 'refs/runs/F'), { recursive: true });
  for (const name of names.slice(0, 5000)) writeFileSync(join(folder, name), '');
  writeFileSync(
    join(folder, 'packed-refs'),
    names
      .slice(5000)
      .map((name) => `${'a'.repeat(40)} ${name}\n`)
      .join(''),
  );
  const refs = new Refs(folder);
  const started = performance.now();
  assert.equal(refs.names('refs/runs/').length, 10_000);
  assert.ok(performance.now() - started < 1000);
});
