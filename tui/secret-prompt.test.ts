import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { COMMAND, FlowRig, noTerminal } from './rig/flow-rig.ts';

const FLOW = `
import { FlowSpec, Parameter, step } from 'oxbow';
export default class KeyFlow extends FlowSpec {
  apiKey = Parameter('apiKey', { secret: true, help: 'Key of the service' });
  other = Parameter('other', { secret: true, required: false });
  @step start() { console.log('length', this.apiKey.length, 'other', this.other); this.next(this.end); }
  @step end() {}
}
`;

/** What a terminal shows of a command that is answered once it asks. */
async function typed(rig: FlowRig, words: string, answer: string): Promise<string> {
  const line = `'${process.execPath}' '${COMMAND}' ${words}`;
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: rig.folder,
    env: { ...process.env, SHELL: '/bin/bash' },
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (!shown.includes('not shown: ') && (shown + text).includes('not shown: ')) child.stdin.write(answer);
    shown += text;
  });
  await once(child, 'close');
  return shown.replaceAll('\r\n', '\n');
}

test('a terminal asks for a secret that the environment does not have, and shows nothing of it', {
  skip: noTerminal,
}, async () => {
  using rig = FlowRig.create();
  rig.write('key.ts', FLOW);
  const asked = await typed(rig, 'run key.ts --quiet', 'long and secret \n');
  assert.match(asked, /apiKey \(Key of the service\), not shown: \n/);
  assert.match(asked, /length 16 other undefined/);
  assert.doesNotMatch(asked, /long|secret \n/);
  assert.equal(rig.terminal('run key.ts', { env: { OXBOW_RUN_API_KEY: 'from around' } }).code, 0);
  const none = rig.terminal('run key.ts', { input: '\n' });
  assert.match(
    none.stdout,
    /is not set \(Key of the service\)\. Set the\s+environment\s+variable\s+OXBOW_RUN_API_KEY/,
  );
  assert.equal(none.code, 2);
});
