// The commands that look after a store, as a user types them.
import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FlowRig } from '../rig/flow-rig.ts';
import { VALUES } from '../rig/flows.ts';

/** A rig with two runs of ValuesFlow. */
function rigWithRuns(): FlowRig {
  const rig = FlowRig.create();
  rig.write('values.ts', VALUES);
  for (const tag of ['first', 'second']) rig.flow('run', 'values.ts', '--tag', tag);
  return rig;
}

const linesOf = (text: string): string[][] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));

test('runs are deleted, told beforehand, and brought back', () => {
  using rig = rigWithRuns();
  const before = rig.flow('runs').stdout;
  const [newest, oldest] = linesOf(before).map(([run]) => run);
  const dry = rig.flow('gc', '--keep-last', '1', '--include-tagged', '--dry-run');
  const [planned = []] = linesOf(dry.stdout);
  assert.deepEqual([planned[0], planned[1]], [oldest, 'successful']);
  assert.ok(Number(planned[3]) > 0 && Number(planned[4]) > 0, dry.stdout);
  assert.match(dry.stderr, /^Would delete 1 run, which together free [\d.]+ k?B\.\n$/);
  assert.equal(rig.flow('runs').stdout, before);

  const untagged = rig.flow('gc', '--keep-last', '1');
  assert.deepEqual(
    [untagged.code, untagged.stdout, untagged.stderr],
    [
      0,
      '',
      'No run was deleted.\nKept: 1 run that has a tag (--include-tagged), 1 run among the newest 1 of its flow.\n',
    ],
  );
  const deleted = rig.flow('gc', '--tag', 'first', 'ValuesFlow');
  assert.deepEqual(
    linesOf(deleted.stdout).map(([run]) => run),
    [oldest],
  );
  assert.match(deleted.stderr, /^Deleted 1 run\. flow gc --undo brings them back until \d{4}-/);
  assert.deepEqual(
    linesOf(rig.flow('runs').stdout).map(([run]) => run),
    [newest],
  );

  assert.deepEqual(rig.flow('gc', '--undo', oldest ?? ''), {
    code: 0,
    stdout: `${oldest}\n`,
    stderr: 'Brought back 1 run.\n',
  });
  assert.equal(rig.flow('runs').stdout, before);
  assert.equal(rig.flow('gc', '--undo').code, 1);
  assert.match(
    rig.flow('gc', '--undo', 'ValuesFlow/2000').stderr,
    /is not in the trash, which holds nothing/,
  );

  assert.match(rig.flow('gc', '--tag', 'first', '--grace', '0').stderr, /Freed [\d.]+ k?B\.\n$/);
  assert.deepEqual(
    linesOf(rig.flow('runs').stdout).map(([run]) => run),
    [newest],
  );
});

test('a dry run with -v tells artifacts apart', () => {
  using rig = rigWithRuns();
  const lines = linesOf(rig.flow('gc', '--keep-last', '0', '--include-tagged', '-nv').stdout);
  assert.equal(lines.filter(([address = '']) => address.split('/').length === 2).length, 2);
  assert.ok(lines.some(([address = '']) => /^ValuesFlow\/[^/]+\/start\/\w+$/.test(address)));
});

const wrong: readonly (readonly [words: readonly string[], says: RegExp])[] = [
  [['gc', '--newer-than', '30'], /--newer-than takes an age such as 12h/],
  [['gc', '--grace', 'soon'], /--grace takes an age/],
  [['gc', '--keep-last', '-1'], /--keep-last takes a whole number/],
  [['gc', 'A/b'], /takes names of flows/],
  [
    ['du', 'ValuesFlow/latest/*'],
    /takes one run, step, task or artifact, but "ValuesFlow\/latest\/\*" names 2/,
  ],
  [['fsck', 'more'], /too many arguments|Too many arguments/],
];
test('wrong words are told', () => {
  using rig = rigWithRuns();
  for (const [words, says] of wrong) {
    const { code, stderr } = rig.flow(...words);
    assert.match(stderr, says);
    assert.equal(code, 2, words.join(' '));
  }
});

