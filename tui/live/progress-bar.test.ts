import assert from 'node:assert/strict';
import test from 'node:test';
import { FlowRig, noTerminal } from '../rig/flow-rig.ts';

const BAR = String.raw`import { FlowSpec, step } from 'oxbow';

export default class BarFlow extends FlowSpec {
  @step async start() {
    for (let i = 0; i <= 20; i += 1) {
      process.stdout.write('\r\x1b[K' + i * 5 + ' % of it');
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    process.stdout.write('\n');
    this.next(this.end);
  }
  @step end() {}
}
`;

test('a progress bar is seen to move below the log, and stays in it once', { skip: noTerminal }, () => {
  using rig = FlowRig.create();
  rig.write('bar.ts', BAR);
  const { stdout } = rig.terminal('run bar.ts', { columns: 100, rows: 30, env: { NO_COLOR: '1' } });
  const seen = new Set([...stdout.matchAll(/\[start\/0\] (\d+) % of it/g)].map(([, percent]) => percent));
  assert.ok(seen.size >= 2 && seen.size <= 12, `seen: ${[...seen].join()}`);
  // What is written above the block, and not taken away again.
  const kept = stdout.split(/\x1b\[\d+A\r\x1b\[J/).map((part) => part.split('\x1b[?2026l')[0]);
  assert.ok(kept.some((part) => part?.includes('] 100 % of it\n')));
  const raw = Array.from({ length: 21 }, (_, i) => `\r\x1b[K${i * 5} % of it`).join('');
  assert.equal(rig.flow('logs', 'BarFlow/latest/start/0').stdout, `${raw}\n`);
  assert.equal(rig.terminal('logs BarFlow/latest/start/0').stdout, '100 % of it\n');
});
