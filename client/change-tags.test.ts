import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';
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
    ['\ud800', /not Unicode/],
    [7, /A tag is a text, but this is a number: 7/],
  ];
  for (const [tag, message] of wrong) {
    assert.throws(() => run.addTag('new', tag as string), { code: 'TagError', message });
    assert.throws(() => run.replaceTag('first', tag as string), { code: 'TagError', message });
  }
  assert.throws(() => run.addTag(), /No tag was given/);
  assert.throws(() => run.replaceTag([], []), /No tag was given/);
  assert.deepEqual(run.userTags, ['first']);
});
