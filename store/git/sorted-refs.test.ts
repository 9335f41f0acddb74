// What is looked up in packed-refs, by halving, is what reading all of it would give.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ObjectId } from '../ids.ts';
import { PackedRefs, parsePackedRefs } from './packed-refs.ts';
import { Refs } from './refs.ts';
import { git, scratchFolder, scratchRepository, snapshot } from './scratch.ts';

const component = fc.stringMatching(/^[a-zA-Z0-9é丘𝄞_-]{1,3}$/u).filter((text) => !/^-|lock$/.test(text));
const refName = fc
  .array(component, { minLength: 1, maxLength: 3 })
  .map((parts) => `refs/runs/${parts.join('/')}`);

/** Git keeps refs as files: none may be the folder of another. */
const refNames = fc
  .uniqueArray(refName, { minLength: 1, maxLength: 40 })
  .map((names) => names.filter((name) => !names.some((other) => other.startsWith(`${name}/`))));

/** Everything that can be asked about a set of refs, asked of the file and of a plain list. */
function compare(
  refs: PackedRefs,
  table: ReadonlyMap<string, { readonly id: string }>,
  extra: readonly string[],
): void {
  const names = [...table.keys()];
  const prefixes = new Set([
    'refs/',
    'refs/runs/',
    ...names.map((name) => name.slice(0, name.lastIndexOf('/') + 1)),
    ...extra,
  ]);
  for (const name of [...names, ...extra, ...names.map((name) => `${name}x`)])
    assert.deepEqual(refs.get(name), table.get(name), name);
  for (const prefix of prefixes) {
    const within = names.filter((name) => name.startsWith(prefix));
    assert.deepEqual([...refs.read(prefix).keys()], within, prefix);
    assert.deepEqual(refs.last(prefix, 3), within.toReversed().slice(0, 3), prefix);
    const middle = within[within.length >> 1];
    if (middle === undefined) continue;
    const earlier = within.slice(0, within.indexOf(middle)).toReversed();
    assert.deepEqual(refs.last(prefix, 10_000, middle), earlier, `${prefix} before ${middle}`);
    const below = within.map((name) => name.slice(prefix.length)).filter((rest) => rest.includes('/'));
    assert.deepEqual(refs.folders(prefix), [
      ...new Set(below.map((rest) => rest.slice(0, rest.indexOf('/')))),
    ]);
  }
}

test('what native git packs is found, ref by ref and by any prefix', (t) => {
  const repository = scratchRepository(t);
  const { objects, commit } = snapshot(['x']);
  repository.writePack(objects, { sync: false });
  const path = join(repository.path, 'packed-refs');
  fc.assert(
    fc.property(refNames, fc.array(refName), fc.boolean(), (names, others, annotated) => {
      const commands = names.map((name) => `create ${name} ${commit}\n`).join('');
      execFileSync('git', [`--git-dir=${repository.path}`, 'update-ref', '--stdin'], { input: commands });
      if (annotated) git(repository.path, ['tag', '-f', '-a', 'v1', '-m', 'v1', commit]);
      git(repository.path, ['pack-refs', '--all']);
      const table = parsePackedRefs(readFileSync(path, 'utf8'), path);
      assert.ok(names.every((name) => table.has(name)));
      compare(new PackedRefs(repository.path), table, ['refs/tags/v1', ...others]);
      const all = [...table.keys()];
      const remove = all.map((name) => `delete ${name}\n`).join('');
      execFileSync('git', [`--git-dir=${repository.path}`, 'update-ref', '--stdin'], { input: remove });
    }),
    { numRuns: 25 },
  );
});

const [one, two] = ['1'.repeat(40), '2'.repeat(40)] as [ObjectId, ObjectId];

test('files of many pages, with and without order, with long names and peeled tags', (t) => {
  const folder = scratchFolder(t);
  const many = Array.from({ length: 3000 }, (_, i) => `refs/tags/${'long/'.repeat(i % 90)}${i}`);
  many.push(
    ...['F', 'F-G', 'F.x'].flatMap((flow) => ['1', '2', '10'].map((id) => `refs/runs/${flow}/${id}`)),
  );
  const lines = many.map((name, i) => `${i % 2 ? one : two} ${name}\n${i % 3 ? '' : `^${one}\n`}`);
  const inOrder = lines.toSorted((a, b) =>
    Buffer.compare(
      Buffer.from(a.slice(41).split('\n')[0] ?? ''),
      Buffer.from(b.slice(41).split('\n')[0] ?? ''),
    ),
  );
  const sorted = `# pack-refs with: peeled fully-peeled sorted \n${inOrder.join('')}`;
  for (const text of [
    sorted,
    lines.join(''),
    `# pack-refs with: peeled \n${lines.join('')}`,
    sorted.slice(0, -1),
  ]) {
    const path = join(folder, 'packed-refs');
    writeFileSync(`${path}.beside`, text);
    renameSync(`${path}.beside`, path);
    const table = parsePackedRefs(text, path);
    assert.equal(table.size, many.length);
    compare(new PackedRefs(folder), table, ['refs/tags/', 'refs/tags/long/long/1', 'refs/none/']);
  }
});

test('the newest names come first, loose and packed, and one by one', (t) => {
  const repository = scratchRepository(t);
  const { objects, commit } = snapshot(['x']);
  repository.writePack(objects, { sync: false });
  const names = Array.from({ length: 30 }, (_, i) => `refs/runs/F/${String(i).padStart(2, '0')}`);
  for (const name of [...names, 'refs/runs/F-G/99', 'refs/runs/E/99'])
    repository.refs.update(name, { to: commit });
  git(repository.path, ['pack-refs', '--all']);
  for (const name of names.filter((_, i) => i % 3 === 0)) repository.refs.update(name, { to: commit });
  const { refs } = repository;
  assert.deepEqual([...refs.latest('refs/runs/F/')], names.toReversed());
  assert.deepEqual([...refs.latest('refs/runs/F/', 'refs/runs/F/05')], names.slice(0, 5).toReversed());
  assert.deepEqual([...refs.latest('refs/runs/')].length, 32);
  assert.deepEqual([...refs.latest('refs/../')], []);
  assert.deepEqual(refs.folders('refs/runs/'), ['E', 'F', 'F-G']);
});

test('a table replaced between two names loses and repeats none that stays', (t) => {
  const folder = scratchFolder(t);
  const path = join(folder, 'packed-refs');
  const names = Array.from({ length: 4000 }, (_, i) => `refs/runs/F/${String(i).padStart(6, '0')}`);
  const write = (kept: readonly string[]): void => {
    const lines = kept.map((name) => `${one} ${name}\n`);
    writeFileSync(`${path}.beside`, `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}`);
    renameSync(`${path}.beside`, path);
  };
  write(names);
  const seen: string[] = [];
  for (const name of new Refs(folder).latest('refs/runs/F/')) {
    seen.push(name);
    // Every other of those to come, and all that were seen, go.
    if (seen.length % 500 === 0) write(names.filter((other, i) => other < name && i % 2 === 0));
  }
  const stayed = names.filter((_, i) => i % 2 === 0).toReversed();
  assert.deepEqual(
    stayed.filter((name) => !seen.includes(name)),
    [],
  );
  assert.deepEqual(seen, [...new Set(seen)].sort().reverse());
});
