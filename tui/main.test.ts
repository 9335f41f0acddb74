import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { FlowRig, masked } from './rig/flow-rig.ts';
import { FAILING, PLAIN } from './rig/flows.ts';

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('plain.ts', `${PLAIN}\nawait PlainFlow.main();\n`);
  rig.write('failing.ts', `${FAILING}\nawait FailingFlow.main();\n`);
});
after(() => rig[Symbol.dispose]());

const tsx = (...words: string[]) => rig.node(['node_modules/tsx/dist/cli.mjs', ...words]);

test('a flow file with main() at its end is a command of its own', () => {
  const { code, stdout, stderr } = tsx('plain.ts', 'run', '--times', '1', '--names=Ann');
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(masked(stdout), /<time> \[<run>\/greet\/0 \(pid <pid>\)\] hello Ann\n/);
  assert.match(masked(stdout), /<time> Done!\n$/);
});

test('its exit code is that of the run', () => {
  const { code, stderr } = tsx('failing.ts', 'run');
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^start\/0 failed: RangeError: no norm\n {2}at FailingFlow.start \(failing.ts:15:13\)\n/,
  );
});

test('without words it shows its help, the way it was called', () => {
  for (const words of [[], ['--help'], ['run', '--help']]) {
    const { code, stdout } = tsx('plain.ts', ...words);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^Usage: npx tsx plain.ts run \[--PARAMETER VALUE\]\.\.\. \[options\]\n\nPlainFlow\nSays hello/,
    );
  }
});

test('it can be checked and shown', () => {
  assert.equal(tsx('plain.ts', 'check').stdout, 'PlainFlow: ok (4 steps, 6 parameters)\n');
  assert.match(tsx('plain.ts', 'show').stdout, /^PlainFlow\n/);
});

test('what it cannot do it says', () => {
  const { code, stderr } = tsx('plain.ts', 'runs');
  assert.equal(code, 2);
  assert.equal(
    stderr,
    'error: "runs" is not a command of a flow file. Its commands: run, resume, show, check.\n' +
      'hint: The flow command has more: flow --help.\n',
  );
});

test('a wrong option ends it: no worker started early keeps it alive', () => {
  const { code, stderr } = tsx('plain.ts', 'run', '--nope', '1');
  assert.equal(code, 2);
  assert.match(stderr, /^error: Unknown option --nope\./);
});

test('a file that ends with main() can be imported, also by a name or link of its own, and runs nothing then', () => {
  rig.write('reads.ts', "import PlainFlow from './plain.ts';\nconsole.log('imported', PlainFlow.name);\n");
  const read = tsx('reads.ts', 'run');
  assert.deepEqual([read.code, read.stdout, read.stderr], [0, 'imported PlainFlow\n', '']);
  const evaluated = rig.node([
    ...['--import', 'tsx', '--input-type=module', '-e'],
    "console.log(typeof (await import('./plain.ts')).default);",
  ]);
  assert.deepEqual([evaluated.code, evaluated.stdout, evaluated.stderr], [0, 'function\n', '']);
});

test('a file of another kind than a module can be imported, too', () => {
  mkdirSync(join(rig.folder, 'scripts'));
  rig.write('scripts/package.json', '{ "type": "commonjs" }');
  rig.write('scripts/plain.ts', `${PLAIN}\nvoid PlainFlow.main();\n`);
  rig.write(
    'scripts/reads.ts',
    "import PlainFlow from './plain';\nconsole.log('imported', PlainFlow.name);\n",
  );
  const read = tsx('scripts/reads.ts', 'check');
  assert.deepEqual([read.stdout, read.stderr], ['imported PlainFlow\n', '']);
  assert.match(tsx('scripts/plain.ts', 'check').stdout, /^PlainFlow: ok/);
});

test('the program is known by a link to it, without its extension, and when another function calls main()', () => {
  symlinkSync('plain.ts', join(rig.folder, 'link.ts'));
  rig.write(
    'later.ts',
    "import PlainFlow from './plain.ts';\nconst start = async () => {\n  await null;\n  await PlainFlow.main();\n};\nawait start();\n",
  );
  for (const file of ['link.ts', 'plain', 'later.ts']) {
    const { stdout, stderr } = tsx(file, 'check');
    assert.match(stdout, /^PlainFlow: ok/, file + stderr);
  }
});
