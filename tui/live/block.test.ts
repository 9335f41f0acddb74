import assert from 'node:assert/strict';
import test from 'node:test';
import type { RunEvent } from '#core';
import { widthOf } from '../plain/width.ts';
import {
  after,
  BEGIN,
  FOREACH,
  failed,
  finished,
  killed,
  over,
  started,
  stopping,
  yields,
} from '../rig/events.ts';
import { paper } from '../rig/paper.ts';
import { blockOf as drawnBlock } from './block.ts';
import type { ShownStep } from './state.ts';

/** The lines of a block as a terminal is sent them. */
const blockOf = (...given: Parameters<typeof drawnBlock>): string[] => drawnBlock(...given).map(String);

const HALFWAY: readonly RunEvent[] = [
  started('start', '0'),
  yields('start', '0', { next: 'a', splits: 1000 }),
  finished('start', '0', 40),
  ...Array.from({ length: 254 }, (_, task) => started('a', String(task), 50)),
  ...Array.from({ length: 250 }, (_, task) => finished('a', String(task), 900)),
];

const at = (ms: number): number => BEGIN + ms;

test('a wide foreach is one line, with what is to come below it', () => {
  assert.deepEqual(blockOf(after(FOREACH, HALFWAY), at(12_050), paper()), [
    ' ✔ start  1 task  40 ms',
    ' ⠋ a      ━━━───────── 250/1000 tasks  12.0 s',
    ' · join  · end',
    ' ForeachFlow/20261122-104755-006k7  12.1 s · 4 running · 251 done',
  ]);
});

test('a narrow terminal has no bar, and no line is broken', () => {
  assert.deepEqual(blockOf(after(FOREACH, HALFWAY), at(12_050), paper({ columns: 40 })), [
    ' ✔ start  1 task  40 ms',
    ' ⠋ a      250/1000 tasks  12.0 s',
    ' · join  · end',
    ' ForeachFlow/20261122-104755-006k7  12…',
  ]);
});

test('without UTF-8 the block is of ASCII', () => {
  const lines = blockOf(after(FOREACH, HALFWAY), at(12_050), paper({ locale: 'C' }));
  assert.deepEqual(lines.slice(0, 3), [
    ' ok start  1 task  40 ms',
    ' - a      ###......... 250/1000 tasks  12.0 s',
    ' - join  - end',
  ]);
});

test('the end of a failed run tells what failed, what was killed and what never ended', () => {
  const run = after(FOREACH, [
    ...HALFWAY,
    failed('a', '250', { name: 'Error', message: 'x' }),
    stopping('failed', 3),
    killed('a', '251'),
    over('failed'),
  ]);
  assert.deepEqual(blockOf(run, at(1500), paper()), [
    ' ✔ start  1 task  40 ms',
    ' ✘ a      252/1000 tasks  0 ms  1 failed  1 killed',
    ' ForeachFlow/20261122-104755-006k7  1.5 s · 251 done',
  ]);
});

const MANY: readonly ShownStep[] = Array.from({ length: 40 }, (_, index) => ({
  name: index === 0 ? 'start' : `step${index}`,
  kind: 'linear' as const,
  next: [`step${index + 1}`],
  join: false,
}));

test('of many steps those that failed or run are shown, then the latest; the block keeps its size', () => {
  const names = MANY.slice(0, 30).map(({ name }) => name);
  const run = after(MANY, [
    ...names.flatMap((name, index) => [started(name, '0', index), finished(name, '0', index)]).slice(0, -1),
    failed('step3', '1', { name: 'Error', message: 'x' }),
  ]);
  const lines = blockOf(run, at(100), paper({ rows: 10 }));
  assert.equal(lines.length, 7);
  assert.deepEqual(
    lines.slice(0, 5).map((line) => line.trim().split(/\s+/).slice(0, 2).join(' ')),
    ['✘ step3', '✔ step26', '✔ step27', '✔ step28', '… 26'],
  );
});

test('whatever the terminal, a block fits it', () => {
  const run = after(
    MANY,
    MANY.slice(0, 30).map(({ name }) => started(name, '0')),
  );
  for (let rows = 1; rows < 40; rows += 1) {
    for (const columns of [1, 5, 20, 56, 120]) {
      const lines = blockOf(run, at(100), paper({ rows, columns }));
      assert.ok(lines.length <= Math.max(1, Math.min(12, rows - 3)), `${lines.length} lines of ${rows}`);
      for (const line of lines) assert.ok(widthOf(line) <= Math.max(1, columns - 1), `${columns}: ${line}`);
    }
  }
});
