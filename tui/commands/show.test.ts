import { after, before } from 'node:test';
import { FlowRig } from '../rig/flow-rig.ts';
import { FAILING, PLAIN } from '../rig/flows.ts';
import { type Golden, goldenTests } from '../rig/golden.ts';

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('failing.ts', FAILING);
  rig.write('plain.ts', PLAIN);
  rig.flow('run', 'failing.ts', '--tag', 'bad one');
  rig.flow('run', 'plain.ts', '--times', '1');
});
after(() => rig[Symbol.dispose]());

/** What is printed of runs and steps. */
const GOLDENS: readonly Golden[] = [
  {
    words: 'show PlainFlow',
    prints: `run	PlainFlow/<run>
status	successful
started	<iso>
finished	<iso>
seconds	<seconds>
user	alice
host	<host>
tag	node_version:<version>
tag	oxbow_version:<version>
tag	runtime:dev
tag	user:alice
logicalBytes	<bytes>
knownBytes	<bytes>
newBytes	<bytes>
parameter	greeting	"hello"
parameter	loud	false
parameter	names	["Ann","Bob"]
parameter	settings	{"lr":0.1}
parameter	times	1
parameter	when	"now"
step	start	successful	1	0	<seconds>
step	greet	successful	2	0	<seconds>
step	join	successful	1	0	<seconds>
step	end	successful	1	0	<seconds>`,
  },
  {
    words: 'show PlainFlow',
    columns: 80,
    prints: `run  PlainFlow/<run>
status  ✔ successful
started  <date>
finished  <date>  after <took>
user  alice on <host>
stored  <size>, <known> already stored; <size> written to disk (with metadata)
parameters  greeting = 'hello'
            loud = false
            names = [ 'Ann', 'Bob' ]
            settings = { lr: 0.1 }
            times = 1
            when = 'now'

STEP  STATUS  TASKS  DURATION
start  ✔ successful  1  <took>
greet  ✔ successful  2  <took>
join  ✔ successful  1  <took>
end  ✔ successful  1  <took>`,
  },
  {
    words: 'show PlainFlow/latest/greet',
    prints: `step	PlainFlow/<run>/greet
task	0	successful	<iso>	<seconds>	
task	1	successful	<iso>	<seconds>	`,
  },
  {
    words: 'show PlainFlow/latest/greet',
    columns: 80,
    prints: `step  PlainFlow/<run>/greet
tasks  2 tasks

TASK  STATUS  STARTED  DURATION  ERROR
0  ✔ successful  <date>  <took>
1  ✔ successful  <date>  <took>`,
  },
  {
    words: 'show PlainFlow/latest/greet',
    columns: 50,
    prints: `step  PlainFlow/<run>/greet
tasks  2 tasks

TASK  STATUS  DURATION  ERROR
0  ✔ successful  <took>
1  ✔ successful  <took>`,
  },
  {
    words: 'show FailingFlow',
    prints: `run	FailingFlow/<run>
status	failed
started	<iso>
finished	<iso>
seconds	<seconds>
user	alice
host	<host>
tag	bad one
tag	node_version:<version>
tag	oxbow_version:<version>
tag	runtime:dev
tag	user:alice
logicalBytes	<bytes>
knownBytes	<bytes>
newBytes	<bytes>
failure	start/0	RangeError: no norm
step	start	failed	1	1	<seconds>
step	end	waiting	0	0	`,
  },
  {
    words: 'show FailingFlow',
    columns: 50,
    prints: `run  FailingFlow/<run>
status  ✘ failed
started  <date>
finished  <date>  after <took>
user  alice on <host>
tags  bad one

STEP  STATUS  TASKS  DURATION
start  ✘ failed  1  <took>
end  · not begun  0

start/0 failed: RangeError: no norm
  at FailingFlow.start (failing.ts:15:13)
      13 │       this.norm = inner({});
      14 │     } catch (cause) {
    > 15 │       throw new RangeError('no norm', …
         │             ^
Caused by TypeError: value.norm is not a function
  at inner (failing.ts:4:40)
      3 │ function inner(value: unknown): number {
    > 4 │ { norm(): number }).norm();
        │                     ^
  at FailingFlow.start (failing.ts:13:19)
hint: to see what the task wrote:
  flow logs FailingFlow/<run>/star
t/0`,
  },
];

goldenTests(() => rig, GOLDENS);