test('gc refuses flows and tags that are nowhere, and says why runs stay', () => {
  using rig = rigWithRuns();
  const before = rig.flow('runs').stdout;
  const unknown = rig.flow('gc', '--keep-last', '0', 'ValueFlow');
  assert.deepEqual([unknown.code, unknown.stdout], [1, '']);
  assert.match(unknown.stderr, /^error: There is no flow "ValueFlow".* Did you mean ValuesFlow\?\n$/);
  const tag = rig.flow('gc', '--tag', 'frist');
  assert.equal(tag.code, 1);
  assert.match(tag.stderr, /has the tag "frist".* Did you mean first\?\n$/);
  assert.equal(rig.flow('gc', '--failed').stderr, 'No run was deleted.\nNo run matches the options.\n');
  assert.match(
    rig.flow('gc', '--keep-last', '0', '-n').stderr,
    /\nKept: 2 runs that have tags \(--include-tagged\)\.\n$/,
  );
  assert.equal(rig.flow('runs').stdout, before);
  rig.flow('gc', '--keep-last', '0', '--include-tagged');
  assert.equal(rig.flow('gc', '--keep-last', '0', 'ValuesFlow').code, 0, 'its runs lie in the trash');
});

test('du measures the store, a flow, a run and a step', () => {
  using rig = rigWithRuns();
  const rows = (...words: string[]) => linesOf(rig.flow('du', ...words).stdout);
  assert.deepEqual(
    rows().map(([name]) => name),
    ['ValuesFlow'],
  );
  assert.equal(rows('ValuesFlow').length, 2);
  const artifacts = rows('ValuesFlow/latest');
  assert.ok(
    artifacts.length > 0 &&
      artifacts.every(([name = '']) => /^(start|end|parameters|constants)\//.test(name)),
  );
  const ofStart = rows('ValuesFlow/latest/start');
  assert.ok(ofStart.every(([name = '']) => name.startsWith('start/')));
  assert.deepEqual(rows('ValuesFlow/latest/start/0'), ofStart);
  const [one = []] = ofStart;
  assert.deepEqual(rows(`ValuesFlow/latest/start/0/${one[0]?.split('/')[1]}`), [one]);
  // Two runs of one flow share all values, and each has records of its own.
  for (const [, exclusive, shared, logical] of rows('ValuesFlow'))
    assert.ok(Number(exclusive) > 0 && Number(shared) > 0 && Number(logical) > 0);
  for (const [name, exclusive, shared] of ofStart)
    assert.ok(Number(exclusive) === 0 && Number(shared) > 0, name);
});

test('fsck is silent about a sound store and names what is hit in a damaged one', () => {
  using rig = rigWithRuns();
  const sound = rig.flow('fsck');
  assert.deepEqual([sound.code, sound.stdout], [0, '']);
  assert.match(sound.stderr, /is sound: \d+ objects, 2 runs, \d+ artifacts\.\n$/);
  const decoded = rig.flow('fsck', '--values');
  assert.deepEqual([decoded.code, decoded.stdout], [0, '']);
  assert.match(decoded.stderr, /is sound: \d+ objects, 2 runs, \d+ artifacts decoded\.\n$/);
  const packs = join(rig.folder, '.flow/objects/pack');
  for (const name of readdirSync(packs).filter((each) => each.endsWith('.pack'))) {
    const bytes = readFileSync(join(packs, name));
    bytes.fill(0xff, 40, 60);
    chmodSync(join(packs, name), 0o644);
    writeFileSync(join(packs, name), bytes);
  }
  const { code, stdout, stderr } = rig.flow('fsck');
  assert.equal(code, 1);
  assert.match(stdout, /^objects\/pack\/pack-[0-9a-f]+\.pack\t/);
  assert.match(stderr, /The store is damaged\. Affected runs: ValuesFlow\//);
});
