import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { differingRegions } from './sequence.ts';
import { compareText, linesOfText } from './text.ts';

/** Applies hunks as patch does: every context line must be there. */
function apply(text: string, hunks: string): string {
  const before = linesOfText(text);
  let after = '';
  let at = 0;
  const lines = linesOfText(hunks);
  for (const [index, line] of lines.entries()) {
    const header = /^@@ -(\d+)(?:,(\d+))? /.exec(line);
    const bare = lines[index + 1]?.startsWith('\\') ? line.slice(1, -1) : line.slice(1);
    if (header && /^@@ .* @@\n$/.test(line)) {
      const start = header[2] === '0' ? Number(header[1]) : Number(header[1]) - 1;
      after += before.slice(at, start).join('');
      at = start;
    } else if (line.startsWith('+')) after += bare;
    else if (!line.startsWith('\\')) {
      assert.equal(before[at], bare);
      if (line.startsWith(' ')) after += bare;
      at += 1;
    }
  }
  return after + before.slice(at).join('');
}

test('a changed line among others', () => {
  const detail = compareText('a\nb\nc\nd\ne\n', 'a\nb\nX\nd\ne\n', 1);
  assert.deepEqual(detail, { added: 1, removed: 1, hunks: '@@ -2,3 +2,3 @@\n b\n-c\n+X\n d\n' });
});

test('a final line without its end is another line', () => {
  assert.equal(compareText('a', 'a\n').hunks, '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n');
});

test('changes far apart are hunks of their own', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `${i}\n`);
  const { hunks } = compareText(lines.join(''), lines.with(3, 'x\n').with(30, 'y\n').join(''));
  assert.equal(hunks.match(/^@@/gm)?.length, 2);
});

const line = fc.constantFrom('', 'a', 'b', 'c', 'a\r', '@@ -1 +1 @@', '\\ x', '\ud800', '-', '+');
const textOf = fc
  .tuple(fc.array(line, { maxLength: 15 }), fc.boolean())
  .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''));

test('the hunks, applied to a, give b, and the counts of a direction are those of the other turned round', () => {
  fc.assert(
    fc.property(textOf, textOf, fc.nat(4), (a, b, context) => {
      const there = compareText(a, b, context);
      assert.equal(apply(a, there.hunks), b);
      const back = compareText(b, a, context);
      assert.equal(apply(b, back.hunks), a);
      assert.equal(there.added - there.removed, back.removed - back.added);
      assert.equal(there.hunks === '', a === b);
    }),
    { numRuns: 500 },
  );
});

test('long texts without a common line, and with every second line changed', () => {
  const numbered = (word: string) =>
    Array.from({ length: 20_000 }, (_, i) => `${i % 2 ? word : 'same'} ${i}\n`);
  const [a, b] = [numbered('old').join(''), numbered('new').join('')];
  const detail = compareText(a, b);
  assert.deepEqual([detail.added, detail.removed], [10_000, 10_000]);
  assert.equal(apply(a, detail.hunks), b);
  const repeated = (word: string) => `${word}\nblank\n`.repeat(3000);
  assert.equal(apply(repeated('x'), compareText(repeated('x'), repeated('y')).hunks), repeated('y'));
});

test('few edits among lines that repeat are found as few', () => {
  const a = 'abcabbabcabbabcabb'.split('');
  const regions = differingRegions(a, a.toSpliced(7, 1).toSpliced(11, 0, 'c'));
  const edits = regions.reduce((sum, { a: [f, t], b: [g, u] }) => sum + t - f + u - g, 0);
  assert.ok(edits <= 2, `${edits} edits`);
});

test('git applies the hunks', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-diff-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const pairs = [
    ['a\nb\nc\n', 'a\nB\nc\nd'],
    ['one\r\ntwo\r\n', 'one\ntwo\r\nthree\r\n'],
    ['x\n', ''],
    ['no end', 'no end\nbut now\n'],
    [
      Array.from({ length: 60 }, (_, i) => `${i}\n`).join(''),
      Array.from({ length: 60 }, (_, i) => `${i % 7}\n`).join(''),
    ],
  ] as const;
  for (const [index, [a, b]] of pairs.entries()) {
    const file = `f${index}.txt`;
    writeFileSync(join(folder, file), a);
    const patch = `--- a/${file}\n+++ b/${file}\n${compareText(a, b).hunks}`;
    execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, input: patch });
    assert.equal(readFileSync(join(folder, file), 'utf8'), b);
  }
});
