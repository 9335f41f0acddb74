// What git fsck refuses, fsck finds: both look at stores that were damaged in many ways.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { OxbowError } from '../errors.ts';
import { objectIdOf } from '../git/object.ts';
import { Repository } from '../git/repository.ts';
import { GIT_ENVIRONMENT, git, scratchFolder } from '../git/scratch.ts';
import { plainRuns, writeRuns } from './fixture-runs.ts';
import { fsck } from './fsck.ts';
import { filesBelow } from './native-files.ts';

/** A store with runs, and everything that native git may put beside them. */
function makeStore(path: string): void {
  const repository = Repository.create(path);
  writeRuns(repository, plainRuns(2), 1);
  repository.close();
  const run = (...args: readonly string[]): string => git(path, args).trim();
  const blob = (text: string): string => git(path, ['hash-object', '-w', '--stdin'], text).trim();
  const tree = git(
    path,
    ['mktree'],
    `100644 blob ${blob('a')}\tfile\n100755 blob ${blob('b')}\tother\n`,
  ).trim();
  const outer = git(path, ['mktree'], `040000 tree ${tree}\tfolder\n120000 blob ${blob('c')}\tlink\n`).trim();
  const first = run('commit-tree', '-m', 'first', tree);
  const second = run('commit-tree', '-m', 'second', '-p', first, outer);
  for (const commit of [first, second])
    run('update-ref', '--create-reflog', '-m', 'moved', 'refs/heads/native', commit);
  run('tag', '-a', '-m', 'text', 'annotated', second);
  run('symbolic-ref', 'refs/remotes/o/HEAD', 'refs/heads/native');
  run('update-index', '--add', '--cacheinfo', `100644,${blob('staged')},folder/file`);
  run('write-tree');
}

/** The same with packs of native git: deltas, caches, a worktree. */
function makePackedStore(path: string): void {
  makeStore(path);
  for (const key of ['core.commitGraph', 'core.multiPackIndex']) git(path, ['config', '--unset', key]);
  git(path, ['repack', '-adfq', '--write-bitmap-index']);
  git(path, ['commit-graph', 'write', '--reachable']);
  git(path, ['multi-pack-index', 'write']);
  git(path, ['pack-refs', '--all']);
  git(path, ['worktree', 'add', '-q', '--detach', join(dirname(path), 'work'), 'native']);
}

function gitFsck(path: string): { readonly status: number | null; readonly stderr: string } {
  const args = ['--git-dir', path, 'fsck', '--strict', '--full', '--no-dangling', '--no-progress'];
  return spawnSync('git', args, { env: GIT_ENVIRONMENT, encoding: 'utf8' });
}

/** Whether git fsck refuses a store. */
const isRefused = (path: string): boolean => gitFsck(path).status !== 0;

/** What our fsck finds; a store that cannot even be opened is one line. */
function found(path: string): string[] {
  try {
    const repository = Repository.open(path);
    const { damage, hits } = fsck(repository);
    repository.close();
    return [
      ...damage.map(({ file, problem }) => `${file} ${problem}`),
      ...hits.map(({ address, problem }) => `${address} ${problem}`),
    ];
  } catch (error) {
    if (error instanceof OxbowError) return [error.message];
    throw error;
  }
}

/** One change to one file: a bit, a character that means something, an end, a swap, or the file itself. */
const changes: fc.Arbitrary<(bytes: Buffer) => Buffer | undefined> = fc
  .record({
    kind: fc.constantFrom('flip', 'cut', 'insert', 'append', 'put', 'swap', 'delete'),
    at: fc.double({ min: 0, max: 0.9999999, noNaN: true }),
    to: fc.double({ min: 0, max: 0.9999999, noNaN: true }),
    bit: fc.integer({ min: 0, max: 7 }),
    sign: fc.constantFrom('0', '\0', '\n', ' ', 'z', '#', '[', '"', '\v', '\xff'),
  })
  .map(({ kind, at, to, bit, sign }) => (bytes) => {
    const copy = Buffer.from(bytes);
    const place = Math.floor(at * copy.length);
    const other = Math.floor(to * copy.length);
    const more = Buffer.from(sign, 'latin1');
    if (kind === 'delete') return undefined;
    if (kind === 'cut') return copy.subarray(0, place);
    if (kind === 'append') return Buffer.concat([copy, more]);
    if (kind === 'insert') return Buffer.concat([copy.subarray(0, place), more, copy.subarray(place)]);
    if (copy.length === 0) return more;
    if (kind === 'put') copy[place] = more[0] as number;
    else if (kind === 'flip') copy[place] = (copy[place] as number) ^ (1 << bit);
    else [copy[place], copy[other]] = [copy[other] as number, copy[place] as number];
    return copy;
  });

