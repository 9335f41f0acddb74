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
    assert.deepEqual(String(drawn.text).split('\n'), [...lines, '']);
    assert.deepEqual(drawn.dropped, dropped);
  });
}

test('no line is wider than the terminal, however narrow', async () => {
  for (let columns = 12; columns < 90; columns += 1) {
    const { text } = await drawTable(RUNS, paper({ columns }));
    for (const line of String(text).split('\n')) assert.ok(widthOf(line) <= columns, `${columns}: ${line}`);
  }
});

test('cells cannot harm the terminal, and a brush colours what is left of them', async () => {
  const output = paper({ isColoured: true, columns: 20 });
  const { text } = await drawTable(
    { columns: [{ title: 'A' }], rows: [[{ text: 'x\x1b[2J\ny\tz', brush: output.paint.good }], ['']] },
    output,
  );
  assert.equal(String(text), '\x1b[2mA\x1b[22m\n\x1b[32mx\\x1b[2J\\ny z\x1b[39m\n\n');
});

test('a table of 50,000 rows stands in the same columns throughout', async () => {
  const rows = Array.from({ length: 50_000 }, (_, index) => [`run-${index}`, 'é', String(index)]);
  const columns = [{ title: 'RUN' }, { title: 'X' }, { title: 'N', align: 'right' as const }];
  const lines = String((await drawTable({ columns, rows }, paper())).text).split('\n');
  assert.equal(lines.length, 50_002);
  assert.ok(lines.slice(1, -1).every((line) => line.length === 19 && line[11] === 'é'));
});

test('a long table looks like a short one', async () => {
  const rows = Array.from({ length: 150 }, (_, index) => [
    `日本${index}`,
    `\x1b${'x'.repeat(index)}`,
    String(index),
  ]);
  const columns = [
    { title: 'A' },
    { title: 'B', cut: 'middle' as const },
    { title: 'N', align: 'right' as const },
  ];
  const sheet = paper({ columns: 40, isColoured: true });
  const short = String((await drawTable({ columns, rows }, sheet)).text);
  const long = String((await drawTable({ columns, rows: [...rows, ...rows] }, sheet)).text);
  assert.ok(long.startsWith(short));
});

test('a cell is cut before it is measured', async () => {
  const long = 'é👍\u0301'.repeat(1_000_000);
  const { text } = await drawTable(
    { columns: [{ title: 'A', cut: 'middle' }, { title: 'B' }], rows: [[long, long]] },
    paper({ columns: 40 }),
  );
  assert.ok(
    String(text)
      .split('\n')
      .every((line) => widthOf(line) <= 40),
  );
});

test('of a million columns those that fit are found at once', async () => {
  const columns = Array.from({ length: 100_000 }, (_, index) => ({
    title: `c${index}`,
    drop: 100_000 - index,
  }));
  const { dropped } = await drawTable({ columns, rows: [] }, paper());
  assert.ok(dropped.length > 99_900);
});
