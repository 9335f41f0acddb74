// What holds of every command that reads a store, whatever it prints: on terminals of two widths, in a pipe, without colour.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { FlowRig } from './rig/flow-rig.ts';

const FLOW = `import { FlowSpec, type Inputs, Parameter, step } from 'oxbow';

export default class LongNamedTrainingFlow extends FlowSpec {
  static metrics = { loss: 'min' };
  learningRate = Parameter('learningRate', { default: 0.1 });
  items = ['first item with a rather long description', 'second', 'third'];
  declare loss: number;
  declare text: string;
  declare nested: object;
  declare numbers: number[];
  @step start() {
    this.next(this.work, { foreach: 'items' });
  }
  @step work() {
    console.log(\`working on \${this.input} with a line that is longer than eighty columns, so that it has to be wrapped or cut by somebody\`);
    this.loss = 1 - this.learningRate;
    this.next(this.join);
  }
  @step join(inputs: Inputs<LongNamedTrainingFlow>) {
    this.loss = Math.min(...inputs.map(({ loss }) => loss));
    this.text = 'a text of one line that is longer than eighty columns by some words '.repeat(3) + this.learningRate;
    this.nested = { deep: { list: [{ id: 1, words: this.text }, { id: 2, rate: this.learningRate }] } };
    this.numbers = Array.from({ length: 50 }, (_, i) => i * this.learningRate);
    this.next(this.end);
  }
  @step end() {}
}
`;

const F = 'LongNamedTrainingFlow';
const COMMANDS = [
  'show train.ts',
  `show ${F}/latest`,
  `show ${F}/latest/work`,
  `show ${F}/latest/join/0`,
  `show ${F}/latest/join/0/nested`,
  `show ${F}/latest/parameters`,
  'check train.ts',
  `runs ${F}`,
  `runs ${F} --cols rate=parameters/learningRate,loss=end/0/loss,text=end/0/text --sort loss`,
  `cat ${F}/latest/end/0/nested`,
  `diff ${F}`,
  `diff ${F} --stat`,
  `diff ${F}~1/end/0/text ${F}/latest/end/0/text`,
  `log ${F}`,
  `log ${F}/latest/end/0/loss`,
  `blame ${F}/latest/end/0/text`,
  `lineage ${F}/latest/end/0/loss`,
  `bisect ${F}~1 ${F} --where 'parameters/learningRate > 0.3'`,
  `compare ${F}~1 ${F}`,
  "query 'SELECT * FROM runs'",
  `plot ${F} --y end/0/loss`,
  `why ${F}/latest`,
  `code ${F}/latest`,
  `tag list ${F}/latest`,
  `du ${F}`,
];

let rig: FlowRig;
before(() => {
  rig = FlowRig.create();
  rig.write('train.ts', FLOW);
  for (const rate of ['0.25', '0.5'])
    rig.flow('run', 'train.ts', '--learningRate', rate, '--tag', `rate ${rate}`);
});
after(() => rig[Symbol.dispose]());

for (const words of COMMANDS) {
  test(`flow ${words.replaceAll(F, 'F')}: lines fit a terminal, and a pipe has everything without colour`, () => {
    const wide = rig.terminal(`${words} 2>/dev/null`, { columns: 200, env: { NO_COLOR: '1' } });
    const narrow = rig.terminal(`${words} 2>/dev/null`, { columns: 80 });
    const pipe = rig.shell(`flow ${words}`);
    for (const { stdout, code } of [wide, narrow, pipe]) {
      assert.equal(code, 0, pipe.stderr);
      assert.notEqual(stdout, '');
    }
    for (const [{ stdout }, columns] of [
      [wide, 200],
      [narrow, 80],
    ] as const) {
      // A value is shown whole, and a command is there to be copied: the terminal breaks both.
      if (words.startsWith('cat ')) continue;
      for (const line of stripVTControlCharacters(stdout).split('\n'))
        assert.ok(line.length <= columns || line.startsWith('flow '), `${columns} columns: ${line}`);
    }
    for (const { stdout } of [wide, pipe]) assert.equal(stripVTControlCharacters(stdout), stdout);
    assert.ok(!pipe.stdout.includes('…'), pipe.stdout);
  });
}
