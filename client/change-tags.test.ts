import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { runRef, tagRef } from '#store';
import { FixtureStore } from './fixture-store.ts';
import type { Run } from './objects.ts';

function tagged(test: TestContext): { store: FixtureStore; run: Run } {
  const store = FixtureStore.for(test);
  store.run({ tags: ['first'] });
  return { store, run: store.client.Flow('ForeachFlow').latestRun };
}

test('tags are added, removed and replaced', (t) => {
  const { run } = tagged(t);
  assert.deepEqual(
    [run.tags, run.userTags, run.systemTags],
    [['first', 'user:alice'], ['first'], ['user:alice']],
  );
  run.addTag('best', 'first');
  assert.deepEqual(run.userTags, ['best', 'first']);
  run.removeTag('first', 'not there');
  assert.deepEqual(run.userTags, ['best']);
  run.replaceTag('best', ['good', 'better']);
  assert.deepEqual(run.userTags, ['better', 'good']);
  run.addTag(['a', 'b'], 'c');
  run.removeTag(['a', 'b', 'c']);
  run.replaceTag(['better', 'good'], 'good');
  assert.deepEqual(run.userTags, ['good'], 'removals come first');
});

test('any text can be a tag, and git agrees with the store', (t) => {
  const { store, run } = tagged(t);
  const tags = [
    'a/b',
    'with space',
    '~^:?*[\\',
    '.hidden',
    'x.lock',
    'größe 😀',
    '@',
    '-',
    '..',
    'x'.repeat(500),
    '漢'.repeat(500),
    '🦆'.repeat(500),
  ];
  run.addTag(...tags);
  assert.deepEqual(run.userTags, ['first', ...tags].sort());
  const fsck = execFileSync('git', ['--git-dir', store.path, 'fsck', '--strict'], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  assert.doesNotMatch(fsck, /error|broken|bad/i);
  for (const tag of tags) assert.equal(store.client.Run(`ForeachFlow@${JSON.stringify(tag)}`).id, run.id);
  run.removeTag(...tags);
  assert.deepEqual(run.userTags, ['first']);
});

test('a system tag cannot be removed, and adding it changes nothing', (t) => {
  const { run } = tagged(t);
  run.addTag('user:alice');
  assert.deepEqual(run.tags, ['first', 'user:alice']);
  assert.throws(() => run.removeTag('first', 'user:alice'), {
    code: 'TagError',
    message: `Tag "user:alice" of run ${run.pathspec} is a system tag and cannot be removed.`,
  });
  assert.deepEqual(run.userTags, ['first'], 'nothing was changed');
});

test('what is no tag is refused before anything changes', (t) => {
  const { run } = tagged(t);
  const wrong: readonly [unknown, RegExp][] = [
    ['', /A tag cannot be empty/],
    ['x'.repeat(501), /at most 500 characters, but this one has 501/],
    ['🦆'.repeat(501), /at most 500 characters, but this one has 501: 🦆{40}…/u],
    ['\ud800', /not Unicode/],
    [7, /A tag is a text, but this is a number: 7/],
  ];
  for (const [tag, message] of wrong) {
    assert.throws(() => run.addTag('new', tag as string), { code: 'TagError', message });
    assert.throws(() => run.replaceTag('first', tag as string), { code: 'TagError', message });
  }
  assert.throws(() => run.addTag(), /No tag was given/);
  assert.throws(() => run.addTag([]), /No tag was given/);
  assert.throws(() => run.replaceTag([], []), /No tag was given/);
  assert.deepEqual(run.userTags, ['first']);
});

test('a run has at most fifty tags', (t) => {
  const { run } = tagged(t);
  const many = Array.from({ length: 49 }, (_, at) => `tag ${at}`);
  run.addTag(many, 'first');
  assert.throws(() => run.addTag('one more', 'and another'), {
    code: 'TagError',
    message:
      /^A run has at most 50 tags, but ForeachFlow\/.* would have 52\. Give fewer, or remove some first\.$/,
  });
  assert.equal(run.userTags.length, 50);
  run.replaceTag('first', 'last');
  run.addTag('user:alice', 'last');
  assert.equal(run.userTags.length, 50);
});

test('what fails in the middle undoes what was done', (t) => {
  const { store, run } = tagged(t);
  const { refs } = store.repository;
  const lock = `${store.path}/${tagRef('ForeachFlow', run.id, 'third')}.lock`;
  writeFileSync(lock, '');
  assert.throws(() => run.replaceTag('first', ['second', 'third']), { code: 'RefLockedError' });
  rmSync(lock);
  assert.deepEqual(run.userTags, ['first']);
  assert.equal(refs.read(tagRef('ForeachFlow', run.id, 'first')), refs.read(runRef('ForeachFlow', run.id)));
});

test('a run that has been deleted gets no tag', (t) => {
  const { store, run } = tagged(t);
  assert.equal(run.status, 'successful');
  const { refs } = store.repository;
  for (const name of refs.names('refs/')) refs.delete(name);
  const gone = { code: 'NotFoundError', message: /it has been deleted/ };
  assert.throws(() => run.addTag('late'), gone);
  assert.throws(() => run.removeTag('first'), gone);
  assert.deepEqual(refs.names('refs/'), []);
});

test('processes that change tags of one run at once all succeed', async (t) => {
  const { store, run } = tagged(t);
  const script = (changes: string) =>
    `import { connect } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
     const run = connect({ store: ${JSON.stringify(store.path)}, namespace: null }).Run('ForeachFlow');
     ${changes}`;
  const ends = [1, 2, 3].map((who) => {
    const changes = `for (let i = 0; i < 4; i++) run.addTag('${who}-' + i, 'all');
      for (let i = 0; i < 4; i += 2) run.removeTag('${who}-' + i, 'first');`;
    const words = ['--import', 'tsx', '--input-type=module', '-e', script(changes)];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
    return once(child, 'exit');
  });
  for (const end of ends) assert.deepEqual(await end, [0, null]);
  const wanted = [1, 2, 3].flatMap((who) => [1, 3].map((at) => `${who}-${at}`));
  assert.deepEqual(run.userTags, [...wanted, 'all']);
});