for (const [name, make] of [
  ['a store with loose objects', makeStore],
  ['a store that native git has packed', makePackedStore],
] as const) {
  test(`whatever happens to a file of ${name}, fsck finds what git fsck refuses`, (t) => {
    const folder = scratchFolder(t);
    const sound = join(folder, 'sound');
    make(sound);
    assert.deepEqual([isRefused(sound), found(sound)], [false, []]);
    const files = filesBelow(sound).filter((file) => !file.startsWith('hooks/'));
    const damaged = join(folder, 'damaged');
    fc.assert(
      fc.property(fc.constantFrom(...files), changes, (file, change) => {
        rmSync(damaged, { recursive: true, force: true });
        cpSync(sound, damaged, { recursive: true, preserveTimestamps: true });
        const path = join(damaged, file);
        const bytes = change(readFileSync(path));
        chmodSync(path, 0o644);
        if (bytes === undefined) rmSync(path);
        else writeFileSync(path, bytes);
        if (isRefused(damaged)) assert.notDeepEqual(found(damaged), []);
        else found(damaged);
      }),
      { numRuns: 60 },
    );
  });
}

test('what is white space to JavaScript and not to git is part of a ref', (t) => {
  const folder = scratchFolder(t);
  const path = join(folder, 'damaged');
  makePackedStore(path);
  const file = join(path, 'refs/remotes/o/HEAD');
  const text = readFileSync(file, 'latin1');
  for (const sign of ['\v', '\f', '\x85', '\xa0'])
    for (const place of [4, 5, text.length - 1, text.length]) {
      writeFileSync(file, Buffer.from(text.slice(0, place) + sign + text.slice(place), 'latin1'));
      if (isRefused(path)) assert.notDeepEqual(found(path), [], JSON.stringify(sign));
    }
});

const BLOB = objectIdOf('blob', Buffer.from('hi'));
const TREE = objectIdOf('tree', entry('100644', 'f', BLOB));
const WHO = 'A <a@b> 1 +0000';
const COMMIT = objectIdOf('commit', commit());
const GONE = '1'.repeat(40);

function entry(mode: string, name: string, id: string): Buffer {
  return Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')]);
}

function commit({
  tree = TREE as string,
  parents = '',
  author = WHO,
  committer = WHO,
  rest = '\n\nx',
} = {}): Buffer {
  return Buffer.from(`tree ${tree}\n${parents}author ${author}\ncommitter ${committer}${rest}`, 'latin1');
}

function tag({
  object = COMMIT as string,
  type = 'commit',
  name = 'x',
  tagger = WHO,
  rest = '\n\nx',
} = {}): Buffer {
  return Buffer.from(`object ${object}\ntype ${type}\ntag ${name}\ntagger ${tagger}${rest}`, 'latin1');
}

const modes = ['100644', '0100644', '100664', '100755', '120000', '40000', '040000', '160000', '8', ''];
const names = [
  ...[
    '',
    '.',
    '..',
    '.git',
    '.GIT',
    '.git ',
    '.git:x',
    'git~1',
    'a/b',
    '.g\xe2\x80\x8cit',
    'a\\.git',
    '.gitx',
  ],
  ...[
    '.gitmodules',
    '.GITMODULES',
    'gitmod~1',
    '.gitattributes',
    '.mailmap',
    'a\x01',
    '\xff',
    'x'.repeat(300),
  ],
];
const people = [
  ...[
    '<a@b> 1 +0000',
    ' <a@b> 1 +0000',
    'A<a@b> 1 +0000',
    'A <a@b>1 +0000',
    'A <a@b 1 +0000',
    'A > <a@b> 1 +0000',
  ],
  ...[
    'A <a<b> 1 +0000',
    'A <a@b> 01 +0000',
    'A <a@b> 0 +0000',
    'A <a@b> x +0000',
    'A <a@b> 1',
    'A <a@b> 1 0000',
  ],
  ...['A <a@b> 1 +000', 'A <a@b> 1 +00a0', 'A <a@b> 9223372036854775808 +0000', 'A <> 1 +0000', 'A', ''],
];

