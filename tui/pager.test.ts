import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { pagerOf } from './pager.ts';
import { FlowRig } from './rig/flow-rig.ts';

let rig: FlowRig;
before(() => {
  rig = FlowRig.create();
  rig.write(
    'f.ts',
    `import { FlowSpec, step } from 'oxbow';
export default class LongFlow extends FlowSpec {
  text = Array.from({ length: 100 }, (_, i) => 'line ' + i).join('\\n');
  short = 'one line';
  @step start() { this.text = this.text; this.short = this.short; this.next(this.end); }
  @step end() {}
}
`,
  );
  rig.write('pager.sh', 'cat > paged.txt\n');
  rig.flow('run', 'f.ts');
});
after(() => rig[Symbol.dispose]());

const paged = () => readFileSync(join(rig.folder, 'paged.txt'), 'utf8');

test('output longer than the screen goes through the pager that is set, all else to the terminal', () => {
  const env = { FLOW_PAGER: "sh 'pager.sh'" };
  rig.write('paged.txt', 'nothing');
  assert.match(rig.terminal('cat LongFlow/latest/end/0/short', { env }).stdout, /^one line/);
  assert.equal(paged(), 'nothing');
  const { stdout, code } = rig.terminal('cat LongFlow/latest/end/0/text', { env });
  assert.deepEqual([stdout, code], ['', 0]);
  assert.match(paged(), /^line 0\n[\s\S]*line 99\n$/);
  rig.write('paged.txt', 'nothing');
  assert.match(rig.terminal('cat LongFlow/latest/end/0/text --no-pager', { env }).stdout, /line 99\n$/);
  assert.equal(
    rig.shell('FLOW_PAGER="sh pager.sh" flow cat LongFlow/latest/end/0/text').stdout.length > 700,
    true,
  );
  assert.equal(paged(), 'nothing');
});

test('a pager that leaves early, or is not there, is no error', () => {
  const early = rig.terminal('cat LongFlow/latest/end/0/text', { env: { FLOW_PAGER: 'true' } });
  assert.deepEqual([early.stdout, early.code], ['', 0]);
  const none = rig.terminal('cat LongFlow/latest/end/0/text', { env: { FLOW_PAGER: 'no-such-pager -x' } });
  assert.match(none.stdout, /line 0\n[\s\S]*line 99\n$/);
  assert.equal(none.code, 0);
});

test('where there is a pager, and where not', () => {
  const of = (line: string, environment: Record<string, string>, isTTY = true) =>
    pagerOf(line.split(' '), environment, { isTTY });
  assert.equal(of('diff A B', { PAGER: 'less -R' }), 'less -R');
  assert.equal(of('diff A B', { PAGER: 'less', FLOW_PAGER: 'more' }), 'more');
  for (const [line, environment] of [
    ['diff A', {}],
    ['diff A', { PAGER: 'less', FLOW_PAGER: '' }],
    ['diff A', { PAGER: 'cat' }],
    ['diff A', { PAGER: 'less', TERM: 'dumb' }],
    ['diff A', { PAGER: 'less', CI: 'true' }],
    ['logs A -f', { PAGER: 'less' }],
    ['run f.ts', { PAGER: 'less' }],
  ] as const)
    assert.equal(of(line, environment), undefined, line);
  assert.equal(of('diff A', { PAGER: 'less' }, false), undefined);
});
