import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { FlowRig } from './rig/flow-rig.ts';
import { FAILING, PLAIN, VALUES, WRONG } from './rig/flows.ts';

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('plain.ts', PLAIN);
  rig.write('values.ts', VALUES);
  rig.write('failing.ts', FAILING);
  rig.write('wrong.ts', WRONG);
  rig.write('broken.ts', 'export default class {');
  rig.write('empty.ts', 'export const x = 1;');
  rig.write('throwing.ts', 'throw new Error("at load");');
  rig.flow('run', 'values.ts');
});
after(() => rig[Symbol.dispose]());

const ENDS: readonly (readonly [words: string, code: number, told: RegExp])[] = [
  ['xyzzy', 2, /^error: Unknown command 'xyzzy'\.\nhint: flow --help\n$/],
  ['rnus', 2, /^error: Unknown command 'rnus'\. Did you mean runs\?\n/],
  ['help rnus', 2, /Did you mean runs\?/],
  ['ValuesFlow/latest', 2, /hint: flow show ValuesFlow\/latest\n$/],
  ['--store /x runs', 2, /stands before its command\.\nhint: flow runs --store \/x\n$/],
  ['-- rnus', 2, /Did you mean runs\?/],
  ['logs values.ts', 2, /^error: "values.ts" is a file, and an ADDRESS is needed: .*\nhint: flow runs lists/],
  ['cat nowhere.ts', 2, /^error: "nowhere.ts" is a file, and an ADDRESS is needed/],
  ['run ValuesFlow', 1, /does not exist\.\nhint: FILE is the path of a flow file, such as foreach\.ts\.\n$/],
  ['resume ValuesFlow/latest', 1, /hint: FILE is the path of a flow file/],
  ['init /proc/x', 1, /^error: Cannot make the folder \/proc/],
  ['code ValuesFlow -o /proc/x', 1, /^error: Cannot make the folder \/proc/],
  ['-x', 2, /^error: Unknown option '-x'\.\nhint: flow --help\n$/],
  ['resume values.ts strat', 2, /^error: ValuesFlow has no step "strat"\. .* Did you mean start\?\n$/],
  ['runs Nope', 1, /^error: Flow "Nope" has no runs/],
  [
    'runs --tag user:alcie',
    1,
    /^error: No run in \S+ has the tag "user:alcie"\. .* Did you mean user:alice\?\n$/,
  ],
  ['runs ValuesFlow --tag nope', 1, /^error: No run .* has the tag "nope"\. The tags are: /],
  ['tag remove ValuesFlow user', 0, /^warning: the run had no tag "user"/],
  ['cat ValuesFlow/latest/end/text', 2, /Did you mean ValuesFlow\/latest\/end\/0\/text\?\n$/],
  ['cat ValuesFlow/latest/end/0#x', 2, /expected the name of an artifact before "#"/],
  ['values.ts', 2, /^error: Unknown command 'values.ts'\.\nhint: flow run values.ts\n$/],
  ['help xyzzy', 2, /^error: Unknown command 'xyzzy'\./],
  ['runs --nope', 2, /^error: Unknown option '--nope'\.\nhint: flow runs --help\n$/],
  ['cat --stroe x y', 2, /Did you mean --store\?\n/],
  ['cat', 2, /^error: Missing required argument 'ADDRESS'\.\n/],
  ['cat a b', 2, /^error: Too many arguments/],
  ['runs -n 0', 2, /It takes a whole number from 1\./],
  ['runs A/b', 2, /^error: flow runs takes the name of a flow, but was given "A\/b"\./],
  ['run', 2, /^error: flow run needs a FILE/],
  ['run --loud plain.ts', 2, /hint: Give the file first: flow run plain.ts --loud\n$/],
  ['run nowhere.ts', 1, /^error: The flow file \S+\/nowhere.ts does not exist\.\n$/],
  ['run broken.ts', 1, /does not compile:/],
  ['run empty.ts', 1, /exports no flow/],
  ['run throwing.ts', 1, /throws when it is loaded: Error: at load\n {4}at \S+throwing.ts:1:7[^\n]*\n$/],
  ['run values.ts#Other', 1, /has no flow "Other"/],
  ['run values.ts other.ts', 2, /^error: Unexpected word "other.ts" after values.ts/],
  ['run values.ts -x', 2, /^error: Unknown option -x\./],
  ['run values.ts --nope 1', 2, /^error: Unknown option --nope\. The flow has no parameters\.\n$/],
  ['run plain.ts', 2, /^error: The parameter "times" is required\. Give it with --times VALUE\.\n$/],
  ['run plain.ts --times many', 2, /^error: The parameter "times" must be a number, but is "many"\.\n$/],
  ['run plain.ts --times', 2, /^error: The parameter --times needs a value: --times NUMBER\.\n/],
  ['run plain.ts --tmies 2', 2, /Did you mean --times\?/],
  ['run plain.ts --times 1 --settings {', 2, /^error: The parameter "settings" is not JSON/],
  ['run plain.ts --times 1 --loud perhaps', 2, /must be true or false/],
  [
    'run values.ts --run-id-file no/such/folder/id',
    2,
    /^error: The file of --run-id-file cannot be written\. Cannot open no\/such\/folder\/id: [^\n]* \(ENOENT\)\.\n/,
  ],
  ['run values.ts --store values.ts', 1, /^error: (?!E[A-Z]+:)/],
  ['run wrong.ts', 1, /^error: WrongFlow has 4 problems:/],
  ['check nowhere.ts', 1, /does not exist/],
  ['show nowhere.ts', 1, /does not exist/],
  ['show ValueFlow', 1, /^error: Flow "ValueFlow" has no runs in \S+\. Did you mean ValuesFlow\?\n$/],
  [
    'show ValuesFlow/latest/nope',
    1,
    /^error: Run ValuesFlow\/\S+ has no step "nope"\. Its steps: start, end\.\n$/,
  ],
  ['show ValuesFlow//x', 2, /^error: The address "ValuesFlow\/\/x" is wrong at character 12/],
  ['cat ValuesFlow/latest/end/0/txet', 1, /Did you mean text\?/],
  ['cat ValuesFlow/latest/end/0/config#opt.x', 1, /has no key "x"\. Its keys: lr\./],
  [
    'cat ValuesFlow/latest/end/0',
    2,
    /is a task, not an artifact\. Its artifacts: big, [\s\S]*hint: flow show ValuesFlow/,
  ],
  ['cat ValuesFlow', 2, /is a run, not an artifact\. Its steps: start, end\./],
  ['logs ValuesFlow/latest/end/0/text', 2, /is an artifact, and only tasks have logs\./],
  ['runs --store elsewhere', 1, /^error: There is no store in \S+elsewhere/],
  ['show values.ts --nope', 2, /Unknown option '--nope'/],
];