/** Objects by what is odd about them. */
const objects: Readonly<Record<'tree' | 'commit' | 'tag', readonly Buffer[]>> = {
  tree: [
    ...modes.flatMap((mode) => [BLOB, TREE, GONE, '0'.repeat(40)].map((id) => entry(mode, 'x', id))),
    ...names.flatMap((name) => [
      entry('100644', name, BLOB),
      entry('120000', name, BLOB),
      entry('40000', name, TREE),
    ]),
    ...[
      ['b', 'a'],
      ['a', 'a'],
      ['a', 'a.b'],
    ].map((pair) => Buffer.concat(pair.map((name) => entry('100644', name, BLOB)))),
    Buffer.concat([entry('100644', 'a', BLOB), entry('100644', 'a.b', BLOB), entry('40000', 'a', TREE)]),
    Buffer.concat([entry('40000', 'a', TREE), entry('100644', 'a-b', BLOB)]),
    entry('100644', 'a', BLOB).subarray(0, 20),
    Buffer.from('xyz'),
    Buffer.alloc(0),
  ],
  commit: [
    ...people.flatMap((person) => [commit({ author: person }), commit({ committer: person })]),
    ...[BLOB, GONE, TREE.slice(1), `${TREE} `].map((tree) => commit({ tree })),
    ...[TREE, GONE, 'x', COMMIT].map((parent) => commit({ parents: `parent ${parent}\n` })),
    ...['', '\n', '\nx\0\n\nx', '\n\nx\0y', `\nauthor ${WHO}\n\nx`, '\ngpgsig x\n y\n\nz'].map((rest) =>
      commit({ rest }),
    ),
    commit({ parents: `author ${WHO}\n` }),
    Buffer.from(`author ${WHO}\ncommitter ${WHO}\n\nx`),
    Buffer.from(`tree ${TREE}\n\nx`),
    Buffer.alloc(0),
  ],
  tag: [
    ...people.map((tagger) => tag({ tagger })),
    ...[BLOB, GONE, `${COMMIT}z`].map((object) => tag({ object })),
    ...['tree', 'foo', ''].map((type) => tag({ type })),
    ...['', '\n', '\0\n\nx', '\n\nm\0n', '\nmore x\n\nm'].map((rest) => tag({ rest })),
    Buffer.from(`object ${COMMIT}\ntype commit\ntag x\n\nm`),
    Buffer.from(`object ${COMMIT}\ntag x\n\nm`),
    Buffer.from(`object ${COMMIT}\ntype com`),
  ],
};

test('an object that breaks a rule of git is found, though nothing needs it', (t) => {
  const path = join(scratchFolder(t), 'store');
  layOut(path);
  assert.deepEqual([isRefused(path), found(path)], [false, []]);
  const named = new Map<string, string>();
  for (const type of ['tree', 'commit', 'tag'] as const) {
    for (const body of objects[type])
      named.set(put(path, type, body), `${type} ${JSON.stringify(body.toString('latin1'))}`);
  }
  const { stderr } = gitFsck(path);
  const refused = [...stderr.matchAll(/^error in \w+ ([0-9a-f]{40}): (?!broken links)/gm)]
    .map(([, id = '']) => id)
    .filter((id) => named.has(id));
  assert.ok(new Set(refused).size > named.size / 3, stderr);
  const report = fsck(Repository.open(path));
  const ours = new Set<string | undefined>([...report.damage, ...report.hits].map(({ id }) => id));
  assert.deepEqual(
    refused.filter((id) => !ours.has(id)).map((id) => named.get(id)),
    [],
  );
});

const ends: readonly (readonly [type: 'tree' | 'commit' | 'tag', body: Buffer])[] = [
  ...[GONE, COMMIT].map((id) => ['tree', entry('100644', 'x', id)] as const),
  ...[GONE, BLOB].map((tree) => ['commit', commit({ tree })] as const),
  ...[GONE, TREE].map((parent) => ['commit', commit({ parents: `parent ${parent}\n` })] as const),
  ...[GONE, BLOB].map((object) => ['tag', tag({ object })] as const),
];

