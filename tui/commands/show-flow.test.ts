import { after, before } from 'node:test';
import { FlowRig } from '../rig/flow-rig.ts';
import { PLAIN, WINDING, WRONG } from '../rig/flows.ts';
import { type Golden, goldenTests } from '../rig/golden.ts';

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('plain.ts', PLAIN);
  rig.write('winding.ts', WINDING);
  rig.write('wrong.ts', WRONG);
});
after(() => rig[Symbol.dispose]());

/** What is printed of flow files. */
const GOLDENS: readonly Golden[] = [
  {
    words: 'show plain.ts',
    prints: `PlainFlow
Says hello to some people.

Parameters
  --greeting TEXT    What to say
                     (default: hello; env OXBOW_RUN_GREETING)
  --times NUMBER     (required; env OXBOW_RUN_TIMES)
  --loud, --no-loud  Shout
                     (default: false; env OXBOW_RUN_LOUD)
  --names LIST       (default: Ann,Bob; separated by ",", may be repeated; env
                     OXBOW_RUN_NAMES)
  --settings JSON    (default: {"lr": 0.1}; env OXBOW_RUN_SETTINGS)
  --when TEXT        (default: computed when the run starts; env OXBOW_RUN_WHEN)

Steps
  start  plain.ts:17
    Whom to greet.
    → greet  for each of people
  greet  plain.ts:23
    → join
  join (join)  plain.ts:29
    → end
  end  plain.ts:34`,
  },
  {
    words: 'show plain.ts',
    columns: 50,
    prints: `PlainFlow
Says hello to some people.

Parameters
  --greeting TEXT
      What to say
      (default: hello; env OXBOW_RUN_GREETING)
  --times NUMBER
      (required; env OXBOW_RUN_TIMES)
  --loud, --no-loud
      Shout
      (default: false; env OXBOW_RUN_LOUD)
  --names LIST
      (default: Ann,Bob; separated by ",", may be
      repeated; env OXBOW_RUN_NAMES)
  --settings JSON
      (default: {"lr": 0.1}; env
      OXBOW_RUN_SETTINGS)
  --when TEXT
      (default: computed when the run starts; env
      OXBOW_RUN_WHEN)

Steps
  start  plain.ts:17
    Whom to greet.
    → greet  for each of people
  greet  plain.ts:23
    → join
  join (join)  plain.ts:29
    → end
  end  plain.ts:34`,
  },
  {
    words: 'show winding.ts',
    prints: `WindingFlow

Steps
  start  winding.ts:7
    → try
  try  winding.ts:15
    Tries until it is good enough,
    which takes a while.
    → try (again)  when verdict is again
    → both  when verdict is good
  both  winding.ts:21
    → left, right  side by side
  left  winding.ts:25
    → join
  right  winding.ts:29
    → join
  join (join)  winding.ts:33
    → end
  end  winding.ts:38`,
  },
  {
    words: 'check plain.ts',
    prints: `PlainFlow: ok (4 steps, 6 parameters)`,
  },
  {
    words: 'check plain.ts',
    columns: 80,
    prints: `PlainFlow: ok (4 steps, 6 parameters)`,
  },
  {
    words: 'check wrong.ts',
    columns: 50,
    code: 1,
    prints: `wrong.ts:10: The step "b" never calls this.next.
End the step with a transition, for example
this.next(this.end).
wrong.ts:11: The step "lost" is never reached from
start. Go to it with this.next(this.lost), or
remove it.
wrong.ts:14: The step "end" is reached before the
split "start" is joined. Add a join, a step that
takes inputs, before it.
wrong.ts:10: The step "b" is reached before the
split "start" is joined. Add a join, a step that
takes inputs, before it.
4 problems`,
  },
];

goldenTests(() => rig, GOLDENS);
