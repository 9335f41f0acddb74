import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { FlowRig, masked } from '../rig/flow-rig.ts';
import { type Golden, goldenTests } from '../rig/golden.ts';

const TRAIN = `import { FlowSpec, Parameter, step } from 'oxbow';

export default class TrainFlow extends FlowSpec {
  static metrics = { loss: 'min', acc: { path: 'train/0/acc', goal: 'max' } };
  lr = Parameter('lr', { default: 0.1 });
  note = Parameter('note', { default: 'same' });
  declare loss: number;
  declare acc: number;
  declare points: object[];
  @step start() {
    this.next(this.train);
  }
  @step train() {
    this.loss = 1 - this.lr;
    this.acc = this.lr;
    this.points = [{ x: this.lr, y: 'a' }, { x: 2 }];
    this.next(this.end);
  }
  @step end() {}
}
`;

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('train.ts', TRAIN);
  for (const lr of ['0.25', '0.5', '0.125']) rig.flow('run', 'train.ts', '--lr', lr);
});
after(() => rig[Symbol.dispose]());

const GOLDENS: readonly Golden[] = [
  {
    words: 'compare TrainFlow~2 TrainFlow~1 --goal end/0/loss=min | grep -v seconds',
    prints: `path	TrainFlow/<run>	TrainFlow/<run>
parameters/lr	0.25	0.5
end/0/acc	0.25	0.5
end/0/loss	0.75	0.5
end/0/points	[{"x":0.25,"y":"a"},{"x":2}]	[{"x":0.5,"y":"a"},{"x":2}]
train/0/acc	0.25	0.5`,
  },
  {
    words:
      'export TrainFlow --cols lr=parameters/lr,loss=end/0/loss --where "parameters/lr > 0.2" | tr -d "\\r" | cut -d, -f2,5-',
    prints: `status,lr,loss
successful,0.5,0.5
successful,0.25,0.75`,
  },
  { words: 'export TrainFlow/latest/end/0/points | tr -d "\\r"', prints: 'x,y\n0.125,a\n2,' },
  {
    words: 'export TrainFlow --per-task train --cols loss,acc --format md | cut -d"|" -f3,4,7-',
    prints: ` task | status | loss | acc |
 --- | --- | --- | --- |
 0 | successful | 0.875 | 0.125 |
 0 | successful | 0.5 | 0.5 |
 0 | successful | 0.75 | 0.25 |`,
  },
  {
    words: `query "SELECT flow, count(*) AS runs, max(number) AS lr FROM parameters WHERE name = 'lr' GROUP BY flow" --format csv | tr -d "\\r"`,
    prints: 'flow,runs,lr\nTrainFlow,3,0.5',
  },
  {
    words: 'runs TrainFlow --only-changed --sort loss --format md | cut -d"|" -f5-',
    prints: ` loss | acc | lr |
 --- | --- | --- |
 0.5 | 0.5 | 0.5 |
 0.75 | 0.25 | 0.25 |
 0.875 | 0.125 | 0.125 |`,
  },
  {
    words:
      'runs TrainFlow --only-changed --cols tasks,n=parameters/note,loss=end/0/loss --format csv | tr -d "\\r" | cut -d, -f4',
    prints: 'loss\n0.875\n0.5\n0.75',
  },
  {
    words: 'runs TrainFlow --only-changed -n 1 --format csv | tr -d "\\r" | tail -1 | cut -d, -f2,5-',
    prints: 'successful,0.875,0.125,0.125,same',
  },
  {
    words: 'runs TrainFlow',
    columns: 120,
    prints: `RUN  STATUS  STARTED  DURATION  TASKS  loss  acc  lr
TrainFlow/<run>  ✔ successful  <ago>  <took>  3  0.875  0.125  0.125
TrainFlow/<run>  ✔ successful  <ago>  <took>  3  0.5  0.5  0.5
TrainFlow/<run>  ✔ successful  <ago>  <took>  3  0.75  0.25  0.25`,
  },
  {
    words: 'runs TrainFlow --only-changed --sort lr -r',
    columns: 50,
    prints: `RUN  loss  lr
TrainFlow/<run>  0.5  0.5
TrainFlow/<run>  0.75  0.25
TrainFlow/<run>  0.875  0.125`,
  },
  {
    words: 'runs TrainFlow --cols lr=parameters/lr -n 2',
    columns: 60,
    prints: `RUN  STATUS  lr
TrainFlow/<run>  ✔ successful  0.125
TrainFlow/<run>  ✔ successful  0.5`,
  },
  {
    words: "runs TrainFlow --only-changed --json | grep -v 'startedAt\\|seconds' | head -8",
    prints: `{
  "schema": "oxbow.runs/1",
  "runs": [
    {
      "run": "TrainFlow/<run>",
      "loss": 0.875,
      "acc": 0.125,
      "lr": 0.125`,
  },
  {
    words: 'runs TrainFlow',
    columns: 82,
    prints: `RUN  STATUS  STARTED  DURATION  loss  acc
TrainFlow/<run>  ✔ successful  <ago>  <took>  0.875  0.125
TrainFlow/<run>  ✔ successful  <ago>  <took>  0.5  0.5
TrainFlow/<run>  ✔ successful  <ago>  <took>  0.75  0.25`,
  },
  {
    words: 'runs TrainFlow',
    columns: 50,
    prints: `RUN  STATUS
TrainFlow/<run>  ✔ successful
TrainFlow/<run>  ✔ successful
TrainFlow/<run>  ✔ successful`,
  },
  { words: 'query "SELECT sum(x) FROM p" --table p=TrainFlow/latest/end/0/points', prints: '2.125' },
  { words: 'query "SELECT step, status FROM tasks ORDER BY ALL LIMIT 1"', prints: 'end	successful' },
];