test('an object that is missing or of another type is found where something needs it', (t) => {
  const folder = scratchFolder(t);
  for (const [at, [type, body]] of ends.entries()) {
    const path = join(folder, String(at));
    layOut(path);
    writeFileSync(join(path, 'refs/tags/x'), `${put(path, type, body)}\n`);
    assert.deepEqual([isRefused(path), found(path).length > 0], [true, true], `${type} ${at}`);
  }
});

const contents: readonly (readonly [file: string, text: string])[] = [
  ...['-x', 'https://x%0ay/', './x%0ay', '../../:x', 'https:///x', 'git@x:y'].map(
    (url) => ['.gitmodules', `[submodule "a"]\n\turl = ${url}\n`] as const,
  ),
  ['.gitmodules', '[submodule "../a"]\n\turl = https://x\n'],
  ['.gitmodules', '[submodule "a"]\n\tpath = -x\n\tupdate = !x\n'],
  ['.gitmodules', '[submodule\n'],
  ['.gitattributes', 'x'.repeat(3000)],
];

test('files that git obeys are judged by their content', (t) => {
  const path = join(scratchFolder(t), 'store');
  for (const [file, text] of contents) {
    rmSync(path, { recursive: true, force: true });
    Repository.create(path).close();
    put(path, 'tree', entry('100644', file, put(path, 'blob', Buffer.from(text))));
    if (isRefused(path)) assert.notDeepEqual(found(path), [], text);
    else assert.deepEqual(found(path), [], text);
  }
});

const layouts: readonly (readonly [file: string, text: string])[] = [
  ...['ref: refs/x/main\n', 'ref: refs/heads/a..b\n', `${COMMIT}xx\n`, 'ref: refs/heads/main \nx', ''].map(
    (text) => ['HEAD', text] as const,
  ),
  ...['', 'x', `${BLOB}\n`, `${GONE}\n`, 'ref: refs/heads/none\n', `${COMMIT}junk\n`].map(
    (text) => ['refs/heads/other', text] as const,
  ),
  ['refs/heads/a b', `${COMMIT}\n`],
  ['logs/refs/heads/main', `${GONE} ${COMMIT} ${WHO}\tx\n`],
  ['packed-refs', `# pack-refs with: sorted \n${COMMIT} refs/tags/x`],
  ['packed-refs', `${COMMIT} refs/tags/x\n\n`],
  ['packed-refs', `${COMMIT} refs/tags/x y\n`],
  ['packed-refs', `^${COMMIT}\n`],
  ['shallow', 'junk\n'],
  ['config', '[core\n'],
  ['config', '[core]\n\tbare = perhaps\n'],
  ['config', '[core]\n\trepositoryformatversion = 2\n'],
  ['config', '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tunknown = 1\n'],
  ['objects/ab', 'a file'],
  [`objects/${'ab'}/${'c'.repeat(38)}`, 'junk'],
];

test('files that are no objects are judged too', (t) => {
  const path = join(scratchFolder(t), 'store');
  for (const [file, text] of layouts) {
    rmSync(path, { recursive: true, force: true });
    layOut(path);
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), text);
    assert.ok(isRefused(path), `git: ${file} ${JSON.stringify(text)}`);
    assert.notDeepEqual(found(path), [], `${file} ${JSON.stringify(text)}`);
  }
});

/** A store with one commit. */
function layOut(path: string): void {
  Repository.create(path).close();
  put(path, 'blob', Buffer.from('hi'));
  put(path, 'tree', entry('100644', 'f', BLOB));
  put(path, 'commit', commit());
  writeFileSync(join(path, 'refs/heads/main'), `${COMMIT}\n`);
}

function put(path: string, type: 'blob' | 'tree' | 'commit' | 'tag', body: Buffer): string {
  const id = objectIdOf(type, body);
  mkdirSync(join(path, 'objects', id.slice(0, 2)), { recursive: true });
  const bytes = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
  writeFileSync(join(path, 'objects', id.slice(0, 2), id.slice(2)), deflateSync(bytes));
  return id;
}
