import assert from 'node:assert/strict';
import test from 'node:test';
import { paper } from '../rig/paper.ts';
import { type Fact, writeFacts } from './facts.ts';

const FACTS: readonly Fact[] = [
  { name: 'run', text: 'F/1', values: ['F/1'] },
  { name: 'tags', text: 'a rather long list of words that has to be broken' },
  { name: 'tag', values: ['a', 'b\tc'] },
  { name: 'about', text: 'x\x1b[2J' },
];

test('people get names and values below each other, as wide as the terminal', () => {
  const page = paper({ columns: 36 });
  writeFacts(FACTS, page);
  assert.equal(
    page.text,
    [
      'run    F/1',
      'tags   a rather long list of words',
      '       that has to be broken',
      'about  x\\x1b[2J',
      '',
    ].join('\n'),
  );
});

test('programs get a line of values each, and only what is meant for them', () => {
  const pipe = paper({ isTerminal: false });
  writeFacts(FACTS, pipe);
  assert.equal(pipe.text, 'run\tF/1\ntag\ta\tb\\tc\n');
});
