import { after, before } from 'node:test';
import { FlowRig } from '../rig/flow-rig.ts';
import { VALUES } from '../rig/flows.ts';
import { type Golden, goldenTests } from '../rig/golden.ts';

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('values.ts', VALUES);
  rig.flow('run', 'values.ts');
});
after(() => rig[Symbol.dispose]());

/** What is printed of values. */
const GOLDENS: readonly Golden[] = [
  {
    words: "cat 'ValuesFlow/latest/end/0/config'",
    prints: `{
  "opt": {
    "lr": 0.1
  },
  "history": [
    1,
    2,
    3
  ]
}`,
  },
  {
    words: "cat 'ValuesFlow/latest/end/0/config'",
    columns: 80,
    prints: `{ opt: { lr: 0.1 }, history: [ 1, 2, 3 ] }`,
  },
  {
    words: "cat 'ValuesFlow/latest/end/0/config#opt.lr'",
    prints: `0.1`,
  },
  {
    words: "cat 'ValuesFlow/latest/end/0/config#history[-1]'",
    prints: `3`,
  },
  {
    words: "cat 'ValuesFlow/latest/end/0/big'",
    prints: `"1180591620717411303424"`,
  },
  {
    words: "cat 'ValuesFlow/latest/end/0/big'",
    columns: 80,
    prints: `1180591620717411303424n`,
  },
  {
    words: "cat 'ValuesFlow/latest/end/0/map'",
    prints: `{
  "a": 1
}`,
  },
  {
    words: "cat 'ValuesFlow/latest/end/0/map'",
    columns: 80,
    prints: `Map(1) { 'a' => 1 }`,
  },
  {
    words: "cat 'ValuesFlow/latest/end/0/numbers'",
    prints: `[
  1.5,
  "NaN"
]`,
  },
  {
    words: "cat 'ValuesFlow/latest/end/0/numbers'",
    columns: 80,
    prints: `Float64Array(2) [ 1.5, NaN ]`,
  },
  {
    words: "cat 'ValuesFlow/latest/end/0/table'",
    prints: `{"id":1,"name":"x"}
{"id":2,"name":"日本"}
{"id":3,"name":"z"}`,
  },
  {
    words: "cat 'ValuesFlow/latest/end/0/table'",
    columns: 80,
    prints: `id  name
 1  x
 2  日本
 3  z`,
  },
  {
    words: "cat 'ValuesFlow/latest/end/0/table#name'",
    prints: `[
  "x",
  "日本",
  "z"
]`,
  },
  {
    words: "cat 'ValuesFlow/latest/end/0/bytes'",
    columns: 80,
    prints: `<Buffer 00 01 fe ff>`,
  },
  {
    words: "cat 'ValuesFlow/latest/end/0/text'",
    columns: 80,
    prints: `line
esc \\x1b[31mred\\x1b]0;title\\x07 日本語`,
  },
  {
    words: "cat 'ValuesFlow/latest/*/0/map'",
    prints: `{"a":1}
{"a":1}`,
  },
  {
    words: "cat 'ValuesFlow/latest/*/0/map'",
    columns: 50,
    prints: `ValuesFlow/<run>/start/0/map
Map(1) { 'a' => 1 }
ValuesFlow/<run>/end/0/map
Map(1) { 'a' => 1 }`,
  },
];

goldenTests(() => rig, GOLDENS);
