import assert from 'node:assert/strict';
import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ObjectId } from '../ids.ts';
import { RefCorruptError } from './errors.ts';
import { PackedRefs, parsePackedRefs } from './packed-refs.ts';
import { git, scratchFolder, scratchRepository, snapshot } from './scratch.ts';

const [a, b] = ['a'.repeat(40), 'b'.repeat(40)] as [ObjectId, ObjectId];

test('refs come in order of their names, with what tags point at', () => {
  const text = `# pack-refs with: peeled fully-peeled sorted \n${a} refs/heads/main\n${b} refs/tags/v1\n^${a}\n`;
  const table = parsePackedRefs(text, 'packed-refs');
  assert.deepEqual(
    [...table],
    [
      ['refs/heads/main', { id: a, peeled: undefined }],
      ['refs/tags/v1', { id: b, peeled: a }],
    ],
  );
});

test('a file that is not sorted is read all the same', () => {
  const table = parsePackedRefs(`${a} refs/z\n${b} refs/a\n`, 'packed-refs');
  assert.deepEqual([...table.keys()], ['refs/a', 'refs/z']);
});

test('lines that make no sense are refused', () => {
  for (const text of ['x', `${a}`, `${a}refs/x`, `^${a}`, `${a} refs/x\n^short`, `${a.slice(1)} refs/x`]) {
    assert.throws(() => parsePackedRefs(text, 'packed-refs'), RefCorruptError, text);
  }
});

test('a name with a control character is refused', () => {
  const read = () => parsePackedRefs(`${a} refs/runs/F\0x/1\n`, 'packed-refs');
  assert.throws(read, { code: 'RefCorruptError', message: /control character at 52/ });
});

test('the file is read again when it changes, however soon, and when it goes', (t) => {
  const folder = scratchFolder(t);
  const refs = new PackedRefs(folder);
  assert.equal(refs.read().size, 0);
  // The worst case: versions of one size within one tick of the clock, which lasts as long as this test.
  const time = new Date(Date.now() + 60_000);
  for (let i = 0; i < 10; i++) {
    const id = i.toString(16).padStart(40, '0');
    writeFileSync(refs.path, `${id} refs/x\n`);
    utimesSync(refs.path, time, time);
    assert.equal(refs.read().get('refs/x')?.id, id);
  }
  rmSync(refs.path);
  assert.equal(refs.read().size, 0);
});

test('one ref is found without reading the others, until so many are asked for that reading all is cheaper', async (t) => {
  const refs = new PackedRefs(scratchFolder(t));
  const names = Array.from({ length: 5000 }, (_, i) => `refs/runs/F/${String(i).padStart(5, '0')}`);
  const lines = names.map((name, i) => (i === 2400 ? `damaged ${name}` : `${a} ${name}`));
  writeFileSync(refs.path, `# pack-refs with: peeled fully-peeled sorted \n${lines.join('\n')}\n`);
  await new Promise((done) => setTimeout(done, 50));
  assert.equal(refs.get('refs/runs/F/04999')?.id, a);
  assert.deepEqual(refs.last('refs/runs/F/', 2), ['refs/runs/F/04999', 'refs/runs/F/04998']);
  assert.throws(() => refs.get('refs/runs/F/02400'), RefCorruptError);
  assert.throws(() => {
    for (const name of names.slice(4000)) refs.get(name);
  }, /it has the line "damaged/);
});

test('removing a ref keeps the others and what native git noted about them', (t) => {
  const repository = scratchRepository(t);
  const { objects, commit } = snapshot(['x']);
  repository.writePack(objects, { sync: false });
  for (const name of ['refs/heads/a', 'refs/heads/b']) repository.refs.update(name, { to: commit });
  git(repository.path, ['tag', '-a', 'v1', '-m', 'v1', commit]);
  git(repository.path, ['pack-refs', '--all']);
  new PackedRefs(repository.path).remove('refs/heads/a');
  assert.match(readFileSync(join(repository.path, 'packed-refs'), 'utf8'), new RegExp(`\\^${commit}`));
  assert.deepEqual(
    git(repository.path, ['for-each-ref', '--format=%(refname) %(*objectname)']).trim().split('\n'),
    ['refs/heads/b ', `refs/tags/v1 ${commit}`],
  );
});
