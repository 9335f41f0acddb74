import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { isFlowFile } from './flow-file.ts';

const WORDS: readonly (readonly [word: string, isFile: boolean])[] = [
  ['flow.ts', true],
  ['no/such/flow.mts', true],
  ['flow.js', true],
  ['flow.tsx', true],
  ['flow.ts#MyFlow', true],
  ['ForeachFlow', false],
  ['ForeachFlow/latest/end/0/cfg', false],
  ['ForeachFlow/latest/end/0/cfg#opt.ts', false],
  ['ForeachFlow/latest/end/0/cfg#opt', false],
  ['ForeachFlow@v1.ts', true],
  ['flow.ts#[0]', false],
  ['data.json', false],
];

for (const [word, isFile] of WORDS) {
  test(`${word} is ${isFile ? 'a file' : 'an address'}`, () => {
    assert.equal(isFlowFile(word), isFile);
  });
}

test('what exists as a file is one, whatever its name; a folder is none', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-tui-'));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'MyFlow'), '');
  mkdirSync(join(folder, 'Folder'));
  assert.equal(isFlowFile(join(folder, 'MyFlow')), true);
  assert.equal(isFlowFile(join(folder, 'MyFlow#Class')), true);
  assert.equal(isFlowFile(join(folder, 'Folder')), false);
});