goldenTests(() => rig, GOLDENS);

test('what is better and worse is said on a terminal', () => {
  const { stdout: shown } = rig.terminal('compare TrainFlow~2 TrainFlow~1 TrainFlow', {
    env: { NO_COLOR: '1' },
  });
  assert.match(shown, /end\/0\/loss +0\.75 +0\.5 \(-0\.25\) better/);
  assert.match(shown, /train\/0\/acc +0\.25 +0\.125 \(-0\.125\) worse/);
  for (const line of shown.split('\n')) assert.ok(line.length <= 80, line);
});

test('files of all formats, and what cannot be written', () => {
  const { stderr, code } = rig.shell('flow export TrainFlow --cols lr=parameters/lr -o runs.arrow');
  assert.equal(code, 0);
  assert.equal(stderr, 'Wrote 3 rows to runs.arrow.\n');
  const table = tableFromIPC(readFileSync(join(rig.folder, 'runs.arrow')));
  assert.deepEqual([...(table.getChild('lr') ?? [])], [0.125, 0.5, 0.25]);
  for (const [words, expected] of [
    ['export TrainFlow -o runs.xls', /ends with \.parquet, \.arrow, \.csv/],
    ['export TrainFlow/latest', /is a run\. Export the runs of a flow, or an artifact\./],
    ['export TrainFlow/latest/end/0/loss', /which is number/],
    ['export TrainFlow/latest/end/0/points --where status', /--where is for the runs of a flow/],
    ['export TrainFlow --format pdf', /--format takes one of parquet/],
    ['query "SELEC 1"', /DuckDB refuses the query: Parser Error: syntax error at or near "SELEC"/],
    ['query "SELECT * FROM p" --table p', /--table takes NAME=ADDRESS/],
    ['compare TrainFlow TrainFlow~1 --goal loss', /--goal takes ADDRESS=min or ADDRESS=max/],
  ] as const) {
    const failed = rig.shell(`flow ${words}`);
    assert.notEqual(failed.code, 0, words);
    assert.match(masked(failed.stderr), expected);
  }
});
