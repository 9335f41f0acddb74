import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { FlowRig, masked } from '../rig/flow-rig.ts';
import { type Golden, goldenTests } from '../rig/golden.ts';

const MAKE = `import { FlowSpec, Parameter, step } from 'oxbow';

export default class MakeFlow extends FlowSpec {
  n = Parameter('n', { default: 1 });
  declare value: number;
  @step start() {
    this.value = Math.floor(this.n / 2);
    this.next(this.end);
  }
  @step end() {}
}
`;

const READ = `import { Flow, FlowSpec, step } from 'oxbow';

export default class ReadFlow extends FlowSpec {
  declare twice: number;
  @step start() {
    this.twice = 2 * Flow('MakeFlow').latestRun.data.value;
    this.next(this.end);
  }
  @step end() {}
}
`;

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('make.ts', MAKE);
  rig.write('read.ts', READ);
  for (const n of ['1', '2', '3', '4']) rig.flow('run', 'make.ts', '--n', n);
  rig.flow('run', 'read.ts');
});
after(() => rig[Symbol.dispose]());

const GOLDENS: readonly Golden[] = [
  {
    words: 'log MakeFlow/latest/end/0/value',
    prints: `MakeFlow/<run>/end/0/value	<iso>	2
MakeFlow/<run>/end/0/value	<iso>	1
MakeFlow/<run>/end/0/value	<iso>	0`,
  },
  { words: 'blame MakeFlow~1/end/0/value', prints: 'MakeFlow/<run>/start/0/value	<iso>	1' },
  { words: "bisect MakeFlow~3 MakeFlow --where 'end/0/value > 0'", prints: 'MakeFlow/<run>' },
  {
    words: 'lineage MakeFlow/latest/end/0/value',
    prints: `MakeFlow/<run>/end/0/value
  made from: nothing recorded
  used by:
  └─ ReadFlow/<run>/start/0`,
  },
  {
    words: 'lineage ReadFlow/latest/start/0/twice --up',
    prints: `ReadFlow/<run>/start/0/twice
  made from:
  └─ MakeFlow/<run>/end/0/value`,
  },
];

goldenTests(() => rig, GOLDENS);

const WIDE = `import { FlowSpec, Parameter, step } from 'oxbow';

export default class WideFlow extends FlowSpec {
  n = Parameter('n', { default: 1 });
  @step start() {
    for (const name of ['a', 'b', 'c', 'd', 'e']) Object.assign(this, { [name]: name + this.n });
    this.next(this.end);
  }
  @step end() {}
}
`;

const FLAKY = `import { FlowSpec, Parameter, step } from 'oxbow';

export default class FlakyFlow extends FlowSpec {
  n = Parameter('n', { default: 1 });
  declare value: number;
  @step start() {
    if (this.n < 0) throw new Error('no');
    this.value = this.n;
    this.next(this.end);
  }
  @step end() {}
}
`;

test('runs that lack the value are skipped, not taken for good ones', () => {
  rig.write('flaky.ts', FLAKY);
  for (const n of ['1', '9', '-1', '-1', '9']) rig.flow('run', 'flaky.ts', '--n', n);
  const runs = rig
    .shell('flow runs FlakyFlow')
    .stdout.split('\n')
    .map((line) => line.split('\t', 1)[0] ?? '')
    .reverse()
    .filter((run) => run !== '');
  const first = rig.shell(`flow bisect ${runs[0]} ${runs[4]} --where 'end/0/value > 3'`);
  assert.equal(first.stdout, `${runs[1]}\n`);
  const byParameter = rig.shell(`flow bisect ${runs[2]} ${runs[4]} --where 'parameters/n > 3' --json`);
  assert.deepEqual(JSON.parse(byParameter.stdout).skipped, []);
  const { stderr, code } = rig.shell(`flow bisect ${runs[2]} ${runs[4]} --where 'end/0/value > 3'`);
  assert.equal(code, 2);
  assert.match(masked(stderr), /cannot be told: it has no end\/0\/value\./);
});

test('the run and the task that made a value', () => {
  const runs = rig
    .shell('flow runs MakeFlow')
    .stdout.split('\n')
    .map((line) => line.split('\t', 1)[0]);
  const blamed = JSON.parse(rig.shell('flow blame MakeFlow~1/end/0/value --json').stdout);
  assert.equal(blamed.schema, 'oxbow.blame/1');
  assert.equal(blamed.madeBy.address, `${runs[2]}/start/0/value`);
  const found = JSON.parse(
    rig.shell("flow bisect MakeFlow~3 MakeFlow --where 'end/0/value > 1' --json").stdout,
  );
  assert.deepEqual([found.run, found.before, found.runs], [runs[0], runs[1], 4]);
});

test('a program gets the paths of all that changed between runs', () => {
  rig.write('wide.ts', WIDE);
  for (const n of ['1', '2']) rig.flow('run', 'wide.ts', '--n', n);
  const { runs } = JSON.parse(rig.shell('flow log WideFlow --json').stdout);
  const names = ['a', 'b', 'c', 'd', 'e'];
  const paths = ['end', 'start'].flatMap((step) => names.map((name) => `${step}/0/${name}`)).sort();
  assert.deepEqual(
    runs.map(({ changes }: { changes: string[] | null }) => changes?.toSorted() ?? null),
    [[...paths, 'parameters/n'].sort(), null],
  );
});

test('what cannot be bisected is told', () => {
  const failing = (words: string) => {
    const { stderr, code } = rig.shell(`flow bisect ${words}`);
    assert.equal(code, 2);
    return masked(stderr).split('\n', 1)[0];
  };
  assert.equal(failing('MakeFlow~1 MakeFlow'), 'error: flow bisect needs --where EXPRESSION.');
  assert.equal(
    failing("MakeFlow~1 MakeFlow --where 'tasks > 0'"),
    'error: The condition already holds for MakeFlow/<run>, which was given as the good run.',
  );
  assert.equal(
    failing("MakeFlow~1 MakeFlow --where 'tasks > 9'"),
    'error: The condition does not hold for MakeFlow/<run>, which was given as the bad run.',
  );
  assert.match(String(failing("MakeFlow ReadFlow --where 'tasks > 9'")), /are runs of different flows/);
  assert.match(String(failing("MakeFlow MakeFlow~1 --where 'tasks > 9'")), /Give the good run first\./);
});
