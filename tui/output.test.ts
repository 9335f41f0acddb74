import assert from 'node:assert/strict';
import test from 'node:test';
import { type Environment, outputOf, sendAll } from './output.ts';
import { glyphsFor } from './plain/glyphs.ts';
import { text } from './plain/text.ts';

const CASES: readonly {
  readonly name: string;
  readonly isTTY?: boolean;
  readonly environment: Environment;
  readonly isColoured: boolean;
  readonly isLive: boolean;
}[] = [
  { name: 'a terminal', isTTY: true, environment: { TERM: 'xterm' }, isColoured: true, isLive: true },
  { name: 'a pipe', environment: { TERM: 'xterm' }, isColoured: false, isLive: false },
  { name: 'NO_COLOR', isTTY: true, environment: { NO_COLOR: '1' }, isColoured: false, isLive: true },
  { name: 'an empty NO_COLOR', isTTY: true, environment: { NO_COLOR: '' }, isColoured: true, isLive: true },
  { name: 'FORCE_COLOR in a pipe', environment: { FORCE_COLOR: '1' }, isColoured: true, isLive: false },
  { name: 'an empty FORCE_COLOR', environment: { FORCE_COLOR: '' }, isColoured: true, isLive: false },
  { name: 'FORCE_COLOR=0', isTTY: true, environment: { FORCE_COLOR: '0' }, isColoured: false, isLive: true },
  {
    name: 'both: NO_COLOR wins',
    environment: { NO_COLOR: '1', FORCE_COLOR: '1' },
    isColoured: false,
    isLive: false,
  },
  { name: 'a dumb terminal', isTTY: true, environment: { TERM: 'dumb' }, isColoured: false, isLive: false },
  {
    name: 'a terminal of a build machine',
    isTTY: true,
    environment: { CI: 'true' },
    isColoured: true,
    isLive: false,
  },
];

for (const { name, isTTY = false, environment, isColoured, isLive } of CASES) {
  test(`colours and cursor: ${name}`, () => {
    const output = outputOf({ facts: { isTTY }, write: () => true }, environment);
    assert.deepEqual({ isColoured: output.isColoured, isLive: output.isLive }, { isColoured, isLive });
    assert.equal(String(output.paint.bad('x')), isColoured ? '\x1b[31mx\x1b[39m' : 'x');
  });
}

test('the size of a terminal is asked for at every look, for it changes', () => {
  const facts = { isTTY: true, columns: 100, rows: 30 };
  const output = outputOf({ facts, write: () => true }, {});
  facts.columns = 40;
  assert.deepEqual([output.columns, output.rows], [40, 30]);
  assert.equal(outputOf({ facts: {}, write: () => true }, {}).columns, 80);
});

const LOCALES: readonly (readonly [environment: Environment, platform: string, sign: string])[] = [
  [{ LANG: 'en_GB.UTF-8' }, 'linux', '✔'],
  [{ LANG: 'de_DE.utf8' }, 'linux', '✔'],
  [{ LC_ALL: 'C', LANG: 'en_GB.UTF-8' }, 'linux', 'ok'],
  [{ LC_CTYPE: 'C.UTF-8', LANG: 'C' }, 'linux', '✔'],
  [{}, 'linux', 'ok'],
  [{}, 'darwin', '✔'],
];

for (const [environment, platform, sign] of LOCALES) {
  test(`signs on ${platform} with ${JSON.stringify(environment)}`, () => {
    assert.equal(glyphsFor(environment, platform).ok, sign);
  });
}

test('words are sent as they are, data to a program as it is and to a terminal escaped', () => {
  const written: (string | Uint8Array)[] = [];
  const write = (data: string | Uint8Array): unknown => written.push(data);
  const data = 'a\x1b[2J\n\u202eb';
  for (const isTTY of [true, false]) {
    const output = outputOf({ facts: { isTTY }, write }, {});
    output.write(text`name ${data}`);
    output.send(data);
    output.send(Buffer.from(data));
  }
  const shown = ['name a\\x1b[2J\\n\\u202eb', 'a\\x1b[2J\n\\u202eb', 'a\\x1b[2J\n\\u202eb'];
  assert.deepEqual(written, [...shown, shown[0], data, Buffer.from(data)]);
});

test('pieces are sent together, no faster than they are taken, until nobody reads', async () => {
  const sent: number[] = [];
  let drains = 0;
  const stream = {
    facts: {},
    isBehind: true,
    get isClosed() {
      return sent.length === 5;
    },
    write: (data: string | Uint8Array) => sent.push(data.length),
    drained: async () => {
      drains += 1;
    },
  };
  let asked = 0;
  function* pieces(): Generator<string> {
    for (; ; asked += 1) yield 'x'.repeat(1000);
  }
  await sendAll(pieces(), outputOf(stream, {}));
  assert.deepEqual([sent, drains, asked], [new Array(5).fill(66_000), 5, 329]);
});

test('an output takes no string for words', () => {
  const output = outputOf({ facts: {}, write: () => true }, {});
  // @ts-expect-error A string may be from anywhere.
  output.write('name');
  // @ts-expect-error So may what a template makes of one.
  output.write(`name ${data()}`);
  output.write(text`name ${data()}`);
});

const data = (): string => 'x';
