import assert from 'node:assert/strict';
import test from 'node:test';
import { paper } from '../rig/paper.ts';
import { drawTable, type Table } from './table.ts';
import { widthOf } from './width.ts';

const RUNS: Table = {
  columns: [
    { title: 'RUN', cut: 'middle' },
    { title: 'STATUS' },
    { title: 'TASKS', align: 'right', drop: 2 },
    { title: 'TAGS', drop: 1 },
  ],
  rows: [
    ['ForeachFlow/20261122-104755-123k7', 'successful', '6', 'best, 日本'],
    ['F/20261122-104755-9999z', 'failed', '100000', ''],
  ],
};

const GOLDEN: readonly {
  readonly columns: number;
  readonly lines: readonly string[];
  readonly dropped: readonly string[];
}[] = [
  {
    columns: 80,
    lines: [
      'RUN                                STATUS       TASKS  TAGS',
      'ForeachFlow/20261122-104755-123k7  successful       6  best, 日本',
      'F/20261122-104755-9999z            failed      100000',
    ],
    dropped: [],
  },
  {
    columns: 60,
    lines: [
      'RUN                                STATUS       TASKS',
      'ForeachFlow/20261122-104755-123k7  successful       6',
      'F/20261122-104755-9999z            failed      100000',
    ],
    dropped: ['TAGS'],
  },
  {
    columns: 40,
    lines: [
      'RUN                           STATUS',
      'ForeachFlow/20…-104755-123k7  successful',
      'F/20261122-104755-9999z       failed',
    ],
    dropped: ['TASKS', 'TAGS'],
  },
];

for (const { columns, lines, dropped } of GOLDEN) {
  test(`a table on ${columns} columns`, async () => {
    const drawn = await drawTable(RUNS, paper({ columns }));
    assert.deepEqual(drawn.text.split('\n'), [...lines, '']);
    assert.deepEqual(drawn.dropped, dropped);
  });
}

test('no line is wider than the terminal, however narrow', async () => {
  for (let columns = 12; columns < 90; columns += 1) {
    const { text } = await drawTable(RUNS, paper({ columns }));
    for (const line of text.split('\n')) assert.ok(widthOf(line) <= columns, `${columns}: ${line}`);
  }
});

test('cells cannot harm the terminal, and a brush colours what is left of them', async () => {
  const output = paper({ isColoured: true, columns: 20 });
  const { text } = await drawTable(
    { columns: [{ title: 'A' }], rows: [[{ text: 'x\x1b[2J\ny\tz', brush: output.paint.good }], ['']] },
    output,
  );
  assert.equal(text, '\x1b[2mA\x1b[22m\n\x1b[32mx\\x1b[2J\\ny z\x1b[39m\n\n');
});
