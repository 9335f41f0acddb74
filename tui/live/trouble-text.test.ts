import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { FlowRig } from '../rig/flow-rig.ts';

const FLOW = `import { FlowSpec, step } from 'oxbow';
export default class F extends FlowSpec {
  @step async start() { this.next(this.end); }
  @step async end() {}
}
`;

test('what fails beside the tasks is a line on stderr, also when quiet, and the exit code is that of the tasks', () => {
  using rig = FlowRig.create();
  rig.write('f.ts', FLOW);
  assert.equal(rig.flow('run', 'f.ts').code, 0);
  const branch = join(rig.folder, '.flow/refs/heads/F');
  // A lock of an hour would be taken for forgotten, this one is not.
  writeFileSync(`${branch}.lock`, '');
  const { code, stderr } = rig.flow('run', 'f.ts', '--quiet');
  assert.match(
    stderr,
    /^Warning: The branch of the flow was not moved to this run: "[^\n]*\.lock" is held by another process [^\n]*\n$/,
  );
  assert.equal(code, 0);
  assert.deepEqual(rig.flow('runs').stdout.match(/successful/g)?.length, 2);
});
