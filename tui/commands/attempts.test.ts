import { after, before } from 'node:test';
import { FlowRig } from '../rig/flow-rig.ts';
import { type Golden, goldenTests } from '../rig/golden.ts';

let rig: FlowRig;

const TRIED = `import { catchError, current, environment, FlowSpec, retry, step } from 'oxbow';

export default class TriedFlow extends FlowSpec {
  @retry({ times: 3, minutesBetweenRetries: 0 })
  @environment({ vars: { THREADS: 2 } })
  @step start() {
    console.log('attempt', current.retryCount);
    if (current.retryCount < 2) throw new RangeError('not yet ' + current.retryCount);
    this.next(this.risky);
  }

  @catchError({ var: 'failure', printException: false })
  @step risky() {
    this.next(this.end);
    throw new TypeError('caught');
  }

  @step end() {}
}
`;

before(() => {
  rig = FlowRig.create();
  rig.write('tried.ts', TRIED);
  rig.flow('run', 'tried.ts');
});
after(() => rig[Symbol.dispose]());

/** What is printed of tasks that were tried several times, and of decorators. */
const GOLDENS: readonly Golden[] = [
  {
    words: 'show tried.ts',
    prints: `TriedFlow

Steps
  start  tried.ts:6
    @retry({ times: 3, minutesBetweenRetries: 0 })
    @environment({ vars: { THREADS: '2' } })
    → risky
  risky  tried.ts:13
    @catchError({ var: 'failure', printException: false })
    → end
  end  tried.ts:18`,
  },
  {
    words: 'show TriedFlow/latest/start/0',
    columns: 80,
    prints: `task  TriedFlow/<run>/start/0
status  ✔ successful
started  <date>
finished  <date>  after <took>
attempts  0  ✘ failed  after <took>  RangeError: not yet 0
          1  ✘ failed  after <took>  RangeError: not yet 1
          2  ✔ successful  after <took>
next  risky`,
  },
  {
    words: 'show TriedFlow/latest/start/0',
    prints: `task\tTriedFlow/<run>/start/0
status\tsuccessful
started\t<iso>
finished\t<iso>
seconds\t<seconds>
attempt\t2
tried\t0\tfailed\t<iso>\t<seconds>\tRangeError: not yet 0
tried\t1\tfailed\t<iso>\t<seconds>\tRangeError: not yet 1
tried\t2\tsuccessful\t<iso>\t<seconds>\t
pid\t<pid>
next\trisky`,
  },
  {
    words: 'show TriedFlow/latest/risky/0',
    columns: 80,
    prints: `task  TriedFlow/<run>/risky/0
status  ✔ successful
started  <date>
finished  <date>  after <took>
after  start/0
next  end

ARTIFACT  TYPE  SIZE  DIGEST
failure  TypeError  <size>  <dig>

caught: TypeError: caught
  at TriedFlow.risky (tried.ts:15:11)
      13 │   @step risky() {
      14 │     this.next(this.end);
    > 15 │     throw new TypeError('caught');
         │           ^`,
  },
  {
    words: 'show TriedFlow/latest/risky',
    prints: `step\tTriedFlow/<run>/risky
decorator\tcatchError\t{"var":"failure","printException":false}
task\t0\tsuccessful\t<iso>\t<seconds>\tTypeError: caught`,
  },
  { words: 'logs TriedFlow/latest/start/0', prints: 'attempt 2' },
  { words: "logs 'TriedFlow/latest/*/*' --attempt 0", prints: '[start/0] attempt 0' },
  {
    words: 'logs TriedFlow/latest/start/0 --attempt 1',
    columns: 50,
    prints: `attempt 1
start/0 failed: RangeError: not yet 1
  at TriedFlow.start (tried.ts:8:39)
      6 │   @step start() {
      7 │     console.log('attempt', current.retr…
    > 8 │     if (current.retryCount < 2) throw n…
        │                                       ^`,
  },
  {
    words: 'logs TriedFlow/latest/start/0 --attempt 3',
    columns: 90,
    code: 2,
    prints: `error: TriedFlow/<run>/start/0 has no attempt 3; its last one is 2.`,
  },
];

goldenTests(() => rig, GOLDENS);
