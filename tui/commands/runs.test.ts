import { after, before } from 'node:test';
import { FlowRig } from '../rig/flow-rig.ts';
import { FAILING, VALUES } from '../rig/flows.ts';
import { type Golden, goldenTests } from '../rig/golden.ts';

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('values.ts', VALUES);
  rig.write('failing.ts', FAILING);
  rig.flow('run', 'values.ts');
  rig.flow('run', 'failing.ts', '--tag', 'bad one');
  rig.flow('run', 'values.ts', '--tag', 'a', '--tag', 'b');
});
after(() => rig[Symbol.dispose]());

/** What is printed of lists of runs. */
const GOLDENS: readonly Golden[] = [
  {
    words: 'runs',
    prints: `ValuesFlow/<run>	successful	<iso>	<seconds>	2	a,b
FailingFlow/<run>	failed	<iso>	<seconds>	1	bad one
ValuesFlow/<run>	successful	<iso>	<seconds>	2	`,
  },
  {
    words: 'runs',
    columns: 80,
    prints: `RUN  STATUS  STARTED  DURATION  TASKS
ValuesFlow/<run>  ✔ successful  <ago>  <took>  2
FailingFlow/<run>  ✘ failed  <ago>  <took>  1
ValuesFlow/<run>  ✔ successful  <ago>  <took>  2`,
  },
  {
    words: 'runs',
    columns: 50,
    prints: `RUN  STATUS
ValuesFlow/<run>  ✔ successful
FailingFlow/<run>  ✘ failed
ValuesFlow/<run>  ✔ successful`,
  },
  {
    words: 'runs',
    columns: 120,
    prints: `RUN  STATUS  STARTED  DURATION  TASKS  TAGS
ValuesFlow/<run>  ✔ successful  <ago>  <took>  2  a, b
FailingFlow/<run>  ✘ failed  <ago>  <took>  1  bad one
ValuesFlow/<run>  ✔ successful  <ago>  <took>  2`,
  },
  {
    words: 'runs ValuesFlow -n 1',
    prints: `ValuesFlow/<run>	successful	<iso>	<seconds>	2	a,b`,
  },
  {
    words: "runs --where \"status == 'failed' && tags == 'bad one'\"",
    prints: `FailingFlow/<run>	failed	<iso>	<seconds>	1	bad one`,
  },
  {
    words:
      'runs --where "status == \'successful\'" --cols tasks,n=tasks --sort n -n 1 --format tsv | cut -f1-3,5-',
    prints: `run	status	startedAt	tasks	n
ValuesFlow/<run>	successful	<iso>	2	2`,
  },
  {
    words: 'runs --cols tasks,missing=end/0/nothing --sort tasks',
    columns: 50,
    prints: `RUN  tasks  missing
FailingFlow/<run>  1
ValuesFlow/<run>  2
ValuesFlow/<run>  2`,
  },
  {
    words: 'runs ValuesFlow -n1',
    prints: `ValuesFlow/<run>	successful	<iso>	<seconds>	2	a,b`,
  },
  {
    words: 'runs FailingFlow',
    columns: 50,
    prints: `RUN  STATUS
FailingFlow/<run>  ✘ failed`,
  },
];

goldenTests(() => rig, GOLDENS);
