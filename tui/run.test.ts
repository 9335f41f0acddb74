import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { FlowRig, masked, noTerminal } from './rig/flow-rig.ts';
import { FAILING, PLAIN, SLOW, VALUES, WRONG } from './rig/flows.ts';
import { VirtualScreen } from './rig/virtual-screen.ts';

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('plain.ts', PLAIN);
  rig.write('failing.ts', FAILING);
  rig.write('slow.ts', SLOW);
  rig.write('wrong.ts', WRONG);
  rig.write('values.ts', VALUES);
});
after(() => rig[Symbol.dispose]());

const sorted = (text: string): string[] => masked(text).trimEnd().split('\n').sort();

test('flow run in a pipe prints every line of the log', () => {
  const { code, stdout, stderr } = rig.flow(
    'run',
    'plain.ts',
    '--times',
    '2',
    '--greeting=hi ',
    '--names',
    'Ann',
  );
  assert.deepEqual([code, stderr], [0, '']);
  const at = '<time> [<run>';
  assert.deepEqual(sorted(stdout), [
    '<time> Artifacts: <size>, <known> already stored; <size> written to disk (with metadata).',
    '<time> Done!',
    '<time> Workflow starting (run-id <run>):',
    `${at}/end/0 (pid <pid>)] Task finished successfully.`,
    `${at}/end/0 (pid <pid>)] Task is starting.`,
    `${at}/end/0 (pid <pid>)] careful`,
    `${at}/greet/0 (pid <pid>)] Task finished successfully.`,
    `${at}/greet/0 (pid <pid>)] Task is starting.`,
    `${at}/greet/0 (pid <pid>)] hi  Annhi  Ann`,
    `${at}/join/0 (pid <pid>)] Task finished successfully.`,
    `${at}/join/0 (pid <pid>)] Task is starting.`,
    `${at}/start/0 (pid <pid>)] Task finished successfully.`,
    `${at}/start/0 (pid <pid>)] Task is starting.`,
    `${at}/start/0 (pid <pid>)] greeting 1`,
    `${at}/start/0] Foreach yields 1 child step.`,
  ]);
  const lines = masked(stdout).trimEnd().split('\n');
  assert.deepEqual([lines[0], lines.at(-1)], ['<time> Workflow starting (run-id <run>):', '<time> Done!']);
});

test('--quiet leaves what the tasks write, and puts nothing before it', () => {
  const { stdout } = rig.flow('run', 'plain.ts', '--times=1', '--loud', '--names=Ann', '--quiet');
  assert.deepEqual(sorted(stdout), ['HELLO ANN', 'careful', 'greeting 1']);
});

test('the id of the run is in the file of --run-id-file, and nothing else', () => {
  const { stdout } = rig.flow('run', 'values.ts', '--run-id-file', 'id.txt');
  const id = readFileSync(join(rig.folder, 'id.txt'), 'utf8');
  assert.match(id, /^\d{8}-\d{6}-\w{5}$/);
  assert.match(stdout, new RegExp(`run-id ${id}`));
});

test('parameters come from options, variables and defaults, and are recorded', () => {
  const env = { OXBOW_RUN_TIMES: '3', OXBOW_RUN_GREETING: 'never' };
  assert.equal(
    rig.flowWith(
      { env },
      'run',
      'plain.ts',
      '--greeting',
      '-1',
      '--no-loud',
      '--settings={"a":1}',
      '--names=x',
      '--names=y',
    ).code,
    0,
  );
  const parameters = rig
    .flow('show', 'PlainFlow')
    .stdout.split('\n')
    .filter((line) => line.startsWith('parameter'));
  assert.deepEqual(parameters.sort(), [
    'parameter\tgreeting\t"-1"',
    'parameter\tloud\tfalse',
    'parameter\tnames\t["x","y"]',
    'parameter\tsettings\t{"a":1}',
    'parameter\ttimes\t3',
    'parameter\twhen\t"now"',
  ]);
});

const FAILURE = `start/0 failed: RangeError: no norm
  at FailingFlow.start (failing.ts:15:13)
      13 │       this.norm = inner({});
      14 │     } catch (cause) {
    > 15 │       throw new RangeError('no norm', { cause });
         │             ^
Caused by TypeError: value.norm is not a function
  at inner (failing.ts:4:40)
      3 │ function inner(value: unknown): number {
    > 4 │   return (value as { norm(): number }).norm();
        │                                        ^
  at FailingFlow.start (failing.ts:13:19)
hint: to see what the task wrote:
  flow logs FailingFlow/<run>/start/0
hint: to see how far the run got:
  flow show FailingFlow/<run>
hint: to continue from there:
  flow resume failing.ts
`;

