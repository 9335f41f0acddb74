import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { after, before } from 'node:test';
import { FlowRig, masked } from '../rig/flow-rig.ts';
import { type Golden, goldenTests } from '../rig/golden.ts';

const TRAIN = `import { FlowSpec, Parameter, step } from 'oxbow';

export default class TrainFlow extends FlowSpec {
  lr = Parameter('lr', { default: 0.1 });
  declare cfg: object;
  declare history: Float64Array;
  declare report: string;

  @step start() {
    this.cfg = { opt: { lr: this.lr }, layers: [{ name: 'a', units: 1 }, { name: 'b', units: this.lr * 10 }] };
    this.history = Float64Array.of(1, 2, this.lr);
    this.report = ['Report', '', 'lr is ' + this.lr + ' \\x1b[31m now', 'end', ''].join('\\n');
    if (this.lr > 1) throw new TypeError('diverged');
    this.next(this.end);
  }
  @step end() {}
}
`;

const ODD = `import { FlowSpec, Parameter, step } from 'oxbow';

export default class OddFlow extends FlowSpec {
  n = Parameter('n', { default: 1 });
  @step start() {
    const isFirst = this.n === 1;
    Object.assign(this, {
      big: 10n ** 20n + BigInt(this.n),
      gone: isFirst ? 1 : NaN,
      inf: isFirst ? Infinity : -Infinity,
      less: -BigInt(this.n),
      zero: isFirst ? 0 : -0,
    });
    this.next(this.end);
  }
  @step end() {}
}
`;

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('train.ts', TRAIN);
  rig.write('odd.ts', ODD);
  for (const n of ['1', '3']) rig.flow('run', 'odd.ts', '--n', n);
  rig.flow('run', 'train.ts');
  rig.flow('run', 'train.ts', '--lr', '0.2');
  rig.flow('run', 'train.ts', '--lr', '2');
});
after(() => rig[Symbol.dispose]());

const HEAD = 'TrainFlow/<run> → TrainFlow/<run>';

const GOLDENS: readonly Golden[] = [
  {
    words: 'diff OddFlow --stat start',
    prints: `OddFlow/<run> → OddFlow/<run>
M start/0/big   100000000000000000001n → 100000000000000000003n  +2n (+2e-18%)
M start/0/gone  1 → NaN
M start/0/inf   Infinity → -Infinity
M start/0/less  -1n → -3n  -2n (-200%)
M start/0/zero  0 → -0`,
  },
  {
    words: 'diff TrainFlow~2 TrainFlow~1',
    prints: `${HEAD}
M parameters/lr    0.1 → 0.2  +0.1 (+100%)
M start/0/cfg      2 changes
    ~ #opt.lr  0.1 → 0.2
    ~ #layers[1].units  1 → 2
M start/0/history  1 of 3 elements  max 0.1  mean 1.03333 → 1.06667
       min  p50     mean  max       std  nan
    a  0.1    1  1.03333    2   0.77603    0
    b  0.2    1  1.06667    2  0.736357    0
    [2]  0.1 → 0.2
M start/0/report   +1 -1 lines
    @@ -1,4 +1,4 @@
     Report
     
    -lr is 0.1 \\x1b[31m now
    +lr is 0.2 \\x1b[31m now
     end
M end/0/cfg        as start/0/cfg
M end/0/history    as start/0/history
M end/0/report     as start/0/report`,
  },
  {
    words: "diff TrainFlow~2..TrainFlow~1 --stat 'start/*' --ignore '*/report'",
    prints: `${HEAD}
M start/0/cfg      2 changes
M start/0/history  1 of 3 elements  max 0.1  mean 1.03333 → 1.06667`,
  },
  {
    words: 'diff TrainFlow --name-status',
    code: 0,
    prints: `D	end/0
D	end/0/cfg
D	end/0/history
D	end/0/report
M	parameters/lr
M	start/0
M	start/0/cfg
M	start/0/history
M	start/0/report`,
  },
  {
    words: 'diff TrainFlow~2 TrainFlow~1 --name-only --exit-code parameters',
    code: 1,
    prints: 'parameters/lr',
  },
];

