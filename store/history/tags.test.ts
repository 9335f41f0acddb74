import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { Repository } from '../git/repository.ts';
import { runRef } from './layout.ts';
import { addTag, moveTags, removeTag, tagRef, tagsOf } from './tags.ts';

const FLOW = 'F';
const RUN = '20261122-104755-123k7';

const tags = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 60 }),
  fc.constantFrom(
    '.',
    '..',
    '@',
    '@{',
    '-x',
    'a.lock',
    '.lock',
    'a/b',
    'a//b',
    'v1.2',
    '~',
    'x'.repeat(500),
    '漢'.repeat(500),
    '🦆'.repeat(500),
    ' '.repeat(500),
    '%_',
    '.'.repeat(500),
    '%',
    '%-',
  ),
);

test('every tag has a legal ref name', () => {
  fc.assert(
    fc.property(tags, (tag) => {
      execFileSync('git', ['check-ref-format', tagRef(FLOW, RUN, tag)]);
    }),
    { numRuns: 150 },
  );
});

test('two tags never share a ref, nor is one a folder of the other', () => {
  fc.assert(
    fc.property(fc.uniqueArray(tags, { minLength: 2, maxLength: 20 }), (all) => {
      const names = all.map((tag) => tagRef(FLOW, RUN, tag));
      assert.equal(new Set(names).size, names.length);
      for (const name of names) assert.ok(!names.some((other) => other.startsWith(`${name}/`)), name);
    }),
    { numRuns: 300 },
  );
});

test('a run that is deleted meanwhile leaves no tag behind', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-tags-'));
  try {
    const { refs, ...repository } = Repository.create(join(folder, '.flow'));
    const commit = Repository.open(repository.path).writeLoose('blob', Buffer.from('commit'));
    assert.equal(addTag(refs, { flow: FLOW, id: RUN, commit }, 'late'), 'gone');
    assert.deepEqual(refs.names('refs/'), []);
    refs.update(runRef(FLOW, RUN), { to: commit });
    assert.equal(addTag(refs, { flow: FLOW, id: RUN, commit }, 'new'), 'added');
    assert.equal(addTag(refs, { flow: FLOW, id: RUN, commit }, 'new'), 'there');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('tags are added, listed, moved and removed; git sees them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-tags-'));
  try {
    const repository = Repository.create(join(folder, '.flow'));
    const first = repository.writeLoose('blob', Buffer.from('first'));
    const second = repository.writeLoose('blob', Buffer.from('second'));
    repository.refs.update(runRef(FLOW, RUN), { to: first });
    const long = ['x', '漢', '🦆', ' '].map((character) => character.repeat(500));
    const all = ['best', 'müde Ente 🦆', 'a/b', ...long].sort();
    for (const tag of all) addTag(repository.refs, { flow: FLOW, id: RUN, commit: first }, tag);
    addTag(repository.refs, { flow: FLOW, id: RUN, commit: second }, 'best');
    assert.deepEqual(tagsOf(repository.refs, FLOW, RUN), all);
    moveTags(repository.refs, { flow: FLOW, id: RUN, commit: second });
    const seen = execFileSync('git', [
      '--git-dir',
      repository.path,
      'for-each-ref',
      '--format=%(objectname)',
      'refs/tags',
    ]);
    assert.deepEqual(seen.toString().trim().split('\n'), Array(all.length).fill(second));
    removeTag(repository.refs, { flow: FLOW, id: RUN }, 'best');
    removeTag(repository.refs, { flow: FLOW, id: RUN }, 'best');
    assert.deepEqual(
      tagsOf(repository.refs, FLOW, RUN),
      all.filter((tag) => tag !== 'best'),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
