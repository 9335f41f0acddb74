import assert from 'node:assert/strict';
import test from 'node:test';
import { type FlowRig, masked, noTerminal } from './flow-rig.ts';
import { VirtualScreen } from './virtual-screen.ts';

/** One command and all it prints, masked: in a pipe, or on a terminal when it has columns. */
export interface Golden {
  readonly words: string;
  readonly columns?: number;
  /** Without the newline at the end. */
  readonly prints: string;
  readonly code?: number;
}

/** A test for each: the command prints exactly this, and in a pipe nothing on stderr. */
export function goldenTests(rig: () => FlowRig, goldens: readonly Golden[]): void {
  for (const { words, columns, prints, code = 0 } of goldens) {
    if (columns === undefined) {
      test(`flow ${words} in a pipe`, () => {
        const left = rig().shell(`flow ${words}`);
        assert.equal(masked(left.stdout), `${prints}\n`);
        assert.deepEqual([left.stderr, left.code], ['', code]);
      });
      continue;
    }
    test(`flow ${words} on ${columns} columns`, { skip: noTerminal }, () => {
      const left = rig().terminal(words, { columns, env: { NO_COLOR: '1' } });
      assert.equal(screenOf(left.stdout, columns), prints);
      assert.equal(left.code, code);
    });
  }
}

/** What a terminal shows in the end, masked; what stands in columns is two spaces apart, however wide what was masked. */
export function screenOf(text: string, columns: number): string {
  const screen = new VirtualScreen(columns);
  screen.write(text);
  return masked(screen.text)
    .split('\n')
    .map((line) => (/^ /.test(line) ? line : line.replace(/ {2,}/g, '  ')))
    .join('\n');
}
