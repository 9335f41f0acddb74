import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseExpression } from './expression.ts';

const VALUES: Readonly<Record<string, unknown>> = {
  status: 'failed',
  tags: ['best', 'a b'],
  seconds: 120,
  'parameters/lr': 0.05,
  'end/0/loss': 0.15,
  'end/0/cfg#opt.lr': 3,
  'train/2.0/x': 10n,
  'end/0/name': 'abc',
};
const FIELDS = ['status', 'tags', 'seconds'];
const holds = (text: string) => parseExpression(text, FIELDS).holds((name) => VALUES[name]);

test('comparisons of fields, addresses and values', () => {
  for (const text of [
    'parameters/lr < 0.1 && end/0/loss < .2',
    "status == 'failed'",
    'status != "successful"',
    "tags == 'best' && tags == \"a b\" && !(tags == 'worst')",
    'seconds/60 == 2',
    'seconds / 60 >= 2',
    'seconds/2/seconds < 1',
    'end/0/cfg#opt.lr == 3',
    'train/2.0/x == 10 && train/2.0/x > 9.5',
    "end/0/name >= 'abc' && end/0/name < 'abd'",
    '1 + 2 * 3 == 7 && (1 + 2) * 3 == 9 && -2 - -3 == 1',
    '2e-1 == .2',
    'end/0/none == null && parameters/lr != null',
    "!(end/0/none < 1) && !(end/0/none >= 1) && !('a' < 1)",
    'true || end/0/none',
  ])
    assert.equal(holds(text), true, text);
  assert.equal(holds('status'), true);
  assert.equal(holds('end/0/none'), false);
});

test('the names it asks for', () => {
  assert.deepEqual(parseExpression('end/0/a > 1 && status == end/0/a', FIELDS).names, ['end/0/a', 'status']);
});

test('what is no expression is told with its place', () => {
  const problem = (text: string) => {
    try {
      parseExpression(text, FIELDS);
      return undefined;
    } catch (error) {
      const { code, position, expected } = error as { code: string; position: number; expected: string };
      assert.equal(code, 'ExpressionError');
      return [position, expected];
    }
  };
  assert.deepEqual(problem(''), [0, 'a value, a name or a parenthesis']);
  assert.deepEqual(problem('status = 1'), [7, '== to compare']);
  assert.deepEqual(problem('(1 < 2'), [6, 'a closing parenthesis']);
  assert.deepEqual(problem('1 < 2 < 3'), [6, '&& between two comparisons']);
  assert.deepEqual(problem('1 2'), [2, 'an operator or the end']);
  assert.deepEqual(problem('statu == 1'), [
    0,
    'an address such as end/0/loss or one of status, tags, seconds',
  ]);
  assert.deepEqual(problem('process(1)'), [
    0,
    'an address such as end/0/loss or one of status, tags, seconds',
  ]);
  assert.equal(problem('('.repeat(200))?.[0], 100);
  assert.equal(problem(`1${' + 1'.repeat(4000)}`)?.[0], 0);
});

test('of numbers it says what JavaScript says', () => {
  const number = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(0.5, 2.25)).map(String);
  const { condition } = fc.letrec<{ sum: string; condition: string }>((tie) => ({
    sum: fc.oneof(
      { depthSize: 'small' },
      number.map((text) => (text.startsWith('-') ? `(${text})` : text)),
      fc.tuple(tie('sum'), fc.constantFrom('+', '-', '*'), tie('sum')).map((parts) => parts.join(' ')),
      tie('sum').map((inner) => `(${inner})`),
    ),
    condition: fc.oneof(
      { depthSize: 'small' },
      fc
        .tuple(tie('sum'), fc.constantFrom('<', '<=', '>', '>=', '==', '!='), tie('sum'))
        .map((parts) => parts.join(' ')),
      fc
        .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
        .map((parts) => parts.join(' ')),
      tie('condition').map((inner) => `!(${inner})`),
    ),
  }));
  fc.assert(
    fc.property(condition, (text) => {
      // biome-ignore lint/security/noGlobalEval: the oracle; the text is made above.
      // biome-ignore lint/complexity/noCommaOperator: an indirect eval.
      assert.equal(holds(text), (0, eval)(text));
    }),
  );
});

test('what hangs on a missing value is undecided', () => {
  const decide = (text: string) => parseExpression(text, FIELDS).decide((name) => VALUES[name]);
  for (const text of [
    'end/0/none > 3',
    '!(end/0/none > 3)',
    'end/0/none != 3',
    'end/0/none',
    'end/0/none + 1 < 3',
    'end/0/none > 3 && seconds == 120',
    'end/0/none > 3 || seconds == 1',
    "end/0/name > 3 && status == 'failed'",
  ])
    assert.equal(decide(text), undefined, text);
  assert.equal(decide('end/0/none > 3 && seconds == 1'), false);
  assert.equal(decide('seconds == 120 || end/0/none > 3'), true);
  assert.equal(decide('end/0/none > 3 || seconds == 120'), true);
  assert.equal(decide('end/0/none == null'), true);
  assert.equal(decide('null != end/0/none'), false);
});

test('what is decided stays so whatever is missing, and all is decided where nothing is', () => {
  const names = ['a/0/x', 'a/0/y', 'seconds'];
  const term = fc.oneof(fc.constantFrom(...names), fc.integer({ min: 0, max: 3 }).map(String));
  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small' },
      fc
        .tuple(term, fc.constantFrom('<', '<=', '==', '!='), term)
        .map(([left, operator, right]) => `${left} ${operator} ${right}`),
      fc
        .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
        .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
      tie('condition').map((inner) => `!(${inner})`),
    ),
  }));
  const number = fc.integer({ min: 0, max: 3 });
  const all = fc.record(Object.fromEntries(names.map((name) => [name, number])));
  const some = fc.record(Object.fromEntries(names.map((name) => [name, number])), { requiredKeys: [] });
  fc.assert(
    fc.property(condition, some, all, (text, known, rest) => {
      const expression = parseExpression(text, FIELDS);
      const complete = { ...rest, ...known };
      const answer = expression.holds((name) => complete[name]);
      const decided = expression.decide((name) => known[name]);
      assert.ok(decided === undefined || decided === answer);
      assert.equal(
        expression.decide((name) => complete[name]),
        answer,
      );
    }),
  );
});