for (const [words, code, told] of ENDS) {
  test(`flow ${words} ends with ${code}`, () => {
    const left = rig.flow(...words.split(' '));
    assert.equal(left.stdout, '');
    assert.match(left.stderr, told);
    assert.equal(left.code, code);
  });
}

for (const words of [[], ['--'], ['help'], ['help', 'help'], ['help', 'tag', 'add']]) {
  test(`flow ${words.join(' ')} prints help`, () => {
    const left = rig.flow(...words);
    assert.match(
      left.stdout,
      words[1] === 'tag' ? /^Usage: flow tag add / : /^Usage: flow \[options\] \[command\]/,
    );
    assert.deepEqual([left.code, left.stderr], [0, '']);
  });
}

test('a word that is empty is told', () => {
  assert.match(rig.flow('runs', '').stderr, /^error: FLOW is empty\./);
  assert.match(rig.flow('init', '').stderr, /^error: DIR is empty\./);
});

const READING = ['show', 'cat', 'logs', 'why', 'code', 'du', 'runs', 'tag list', 'spin'];

for (const command of READING) {
  test(`flow ${command} tells of a flow that is not there, and of the one that was meant`, () => {
    const left = rig.flow(...command.split(' '), 'ValueFlow');
    assert.match(left.stderr, /^error: Flow "ValueFlow" has no runs in \S+\. Did you mean ValuesFlow\?\n$/);
    assert.deepEqual([left.code, left.stdout], [1, '']);
  });
}

test('the runs of other people are found when they are asked for', () => {
  const bob = { env: { OXBOW_USER: 'bob' } };
  const left = rig.flowWith(bob, 'show', 'ValuesFlow');
  assert.equal(left.code, 1);
  assert.match(left.stderr, /only in user:alice[\s\S]*hint: Add --all-users/);
  assert.equal(rig.flowWith(bob, 'runs').stdout, '');
  assert.match(rig.flowWith(bob, 'runs', '--all-users').stdout, /^ValuesFlow\//);
});

test('a store that is named is read from anywhere', () => {
  const left = rig.shell('cd node_modules && flow runs --store ../.flow');
  assert.match(left.stdout, /^ValuesFlow\//);
  assert.match(
    rig.shell('cd / && flow runs', { env: { FLOW_STORE: `${rig.folder}/.flow` } }).stdout,
    /^ValuesFlow\//,
  );
});
