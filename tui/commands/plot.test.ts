import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { FlowRig, masked, noTerminal } from '../rig/flow-rig.ts';
import { type Golden, goldenTests } from '../rig/golden.ts';

const TRAIN = `import { FlowSpec, Parameter, step } from 'oxbow';

export default class TrainFlow extends FlowSpec {
  static metrics = { loss: 'min' };
  lr = Parameter('lr', { default: 0.1 });
  declare loss: number;
  declare curve: number[];
  declare confusion: number[][];
  declare history: object;
  declare shards: number[];
  declare score: number;
  @step start() {
    this.curve = Array.from({ length: 40 }, (_, i) => Math.exp(-i * this.lr));
    this.confusion = [[8, 1], [2, 7]];
    this.history = { epoch: [0, 1, 2], loss: [3, 2, 1] };
    this.shards = [1, 2, 3];
    this.next(this.train, { foreach: 'shards' });
  }
  @step train() {
    this.score = this.lr * Number(this.input);
    this.next(this.join);
  }
  @step join(inputs: object) {
    this.loss = 1 - this.lr;
    this.next(this.end);
  }
  @step end() {}
}
`;

const PLAIN = `import { FlowSpec, Parameter, step } from 'oxbow';

export default class PlainFlow extends FlowSpec {
  n = Parameter('n', { default: 2 });
  declare double: number;
  @step start() {
    this.double = this.n * 2;
    this.next(this.end);
  }
  @step end() {}
}
`;

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('train.ts', TRAIN);
  rig.write('plain.ts', PLAIN);
  rig.flow('run', 'plain.ts');
  for (const lr of ['0.25', '0.5']) rig.flow('run', 'train.ts', '--lr', lr);
});
after(() => rig[Symbol.dispose]());

const GOLDENS: readonly Golden[] = [
  {
    words: 'plot TrainFlow --x lr --kind scatter --width 40 --height 8',
    prints: `loss
    │ •
0.7 ┤
0.6 ┤
0.5 ┤                                 •
    └───────┬────────────┬────────────┬─
           0.3          0.4          0.5
      lr`,
  },
  {
    words: 'plot TrainFlow/latest/start/0/confusion --height 9',
    columns: 60,
    prints: `value  1 ··░░▒▒▓▓██ 8
row
  │█████████████ 8 █████████████············ 1 ·············
0 ┤█████████████████████████████····························
  │············· 2 ·············████████████ 7 █████████████
1 ┤·····························████████████████████████████
  └──────────────┬───────────────────────────┬──────────────
                 0                           1
      column`,
  },
  {
    words: 'plot TrainFlow/latest/start/0/curve TrainFlow~1/start/0/curve --height 10',
    columns: 80,
    prints: `* <run>  + <run>
value
1.0 ┤⠢⡀
    │ ⢫⠢⣀
0.5 ┤  ⠑⢄+⠢⣀
    │    ⠑⠢⣀⠉⠑⠒⠢⠤⢄⣀⡀
  0 ┤       ⠉⠑⠒⠢⠤⠤⠤⠬⠉⠵⠶⠶+⠶⠶⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤+⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤+⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤+⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤+
    └┬────────┬─────────┬────────┬─────────┬────────┬─────────┬────────┬────────
     0        5        10       15        20       25        30       35
      row`,
  },
  {
    words: 'plot TrainFlow --per-task train --x task --y score --kind bar --height 8',
    columns: 60,
    prints: `score
2 ┤  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇
  │                     ▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅    ███████████████
1 ┤  ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂  ███████████████  ███████████████
0 ┤  ███████████████  ███████████████  ███████████████
  └─────────┬──────────────────┬──────────────────┬─────────
            0                  1                  2
      task`,
  },
  {
    words: 'plot TrainFlow/latest/start/0/history --json',
    prints: `{
  "schema": "oxbow.plot/1",
  "spec": {
    "x": "epoch",
    "y": "loss"
  },
  "data": {
    "epoch": [
      0,
      1,
      2
    ],
    "loss": [
      3,
      2,
      1
    ]
  }
}`,
  },
];

goldenTests(() => rig, GOLDENS);

