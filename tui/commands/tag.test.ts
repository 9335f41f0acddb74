// The tags of runs, as a user types them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FlowRig, masked } from '../rig/flow-rig.ts';
import { VALUES } from '../rig/flows.ts';
import { type Golden, goldenTests } from '../rig/golden.ts';

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('values.ts', VALUES);
  rig.flow('run', 'values.ts', '--tag', 'first', '--tag', 'user:alice', '--tag', 'first');
  rig.flow('run', 'values.ts');
});
after(() => rig[Symbol.dispose]());

const flow = (...words: string[]) => {
  const { code, stdout, stderr } = rig.flow(...words);
  return [code, masked(stdout), masked(stderr)];
};

test('tags are added, removed and replaced, and the result is told', () => {
  const list = ['tag', 'list', 'ValuesFlow~1', '--hide-system-tags'];
  assert.deepEqual(flow(...list), [0, 'first\n', '']);
  assert.deepEqual(flow('tag', 'add', 'ValuesFlow~1', 'good', 'a b/c', 'good', 'user:alice'), [
    0,
    '',
    'ValuesFlow/<run>: tags a b/c, first, good\n',
  ]);
  assert.deepEqual(flow('tag', 'remove', 'ValuesFlow~1', 'first', 'never there'), [
    0,
    '',
    'warning: the run had no tag "never there".\nValuesFlow/<run>: tags a b/c, good\n',
  ]);
  const replace = ['tag', 'replace', 'ValuesFlow~1', '--remove', 'good', '--remove', 'a b/c', '--add', '--x'];
  assert.deepEqual(flow(...replace), [0, '', 'ValuesFlow/<run>: tags --x\n']);
  assert.deepEqual(flow(...list), [0, '--x\n', '']);
  assert.deepEqual(flow('tag', 'remove', 'ValuesFlow~1', '--', '--x'), [
    0,
    '',
    'ValuesFlow/<run>: no tags\n',
  ]);
  assert.deepEqual(flow(...list), [0, '', '']);
});

test('runs are chosen by their tags', () => {
  const runs = (...words: string[]) =>
    rig
      .flow('runs', ...words)
      .stdout.split('\n')
      .slice(0, -1);
  const [newest, oldest] = runs();
  const [id = ''] = oldest?.split('\t') ?? [];
  rig.flow('tag', 'add', id, 'old', 'gold');
  assert.deepEqual(
    runs('--tag', 'old').map((line) => line.split('\t')[0]),
    [id],
  );
  assert.deepEqual(runs('ValuesFlow', '--tag', 'old', '--tag', 'user:alice').length, 1);
  assert.deepEqual(runs('--tag', 'old', '--tag', 'new'), []);
  assert.deepEqual(runs('--tag', 'user:alice').length, 2);
  assert.match(rig.flow('show', 'ValuesFlow@gold').stdout, new RegExp(`^run\t${id}\n`));
  assert.ok(newest);
});

const WRONG: readonly (readonly [words: readonly string[], code: number, says: string])[] = [
  [
    ['tag', 'add', 'ValuesFlow/2000', 'x'],
    1,
    'error: Flow ValuesFlow has no run whose id begins with 2000. Its runs: <run>, <run>.\n',
  ],
  [['tag', 'add', 'Nowhere', 'x'], 1, 'error: Flow "Nowhere" has no runs in'],
  [['tag', 'add', 'ValuesFlow', ''], 2, 'error: A tag cannot be empty: give it at least one character.\n'],
  [
    ['tag', 'add', 'ValuesFlow', 'fine', 'x'.repeat(501)],
    2,
    `error: A tag has at most 500 characters, but this one has 501: ${'x'.repeat(40)}…\n`,
  ],
  [
    ['tag', 'remove', 'ValuesFlow', 'user:alice'],
    2,
    'error: Tag "user:alice" of run ValuesFlow/<run> is a system tag and cannot be removed.\n',
  ],
  [
    ['tag', 'add', 'ValuesFlow', ...Array.from({ length: 51 }, (_, at) => `${at}`)],
    2,
    'error: A run has at most 50 tags, but ValuesFlow/<run> would have 51. Give fewer, or remove some first.\n',
  ],
  [
    ['tag', 'add', 'ValuesFlow/latest/start/0', 'x'],
    2,
    'error: Only runs have tags, but "ValuesFlow/latest/start/0" names something within one.\nhint: The run is ValuesFlow/latest.\n',
  ],
  [['tag', 'add', 'ValuesFlow'], 2, "error: Missing required argument 'TAG'.\nhint: flow tag add --help\n"],
  [
    ['tag', 'replace', 'ValuesFlow', '--add'],
    2,
    "error: Option '--add <TAG>' argument missing.\nhint: flow tag replace --help\n",
  ],
  [
    ['tag', 'replace', 'ValuesFlow'],
    2,
    'error: flow tag replace needs --remove TAG or --add TAG.\nhint: flow tag replace ValuesFlow --remove old --add new\n',
  ],
  [['tag'], 2, 'error: flow tag needs one of add, remove, replace, list.\nhint: flow tag --help\n'],
  [['tag', 'set', 'ValuesFlow', 'x'], 2, "error: Unknown command 'set'.\nhint: flow tag --help\n"],
  [
    ['run', 'values.ts', '--tag', ''],
    2,
    'error: A tag has 1 to 500 characters, but --tag was given an empty one.\n',
  ],
];
for (const [words, code, says] of WRONG) {
  test(`flow ${words.join(' ').slice(0, 60)} is refused, and nothing changes`, () => {
    const before = rig.flow('runs').stdout;
    const left = rig.flow(...words);
    assert.equal(masked(left.stderr).slice(0, says.length), says);
    assert.deepEqual([left.code, left.stdout], [code, '']);
    assert.equal(rig.flow('runs').stdout, before);
  });
}

test("somebody else's run is told apart from none, in the words of the command line", () => {
  const bob = { env: { OXBOW_USER: 'bob' } };
  const { code, stderr } = rig.flowWith(bob, 'tag', 'add', 'ValuesFlow', 'x');
  assert.equal(code, 1);
  assert.equal(
    stderr,
    'error: Flow "ValuesFlow" has 2 runs, but none in the namespace user:bob, only in user:alice.\n' +
      'hint: Add --all-users to see the runs of everybody.\n',
  );
  assert.equal(rig.flowWith(bob, 'tag', 'add', 'ValuesFlow', '--all-users', 'from bob').code, 0);
  assert.equal(rig.flow('tag', 'remove', 'ValuesFlow', 'from bob').code, 0);
});

/** What is printed of tags. */
const GOLDENS: readonly Golden[] = [
  {
    words: 'tag list ValuesFlow',
    prints: 'node_version:<version>\noxbow_version:<version>\nruntime:dev\nuser:alice',
  },
  {
    words: 'tag list ValuesFlow',
    columns: 60,
    prints: 'node_version:<version>\noxbow_version:<version>\nruntime:dev\nuser:alice',
  },
  { words: 'tag list ValuesFlow --hide-system-tags', columns: 60, prints: 'ValuesFlow/<run> has no tags.' },
];
goldenTests(() => rig, GOLDENS);
