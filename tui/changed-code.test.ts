import assert from 'node:assert/strict';
import test from 'node:test';
import { FlowRig, masked } from './rig/flow-rig.ts';

const flow = (price: number, factor: number): string => `
import { FlowSpec, step } from 'oxbow';
const factor = ${factor};
export default class Prices extends FlowSpec {
  declare price: number;
  @step start() { this.price = ${price}; this.next(this.tax); }
  @step tax() { if (this.price * factor < 1000) throw new Error('too cheap'); this.next(this.end); }
  @step end() {}
}
`;

test('a resume says which reused steps have other code now, and the command that executes them again', () => {
  using rig = FlowRig.create();
  rig.write("it's.ts", flow(5, 1));
  assert.equal(rig.flow('run', "it's.ts").code, 1);
  assert.doesNotMatch(rig.flow('resume', "it's.ts").stderr, /has changed/);

  rig.write("it's.ts", flow(5000, 1));
  const again = `flow resume 'it'\\''s.ts' start`;
  const foretold = rig.flow('resume', "it's.ts", '--dry-run', '--origin-run-id', 'Prices~1');
  assert.match(foretold.stdout, /^take\tstart\/0\tstep-code\t/m);
  assert.ok(foretold.stderr.includes(`  ${again} --origin-run-id Prices~1\n`), foretold.stderr);
  const resumed = rig.flow('resume', "it's.ts");
  assert.match(masked(resumed.stdout), /1 task was reused from .*The code of the step has changed since\./);
  assert.match(resumed.stderr, /The code of step start has changed since Prices\//);
  assert.ok(resumed.stderr.includes(`  ${again}\n`), resumed.stderr);
  assert.equal(rig.flow('resume', "it's.ts", 'start').code, 0, 'the command that is told');

  rig.write("it's.ts", flow(5000, 2));
  assert.match(rig.flow('resume', "it's.ts", '--dry-run').stderr, /Code outside the steps has changed since/);
});