goldenTests(() => rig, GOLDENS);

test('a failed task, on a narrow terminal', () => {
  const { stdout, code } = rig.terminal('diff TrainFlow~1 TrainFlow start/0 --stat', {
    columns: 60,
    env: { NO_COLOR: '1' },
  });
  assert.equal(code, 0);
  assert.match(masked(stdout), /M start\/0 +successful → failed {2}TypeError: diverged/);
  assert.match(stdout, /4 changed\./);
});

test('a document for programs', () => {
  const left = rig.shell('flow diff TrainFlow~2 TrainFlow~1 --json parameters/lr');
  const document = JSON.parse(left.stdout);
  assert.deepEqual(
    { ...document, a: 'a', b: 'b', changes: document.changes.length },
    {
      schema: 'oxbow.diff/1',
      a: 'a',
      b: 'b',
      same: false,
      counts: { added: 0, deleted: 0, modified: 1, retyped: 0, close: 0 },
      changes: 1,
    },
  );
  assert.deepEqual(document.changes[0].detail, { delta: 0.1, relative: 1 });
});

test('a run compared with itself, and within a tolerance', () => {
  const same = rig.shell('flow diff TrainFlow TrainFlow --exit-code --name-only');
  assert.deepEqual([same.stdout, same.code], ['', 0]);
  const close = rig.shell(
    'flow diff TrainFlow~2 TrainFlow~1 parameters/lr --atol 0.5 --exit-code --name-status',
  );
  assert.deepEqual([close.stdout, close.code], ['C\tparameters/lr\n', 0]);
});

test('what makes no sense is told with exit code 2, what is not there with 1', () => {
  const failing = (words: string) => {
    const { stderr, code } = rig.shell(`flow diff ${words}`);
    return [code, stderr.split('\n', 1)[0]];
  };
  assert.deepEqual(failing('TrainFlow TrainFlow --rtol x'), [
    2,
    'error: --rtol takes a number from 0, but was given "x".',
  ]);
  assert.deepEqual(failing('TrainFlow~1 TrainFlow TrainFlow'), [
    2,
    'error: "TrainFlow" is not a path within the run, and A and B are already given.',
  ]);
  const [code, message] = failing('TrainFlow/latest/start/0 TrainFlow');
  assert.equal(code, 2);
  assert.match(String(message), /takes two things of one kind, but was given the task .* and the run /);
  assert.equal(failing('TrainFlow~2')[0], 1);
  assert.equal(failing('NoFlow')[0], 1);
});

test('a page that loads nothing and shows the same', () => {
  const page = () => {
    const left = rig.shell('flow diff TrainFlow~2 TrainFlow~1 --html diff.html && cat diff.html');
    assert.deepEqual([left.code, left.stderr], [0, 'Wrote diff.html.\n']);
    return left.stdout;
  };
  const html = page();
  assert.equal(rig.shell('flow diff TrainFlow~2 TrainFlow~1 --html -').stdout, html);
  assert.equal(rig.shell('flow diff TrainFlow~2 TrainFlow~1 --html - --json').code, 2);
  assert.equal(page(), html);
  assert.match(html, /<b class="M" title="changed">M<\/b> <code>parameters\/lr<\/code> 0\.1 → 0\.2/);
  assert.match(html, /<span class="add">\+lr is 0\.2 \\x1b\[31m now<\/span>/);
  assert.doesNotMatch(html, /<script|https?:|src=|<link|\x1b/);
  const hash = /style-src '(sha256-[^']+)'/.exec(html)?.[1];
  const style = /<style>([\s\S]*)<\/style>/.exec(html)?.[1] ?? '';
  assert.equal(hash, `sha256-${createHash('sha256').update(style).digest('base64')}`);
});
