import { after, before } from 'node:test';
import { FlowRig } from '../rig/flow-rig.ts';
import { FAILING, PLAIN, VALUES, WINDING } from '../rig/flows.ts';
import { type Golden, goldenTests } from '../rig/golden.ts';

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('values.ts', VALUES);
  rig.write('winding.ts', WINDING);
  rig.write('failing.ts', FAILING);
  rig.write('plain.ts', PLAIN);
  rig.flow('run', 'values.ts');
  rig.flow('run', 'winding.ts');
  rig.flow('run', 'failing.ts', '--tag', 'bad one');
  rig.flow('run', 'plain.ts', '--times', '1');
});
after(() => rig[Symbol.dispose]());

/** What is printed of tasks and artifacts. */
const GOLDENS: readonly Golden[] = [
  {
    words: 'show PlainFlow/latest/greet/1',
    prints: `task	PlainFlow/<run>/greet/1
status	successful
started	<iso>
finished	<iso>
seconds	<seconds>
attempt	0
pid	<pid>
frame	start	people	1	2
parent	start/0
next	join
artifact	line	string	12	<digest>
artifact	people	array[2]	21	<digest>`,
  },
  {
    words: 'show PlainFlow/latest/greet/1',
    columns: 80,
    prints: `task  PlainFlow/<run>/greet/1
status  ✔ successful
started  <date>
finished  <date>  after <took>
foreach  people[1] of 2
after  start/0
next  join

ARTIFACT  TYPE  SIZE  DIGEST
line  string  <size>  <dig>
people  array[2]  <size>  <dig>`,
  },
  {
    words: 'show PlainFlow/latest/greet/1/line',
    prints: `artifact	PlainFlow/<run>/greet/1/line
type	string
size	12
stored	24
digest	<digest>
created	<iso>
preview	'hello Bob'`,
  },
  {
    words: 'show PlainFlow/latest/greet/1/line',
    columns: 50,
    prints: `artifact  PlainFlow/<run>/greet/1/
line
type  string
size  <size>
digest  85443ad8b6a7761edd5654228ee7e3fa5747d857
5cb94a2f018c182b4e51af11
created  <date>

'hello Bob'`,
  },
  {
    words: 'show FailingFlow/latest/start/0',
    prints: `task	FailingFlow/<run>/start/0
status	failed
started	<iso>
finished	<iso>
seconds	<seconds>
attempt	0
pid	<pid>
exception	RangeError: no norm`,
  },
  {
    words: 'show WindingFlow/latest/try/1',
    prints: `task	WindingFlow/<run>/try/1
status	successful
started	<iso>
finished	<iso>
seconds	<seconds>
attempt	0
pid	<pid>
parent	try/0
next	try, since verdict is again
artifact	count	number	2	<digest>
artifact	verdict	string	8	<digest>`,
  },
  {
    words: 'show WindingFlow/latest/both/0',
    columns: 80,
    prints: `task  WindingFlow/<run>/both/0
status  ✔ successful
started  <date>
finished  <date>  after <took>
after  try/2
next  left, right

ARTIFACT  TYPE  SIZE  DIGEST
count  number  <size>  <dig>
verdict  string  <size>  <dig>`,
  },
  {
    words: 'show ValuesFlow/latest/end/0/table',
    columns: 80,
    prints: `artifact  ValuesFlow/<run>/end/0/table
type  Table 3x2
size  <size>, <size> stored
digest  <digest>
created  <date>

id  name
 1  x
 2  日本
 3  z`,
  },
  {
    words: 'show ValuesFlow/latest/end/0',
    columns: 80,
    prints: `task  ValuesFlow/<run>/end/0
status  ✔ successful
started  <date>
finished  <date>  after <took>
after  start/0

ARTIFACT  TYPE  SIZE  DIGEST
big  bigint  <size>  <dig>
bytes  Buffer[4]  <size>  <dig>
config  object{2}  <size>  <dig>
map  Map{1}  <size>  <dig>
numbers  Float64Array[2]  <size>  <dig>
table  Table 3x2  <size>  <dig>
text  string  <size>  <dig>`,
  },
  {
    words: 'show ValuesFlow/latest/end/0/text',
    columns: 50,
    prints: `artifact  ValuesFlow/<run>/end/0/t
ext
type  string
size  <size>
digest  5db065656d3856a4b0187dd487b00554b505c2dc
345373d971bd285ff79be6b5
created  <date>

'line\\nesc \\x1B[31mred\\x1B]0;title\\x07 日本語'`,
  },
];

goldenTests(() => rig, GOLDENS);
