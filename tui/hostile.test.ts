import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { FlowRig, masked, noTerminal } from './rig/flow-rig.ts';
import { HOSTILE, VALUES } from './rig/flows.ts';

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('hostile.ts', HOSTILE);
  rig.write('values.ts', VALUES);
  rig.flow('run', 'hostile.ts');
  rig.flow('run', 'values.ts');
  // A name of its own that a store from elsewhere may have.
  mkdirSync(join(rig.folder, '.flow/refs/runs/HostileFlow\u202e'), { recursive: true });
  writeFileSync(join(rig.folder, '.flow/refs/runs/HostileFlow\u202e/20261122-104755-123k7'), 'nothing\u202e');
});
after(() => rig[Symbol.dispose]());

/** Everything a terminal may be sent: text, colours, and what the live view needs. */
const HARMLESS =
  /^(?:[^\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]|\r(?=\x1b\[[JK])|\x1b\[(?:[\d;]*m|\?2026[hl]|\d+A|[JK]))*$/;

/** A word with a control sequence and a directional override in it. */
const EVIL = '"$(printf \'a\\033[2J\\342\\200\\256\')"';

const COMMANDS = [
  'run hostile.ts',
  'show HostileFlow',
  'show HostileFlow/latest/fail',
  'show HostileFlow/latest/fail/0',
  'show HostileFlow/latest/start/0/name',
  'cat HostileFlow/latest/start/0/name',
  'logs HostileFlow',
  'logs HostileFlow/latest/start/0',
  'logs HostileFlow/latest/fail/0',
  'runs --store "$(printf \'\\033[2J\')"',
  `tag add HostileFlow ${EVIL}`,
  `tag remove HostileFlow ${EVIL}x`,
  'runs',
  `runs --tag ${EVIL}x`,
  `runs ${EVIL}`,
  `show HostileFlow/latest/${EVIL}`,
  `cat HostileFlow/latest/start/0/name#${EVIL}`,
  `code HostileFlow -o ${EVIL}`,
  `code HostileFlow -o ${EVIL}`,
  EVIL,
  `runs --${EVIL}`,
  `run hostile.ts --${EVIL} 1`,
  `run ${EVIL}.ts`,
  `resume hostile.ts ${EVIL}`,
  'fsck',
  'gc --dry-run --keep-last 0',
  'du',
];

for (const words of COMMANDS) {
  test(`flow ${words} sends a terminal nothing that could harm it`, { skip: noTerminal }, () => {
    const { stdout } = rig.terminal(words);
    assert.notEqual(stdout, '');
    assert.match(stdout, HARMLESS);
  });
}

test('on a terminal a progress bar is its last state, colours stay, the rest is shown as it is', {
  skip: noTerminal,
}, () => {
  const { stdout } = rig.terminal('logs HostileFlow/latest/start/0');
  assert.equal(stdout, '100 %\n\\x1b[2Jcleared \x1b[31mred\x1b[0m\x1b[0m\nno end of line\n');
});

test('a program gets the bytes of one task as they are', () => {
  assert.equal(
    rig.flow('logs', 'HostileFlow/latest/start/0', '--stdout').stdout,
    '10 %\r50 %\r100 %\n\x1b[2Jcleared \x1b[31mred\x1b[0m\n',
  );
  assert.equal(rig.flow('logs', 'HostileFlow/latest/start/0', '--stderr').stdout, 'no end of line');
});

test('a program gets texts and bytes of values as they are, without a newline more', () => {
  const hex = (name: string): string =>
    rig.shell(`flow cat ValuesFlow/latest/end/0/${name} | od -An -v -tx1 | tr -d ' \\n'`).stdout;
  assert.equal(hex('bytes'), '0001feff');
  assert.equal(hex('config#opt.lr'), Buffer.from('0.1\n').toString('hex'));
  assert.equal(hex('text'), Buffer.from('line\nesc \x1b[31mred\x1b]0;title\x07 日本語').toString('hex'));
});

test('a message of two lines is told by its first in the log, and whole at the end', () => {
  const { stdout, stderr } = rig.flow('run', 'hostile.ts');
  assert.match(masked(stdout), /\] Task failed: Error: bad \\x1b\[2J message\n/);
  assert.match(stderr, /^fail\/0 failed: Error: bad \\x1b\[2J message\nof two lines\n/);
});