test('what is not named is found: metrics, else the numbers of the last step', () => {
  const titled = (words: string) =>
    /<title[^>]*>([^<]*)</.exec(rig.shell(`flow plot ${words} -o -`).stdout)?.[1];
  assert.match(titled('TrainFlow') ?? '', /^loss by startedAt, .*UTC$/);
  assert.equal(titled('TrainFlow --kind pcp'), 'lr, loss');
  assert.equal(titled('PlainFlow --x n'), 'double by n');
  assert.equal(titled('TrainFlow PlainFlow --x seconds --y tasks'), 'tasks by seconds');
});

test('a column gives the colours of a plot', () => {
  const { code, stdout } = rig.shell('flow plot TrainFlow --x lr --color lr --kind scatter --height 8');
  assert.equal(code, 0);
  assert.match(stdout, /^\* 0\.\d+ +\+ 0\.\d+\n/);
});

test('the locale decides on the letters, and the terminal on the colours', () => {
  const plot = ['plot', 'TrainFlow/latest/start/0/curve', '--kind', 'histogram'];
  const ascii = rig.shell(`flow ${plot.join(' ')}`, { env: { LC_ALL: 'C' } }).stdout;
  assert.match(ascii, /^[ -~\n]*#[ -~\n]*$/);
  const coloured = rig.shell(`flow ${plot.join(' ')}`, { env: { FORCE_COLOR: '1' } }).stdout;
  assert.match(coloured, /\x1b\[34m█/);
});

test('a plot is written to the file that is named', () => {
  for (const file of ['a.svg', 'a.html', 'a.vl.json', 'a.png']) {
    const { code, stdout, stderr } = rig.shell(`flow plot TrainFlow --x lr -o ${file}`);
    assert.deepEqual([code, stdout, stderr], [0, '', `Wrote ${file}.\n`]);
  }
  const read = (file: string) => readFileSync(join(rig.folder, file), 'utf8');
  assert.match(read('a.svg'), /^<svg [\s\S]*<title[^>]*>loss by lr</);
  assert.match(read('a.html'), /<svg /);
  assert.equal(JSON.parse(read('a.vl.json')).data.values.length, 2);
});

test('a terminal that shows pictures is sent one', { skip: noTerminal }, () => {
  const shown = (words: string, env: Record<string, string>) =>
    rig.terminal(`plot TrainFlow --x lr --width 200 --height 120 ${words}`, { columns: 80, env }).stdout;
  assert.match(shown('--image', { TERM: 'xterm-kitty', TMUX: '' }), /^\x1b_Ga=T,f=100,q=2,m=[01];iVBOR/);
  assert.match(shown('--image sixel', { TERM: 'xterm' }), /^\x1bP0;1q"1;1;400;240#/);
  assert.match(shown('--image', { TERM: 'xterm', TMUX: '' }), /does not say that it shows pictures/);
});

test('what cannot be drawn is told, with what to do', () => {
  const told: readonly (readonly [string, RegExp])[] = [
    ['TrainFlow --y los', /"los" is neither a parameter of TrainFlow nor an artifact of its step end/],
    ['TrainFlow --y end/0/los', /No run of TrainFlow has end\/0\/los\./],
    ['TrainFlow --kind lines', /--kind takes one of line, .* Did you mean line\?/],
    ['TrainFlow --log z', /--log takes one of x, y, xy/],
    ['TrainFlow --bins many', /--bins takes a whole number/],
    ['TrainFlow -o plot.gif', /\.svg, \.html, \.png or \.vl\.json/],
    ['TrainFlow --image', /--image needs a terminal/],
    ['TrainFlow/latest', /is a run, not an artifact/],
    ['TrainFlow/latest/end/0/loss', /is a single number[\s\S]*hint: flow plot TrainFlow --y end\/0\/loss/],
    ['TrainFlow/latest/start/0/curve --where "seconds > 0"', /--where is for the runs of a flow/],
    ['TrainFlow/latest/start/0/curve --y loss', /There is no column "loss"\. Columns: row, value\./],
  ];
  for (const [words, expected] of told) {
    const { code, stdout, stderr } = rig.shell(`flow plot ${words}`);
    assert.deepEqual([code, stdout], [2, ''], words);
    assert.match(masked(stderr), expected);
  }
});
