import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphIn } from './graph-notation.ts';
import { structureOf } from './structure.ts';

const joins = (notation: Readonly<Record<string, string>>) =>
  Object.fromEntries(structureOf(graphIn(notation)).joinOf);
const problems = (notation: Readonly<Record<string, string>>) =>
  structureOf(graphIn(notation)).imbalances.map(({ step, message }) => `${step}: ${message}`);

test('a split is closed by the join its branches meet in, nested ones by their own', () => {
  const nested = {
    start: 'a b',
    a: 'c foreach xs',
    c: 'd e',
    d: 'f',
    e: 'f',
    f: 'inputs g',
    g: 'inputs h',
    b: 'h',
    h: 'inputs end',
    end: '',
  };
  assert.deepEqual(joins(nested), { c: 'f', a: 'g', start: 'h' });
  assert.deepEqual(problems(nested), []);
  const { openIn } = structureOf(graphIn(nested));
  assert.deepEqual(openIn.get('d'), [
    { split: 'start', branch: 'a' },
    { split: 'a' },
    { split: 'c', branch: 'd' },
  ]);
  assert.deepEqual(openIn.get('g'), [{ split: 'start', branch: 'a' }]);
  assert.deepEqual(openIn.get('end'), []);
});

test('alternatives of a switch count as one branch, also when they end in the join', () => {
  const notation = {
    start: 'a b',
    a: 'x:c y:d z:meet switch v',
    c: 'meet',
    d: 'e',
    e: 'meet',
    b: 'meet',
    meet: 'inputs end',
    end: '',
  };
  assert.deepEqual(joins(notation), { start: 'meet' });
  assert.deepEqual(problems(notation), []);
});

test('a branch may go straight to the join, and a loop opens nothing', () => {
  const notation = { start: 'a meet', a: 'again:a done:meet switch v', meet: 'inputs end', end: '' };
  assert.deepEqual(joins(notation), { start: 'meet' });
  assert.deepEqual(problems(notation), []);
});

test('an unreachable step is nobody’s problem here', () => {
  assert.deepEqual(problems({ start: 'end', lost: 'inputs end', end: '' }), []);
});

const WRONG: Readonly<Record<string, readonly [Readonly<Record<string, string>>, readonly RegExp[]]>> = {
  'a split that is never joined': [
    { start: 'a foreach xs', a: 'end', end: '' },
    [/^end: The step "end" is reached before the split "start" is joined/],
  ],
  'branches that meet in a step without inputs': [
    { start: 'a b', a: 'c', b: 'c', c: 'd', d: 'inputs end', end: '' },
    [/^c: .*reached by several branches \(from "a" and "b"\) but takes no inputs.*c\(inputs\)/],
  ],
  'a join after nothing': [
    { start: 'a', a: 'inputs end', end: '' },
    [/^a: .*no open split before it to join/],
  ],
  'a join of inner and outer branches': [
    { start: 'a b', a: 'c d', c: 'm', d: 'm', b: 'm', m: 'inputs end', end: '' },
    [
      /^m: The step "m" joins "c" and "b", which belong to different splits/,
      /^end: .*before the split "start"/,
    ],
  ],
  'a split joined in two places': [
    { start: 'a b', a: 'm', b: 'n', m: 'inputs end', n: 'inputs end', end: '' },
    [
      /^m: .*every branch of the split "start": "b" never/,
      /^n: The split "start" is joined in "m" and in "n"/,
    ],
  ],
  'a switch that joins in one case only': [
    { start: 'a foreach xs', a: 'x:b y:c switch v', b: 'm', c: 'end', m: 'inputs end', end: '' },
    [/^end: .*reached by several branches/],
  ],
  'branches of two foreaches in one join': [
    {
      start: 'a b',
      a: 'c foreach xs',
      c: 'm',
      b: 'd foreach xs',
      d: 'm',
      m: 'inputs n',
      n: 'inputs end',
      end: '',
    },
    [/^m: .*different splits/],
  ],
};

for (const [name, [notation, expected]] of Object.entries(WRONG)) {
  test(`tells of ${name}`, () => {
    const found = problems(notation);
    for (const pattern of expected)
      assert.ok(
        found.some((text) => pattern.test(text)),
        `${pattern} in\n${found.join('\n')}`,
      );
  });
}