test('a failure is told on stderr with the own code of the user, and ends with 1', () => {
  const { code, stdout, stderr } = rig.flow('run', 'failing.ts');
  assert.equal(code, 1);
  assert.equal(masked(stderr), FAILURE);
  assert.deepEqual(sorted(stdout), [
    '<time> Workflow failed after <took>.',
    '<time> Workflow starting (run-id <run>):',
    '<time> [<run>/start/0 (pid <pid>)] Task failed: RangeError: no norm',
    '<time> [<run>/start/0 (pid <pid>)] Task is starting.',
    '<time> [<run>/start/0 (pid <pid>)] before',
  ]);
});

test('hints can be copied: a store that was named is named in them', () => {
  const { stderr } = rig.flow('run', 'failing.ts', '--store', 'my store');
  assert.match(masked(stderr), /\n {2}flow logs FailingFlow\/<run>\/start\/0 --store 'my store'\n/);
});

test('no problem is left out before a wrong flow runs', () => {
  const { code, stdout, stderr } = rig.flow('run', 'wrong.ts');
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^error: WrongFlow has 4 problems:\n/);
});

const onTerminal = { skip: noTerminal };

/** What a terminal shows in the end. */
function seen(words: string, columns: number): string {
  const { stdout } = rig.terminal(words, { columns });
  const screen = new VirtualScreen(columns);
  screen.write(stdout);
  return masked(screen.text);
}

test('on a terminal what the tasks write stands above a line for each step', onTerminal, () => {
  const screen = seen('run plain.ts --times 1 --names Ann', 120);
  const [begin, ...rest] = screen.split('\n');
  assert.equal(begin, 'Workflow starting (run-id <run>):');
  assert.deepEqual(rest.slice(0, 3).sort(), [
    '[end/0] careful',
    '[greet/0] hello Ann',
    '[start/0] greeting 1',
  ]);
  assert.deepEqual(rest.slice(3), [
    ' ✔ start  1 task  <took>',
    ' ✔ greet  1 task  <took>',
    ' ✔ join   1 task  <took>',
    ' ✔ end    1 task  <took>',
    ' PlainFlow/<run>  <took> · 4 done',
    'Artifacts: <size>, <known> already stored; <size> written to disk (with metadata).',
    'Done!',
  ]);
});

for (const columns of [60, 80]) {
  test(`the lines of a run fit ${columns} columns`, onTerminal, () => {
    const { stdout } = rig.terminal('run plain.ts --times 1 --names Ann', { columns });
    // Also the block as it was drawn meanwhile; only the artifacts of a run are a sentence.
    const lines = stripVTControlCharacters(stdout).split(/[\r\n]+/);
    const long = lines.filter((line) => line.length > columns && !line.startsWith('Artifacts: '));
    assert.deepEqual(long, []);
  });
}

test('a failure on a narrow terminal', onTerminal, () => {
  const { code, stdout } = rig.terminal('run failing.ts', { columns: 50 });
  assert.equal(code, 1);
  const screen = new VirtualScreen(50);
  screen.write(stdout);
  assert.match(masked(screen.text), /\n {4}> 15 │ {7}throw new RangeError\('no norm', …\n {9}│ {13}\^\n/);
});

test(
  'a terminal gets colours and no more; NO_COLOR takes them, TERM=dumb the moving cursor too',
  onTerminal,
  () => {
    const words = 'run values.ts';
    assert.match(rig.terminal(words).stdout, /\x1b\[32m✔\x1b\[39m end/);
    const plain = rig.terminal(words, { env: { NO_COLOR: '1' } }).stdout;
    assert.doesNotMatch(plain, /\x1b\[[\d;]*m/);
    assert.match(plain, /\x1b\[J/);
    const dumb = rig.terminal(words, { env: { TERM: 'dumb' } }).stdout;
    assert.doesNotMatch(dumb, /\x1b/);
    assert.match(dumb, /Task is starting\./);
  },
);

test('FORCE_COLOR colours a pipe, and nothing else does', () => {
  assert.match(
    rig.flowWith({ env: { FORCE_COLOR: '1' } }, 'run', 'values.ts').stdout,
    /\x1b\[32mDone!\x1b\[39m/,
  );
  assert.doesNotMatch(rig.flow('run', 'values.ts').stdout, /\x1b/);
});

test('without UTF-8 the signs are of ASCII', onTerminal, () => {
  const { stdout } = rig.terminal('run values.ts', { env: { LC_ALL: 'C', NO_COLOR: '1' } });
  assert.match(stdout, / ok end {4}1 task/);
  assert.doesNotMatch(stdout, /[^\x00-\x7f]/);
});

test('a reader who has gone stops no run', () => {
  const { stdout, code } = rig.shell('flow run values.ts | head -1; echo "$' + '{PIPESTATUS[0]}"');
  assert.deepEqual([masked(stdout), code], ['<time> Workflow starting (run-id <run>):\n0\n', 0]);
  assert.match(rig.flow('runs', 'ValuesFlow', '-n', '1').stdout, /\tsuccessful\t/);
});

test('a flow file that keeps something open does not keep the command open', () => {
  rig.write('open.ts', VALUES.replace('export default', 'setInterval(() => {}, 1000);\nexport default'));
  assert.equal(rig.flow('run', 'open.ts').code, 0);
});
