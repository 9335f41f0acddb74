import { after, before } from 'node:test';
import { FlowRig } from '../rig/flow-rig.ts';
import { FAILING, PLAIN } from '../rig/flows.ts';
import { type Golden, goldenTests } from '../rig/golden.ts';

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('failing.ts', FAILING);
  rig.write('plain.ts', PLAIN);
  rig.flow('run', 'failing.ts');
  rig.flow('run', 'plain.ts', '--times', '1');
});
after(() => rig[Symbol.dispose]());

/** What is printed of logs. */
const GOLDENS: readonly Golden[] = [
  {
    words: 'logs PlainFlow',
    prints: `[start/0] greeting 2
[greet/0] hello Ann
[greet/1] hello Bob
[end/0] careful`,
  },
  {
    words: 'logs PlainFlow',
    columns: 80,
    prints: `[start/0] greeting 2
[greet/0] hello Ann
[greet/1] hello Bob
[end/0] careful`,
  },
  {
    words: 'logs PlainFlow --stderr',
    prints: '[end/0] careful',
  },
  {
    words: "logs 'PlainFlow/latest/greet/*' --stdout",
    prints: `[greet/0] hello Ann
[greet/1] hello Bob`,
  },
  {
    words: 'logs PlainFlow/latest/greet/0',
    prints: 'hello Ann',
  },
  {
    words: 'logs PlainFlow/latest/greet/0',
    columns: 80,
    prints: 'hello Ann',
  },
  {
    words: 'logs FailingFlow',
    columns: 50,
    prints: `before
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
  at FailingFlow.start (failing.ts:13:19)`,
  },
];

goldenTests(() => rig, GOLDENS);
