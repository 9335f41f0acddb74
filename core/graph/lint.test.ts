import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FlowProblemsError } from '../errors.ts';
import { loadFlow } from '../load/load-flow.ts';
import { assertSound } from '../load/problems.ts';
import { graphIn } from './graph-notation.ts';
import { CHECKS, lint } from './lint.ts';

type Notation = Readonly<Record<string, string>>;

const found = (notation: Notation) =>
  lint(graphIn(notation)).map(({ check, step }) => `${check} ${step ?? ''}`.trim());

const SOUND: readonly Notation[] = [
  { start: 'end', end: '' },
  { start: 'a b', a: 'm', b: 'm', m: 'inputs end', end: '' },
  { start: 'a foreach xs', a: 'm', m: 'inputs end', end: '' },
  { start: 'x:a y:end switch v', a: 'end', end: '' },
  { start: 'more:start done:end switch v', end: '' },
  {
    start: 'a foreach xs',
    a: 'b foreach ys',
    b: 'again:b done:c switch v',
    c: 'd e',
    d: 'f',
    e: 'f',
    f: 'inputs g',
    g: 'inputs h',
    h: 'inputs end',
    end: '',
  },
];

test('a sound flow has no problems', () => {
  // A loop may also be the first step, but start is where a flow begins, so nothing may go back to it.
  for (const notation of SOUND.filter(({ start }) => !start?.startsWith('more')))
    assert.deepEqual(found(notation), []);
  assert.deepEqual(found({ start: 'more:start done:end switch v', end: '' }), ['targets start']);
});

const WRONG: Readonly<Record<string, readonly [Notation, readonly string[]]>> = {
  'no steps at all': [{}, ['steps']],
  'no start and no end': [{ a: 'b', b: 'a' }, ['endpoints', 'endpoints', 'cycles a']],
  'an end that goes on': [{ start: 'end', end: 'start' }, ['endpoints end', 'targets end', 'cycles start']],
  'an end that joins': [{ start: 'end', end: 'inputs' }, ['endpoints end', 'balance end']],
  'a start that joins': [{ start: 'inputs end', end: '' }, ['endpoints start', 'balance start']],
  'a reserved name': [{ start: 'constants', constants: 'end', end: '' }, ['names constants']],
  'a name no address can hold': [{ start: '_a', _a: 'end', end: '' }, ['names _a']],
  'a step without a way on': [{ start: 'a', a: '', end: '' }, ['transitions a']],
  'what follows a misspelt step: that is told alone': [
    { start: 'nope', b: 'c', c: 'end', end: '' },
    ['targets start'],
  ],
  'more lost steps than a broken transition explains': [
    { start: 'nope', b: 'c', lost: 'c', c: 'end', end: '' },
    ['targets start', 'orphans b', 'orphans lost'],
  ],
  'a step nobody goes to, beside a branch without a way on': [
    { start: 'a b', a: 'm', b: '', lost: 'end', m: 'inputs end', end: '' },
    ['transitions b', 'orphans lost', 'balance m', 'balance b'],
  ],
  'a way to nowhere': [{ start: 'a nope', a: 'end', end: '' }, ['targets start', 'balance end']],
  'a split into the same step twice': [{ start: 'a a', a: 'm', m: 'inputs end', end: '' }, ['targets start']],
  'a switch with one case': [{ start: 'x:end switch v', end: '' }, ['switches start']],
  'a switch that only loops': [{ start: 'a', a: 'x:a y:a switch v', end: '' }, ['orphans end']],
  'a join that loops': [
    { start: 'a b', a: 'm', b: 'm', m: 'inputs x:m y:end switch v', end: '' },
    ['switches m'],
  ],
  'a foreach straight to its join': [{ start: 'm foreach xs', m: 'inputs end', end: '' }, ['foreach start']],
  'a cycle of two': [{ start: 'a', a: 'x:b y:end switch v', b: 'a', end: '' }, ['cycles a']],
  'a cycle of one that is no switch': [{ start: 'a', a: 'a end', end: '' }, ['cycles a']],
  orphans: [{ start: 'end', lost: 'found', found: 'end', end: '' }, ['orphans lost', 'orphans found']],
  'a split never joined': [{ start: 'a foreach xs', a: 'end', end: '' }, ['balance end']],
};

for (const [name, [notation, expected]] of Object.entries(WRONG)) {
  test(`finds ${name}`, () => assert.deepEqual(found(notation), expected));
}

test('a flow needs a name, and one that git does not need', () => {
  for (const flow of ['', 'default', 'HEAD']) {
    const problems = lint({ ...graphIn({ start: 'end', end: '' }), flow });
    assert.deepEqual(
      problems.map(({ check }) => check),
      ['flow'],
    );
  }
});

test('every check finds something in these tests', () => {
  const seen = new Set(
    Object.values(WRONG).flatMap(([, checks]) => checks.map((text) => text.split(' ')[0])),
  );
  for (const name of [
    'endpoints',
    'names',
    'transitions',
    'targets',
    'switches',
    'foreach',
    'cycles',
    'orphans',
    'balance',
  ])
    assert.ok(seen.has(name), name);
  assert.ok(CHECKS.length >= seen.size - 1);
});

test('every step of a problem is quoted, and the remedy follows', () => {
  for (const [notation] of Object.values(WRONG)) {
    for (const { step, message } of lint(graphIn(notation))) {
      if (step !== undefined)
        assert.ok(message.includes(`"${step}"`) || message.includes(` ${step} `), message);
      assert.match(message, /[.?]$/);
    }
  }
});

test('assertSound throws all problems at once', () => {
  assertSound({ graph: graphIn({ start: 'end', end: '' }), problems: [] });
  assert.throws(
    () =>
      assertSound({
        graph: graphIn({ start: 'a', a: '', end: '' }),
        problems: [{ check: 'fields', message: 'More.' }],
      }),
    (error) => error instanceof FlowProblemsError && error.problems.length === 2,
  );
});

test('problems of a file are told with file and line, all at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-lint-'));
  try {
    const file = join(folder, 'wrong.ts');
    const lines = [
      "import { FlowSpec, step } from 'oxbow';",
      'type Unused = { readonly one: 1 };',
      'interface AlsoUnused {',
      '  x: Unused;',
      '}',
      'export default class WrongFlow extends FlowSpec {',
      '  declare list: number[];',
      '  @step start() {',
      '    if (Math.random() > 2) {',
      '      this.next(this.nope as never);',
      '    }',
      '  }',
      '',
      '  /** Never reached. */',
      '  @step',
      '  async lost(',
      '    inputs: unknown,',
      '    more: unknown,',
      '  ) {',
      '    const unused = [inputs, more] satisfies unknown[];',
      '    this.next(list as never);',
      '  }',
      '  @step end() {}',
      '}',
    ];
    writeFileSync(file, lines.join('\n'));
    const { graph } = await loadFlow(file, join(folder, 'compiled'));
    const told = lint(graph).map(({ check, place }) => [check, place?.file === file, place?.line]);
    assert.deepEqual(told, [
      ['arguments', true, 16],
      ['transitions', true, 21],
      ['targets', true, 10],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
