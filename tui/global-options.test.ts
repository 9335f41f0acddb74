import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { globalOptions } from './global-options.ts';
import { FlowRig } from './rig/flow-rig.ts';

let rig: FlowRig;
before(() => {
  rig = FlowRig.create();
  rig.write(
    'f.ts',
    `import { FlowSpec, Parameter, step } from 'oxbow';
export default class WideFlow extends FlowSpec {
  ascii = Parameter('ascii', { default: 'red' });
  @step start() { this.next(this.end); }
  @step end() { console.log(this.ascii); }
}
`,
  );
  rig.flow('run', 'f.ts', '--ascii', 'blue');
});
after(() => rig[Symbol.dispose]());

test('options of all commands are taken off, wherever they stand', () => {
  const taken = (line: string) => {
    const { words, columns, environment, problem } = globalOptions(line.split(' '), { TERM: 'xterm' });
    return [
      words.join(' '),
      columns,
      environment.LC_ALL ?? environment.NO_COLOR ?? environment.FORCE_COLOR,
      problem?.message,
    ];
  };
  assert.deepEqual(taken('--width 60 runs F'), ['runs F', 60, undefined, undefined]);
  assert.deepEqual(taken('runs F --width=60 --ascii'), ['runs F', 60, 'C', undefined]);
  assert.deepEqual(taken('diff A B --color never'), ['diff A B', undefined, '1', undefined]);
  assert.deepEqual(taken('--color always run f.ts --color red'), [
    'run f.ts --color red',
    undefined,
    '1',
    undefined,
  ]);
  assert.deepEqual(taken('plot F --width 40'), ['plot F --width 40', undefined, undefined, undefined]);
  // A column, not when to use colours.
  assert.deepEqual(taken('plot F --color lr'), ['plot F --color lr', undefined, undefined, undefined]);
  assert.deepEqual(taken('--color never plot F --color=lr'), [
    'plot F --color=lr',
    undefined,
    '1',
    undefined,
  ]);
  assert.deepEqual(taken('cat -- --ascii'), ['cat -- --ascii', undefined, undefined, undefined]);
  assert.deepEqual(taken('--json runs F'), ['runs F --json', undefined, undefined, undefined]);
  assert.match(String(taken('runs --width x')[3]), /whole number from 20, but was given "x"/);
  assert.match(String(taken('runs --color')[3]), /one of auto, always, never, but was given nothing/);
});

test('they change what a command writes', () => {
  assert.equal(rig.shell('flow cat WideFlow/latest/parameters/ascii').stdout, 'blue');
  const { stdout } = rig.terminal('runs --width 50 --ascii --color never');
  for (const line of stdout.split('\n')) assert.ok(line.length <= 50);
  assert.match(stdout, /ok successful/);
  assert.doesNotMatch(stdout, /\x1b/);
  assert.match(rig.shell('flow diff --color always WideFlow WideFlow').stdout, /\x1b\[/);
  const { code, stderr } = rig.shell('flow runs --color blue');
  assert.equal(code, 2);
  assert.match(stderr, /--color takes one of auto, always, never/);
});
