import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { z } from 'zod';
import { ParameterError } from '../errors.ts';
import { Config } from '../flow/configs.ts';
import { type CurrentTask, runAs } from '../flow/current.ts';
import { foldName, optionName, variableName } from '../flow/parameter-names.ts';
import {
  IncludeFile,
  JSONType,
  Parameter,
  ParameterDeclaration,
  type ParameterOptions,
  withParameterValues,
} from '../flow/parameters.ts';
import { parameterValues } from './parameter-values.ts';

const folder = mkdtempSync(join(tmpdir(), 'oxbow-parameters-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Given {
  readonly values?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The value of one parameter, declared as field `numTrees` under a name. */
async function resolved(
  declaration: unknown,
  { values = {}, environment = {} }: Given = {},
): Promise<unknown> {
  assert.ok(declaration instanceof ParameterDeclaration);
  const parameters = [{ field: 'numTrees', declaration }];
  return (await parameterValues(parameters, { values, environment, folder })).get('numTrees');
}

/** The value of a parameter with these options, given as `numTrees`. */
const given = (options: ParameterOptions, value: unknown) =>
  resolved(new ParameterDeclaration('numTrees', options), { values: { numTrees: value } });

const rejects = (promise: Promise<unknown>, message: RegExp) =>
  assert.rejects(promise, (error) => error instanceof ParameterError && message.test(error.message));

test('every spelling of a name is the same name', async () => {
  const spellings = ['numTrees', 'num-trees', 'num_trees', 'NUM_TREES', 'numtrees'];
  for (const name of spellings) assert.equal(foldName(name), 'numtrees');
  for (const name of [...spellings, 'forest-size', 'forestSize']) {
    assert.equal(await resolved(Parameter('forest_size', { default: 1 }), { values: { [name]: '7' } }), 7);
  }
  assert.equal(optionName('numTrees'), 'num-trees');
  assert.equal(optionName('num_trees2Go'), 'num-trees2-go');
  assert.equal(variableName('numTrees'), 'OXBOW_RUN_NUM_TREES');
});

test('what is given wins over the environment, which wins over the default', async () => {
  const declaration = Parameter('forest_size', { default: 1 });
  const environment = { OXBOW_RUN_NUM_TREES: '2' };
  assert.equal(await resolved(declaration), 1);
  assert.equal(await resolved(declaration, { environment }), 2);
  assert.equal(await resolved(declaration, { environment: { OXBOW_RUN_FOREST_SIZE: '3' } }), 3);
  assert.equal(await resolved(declaration, { environment, values: { numTrees: 4 } }), 4);
  assert.equal(await resolved(declaration, { environment, values: { numTrees: undefined } }), 2);
});

test('an unknown name is refused, with those there are', async () => {
  await rejects(
    resolved(Parameter('x'), { values: { tress: 1 } }),
    /no parameter "tress"\. Its parameters: numTrees\./,
  );
  await rejects(parameterValues([], { values: { a: 1 }, environment: {}, folder }), /Its parameters: none\./);
});

const ACCEPTED: readonly (readonly [string, ParameterOptions, unknown, unknown])[] = [
  ['a number as text', { type: Number }, ' 1e3 ', 1000],
  ['a number', { default: 0 }, 2.5, 2.5],
  ['zero', { default: 1 }, '0', 0],
  ['a text that looks like a number', { default: 'x' }, '5', '5'],
  ['an empty text', { type: String }, '', ''],
  ['no type at all: a text', {}, '5', '5'],
  ['yes', { type: Boolean }, 'Yes', true],
  ['0', { default: true }, '0', false],
  ['false itself', { default: true }, false, false],
  ['JSON as text', { type: JSONType }, '{"US": [1]}', { US: [1] }],
  ['JSON as a value', { type: JSONType }, { US: [1] }, { US: [1] }],
  ['the JSON null', { type: JSONType }, 'null', null],
  ['a list, since the default is one', { default: [1] }, '[2, 3]', [2, 3]],
  ['an object, since the default is one', { default: { a: 1 } }, '{"b": 2}', { b: 2 }],
  ['several words', { separator: ',' }, 'a,b, c', ['a', 'b', ' c']],
  ['no words', { separator: ',' }, '', []],
  ['words in a list', { separator: ',' }, ['a', 'b'], ['a', 'b']],
  ['what a schema takes as it is', { type: z.string().length(1) }, '5', '5'],
  ['what a schema takes as JSON', { type: z.object({ low: z.number() }) }, '{"low": 1}', { low: 1 }],
  ['what a schema makes of it', { type: z.coerce.number().transform((n) => n * 2) }, '4', 8],
  ['what a schema makes of it later', { type: z.string().transform(async (text) => text.length) }, 'four', 4],
];

for (const [name, options, value, expected] of ACCEPTED) {
  test(`accepts ${name}`, async () => assert.deepEqual(await given(options, value), expected));
}

const REFUSED: readonly (readonly [string, ParameterOptions, unknown, RegExp])[] = [
  ['no number', { type: Number }, 'many', /"numTrees" must be a number, but is "many"\./],
  ['an empty number', { default: 1 }, '', /must be a number, but is ""/],
  ['a number that is none', { default: 1 }, 'NaN', /must be a number/],
  ['a boolean as number', { type: Number }, true, /must be a number, but is true/],
  ['maybe', { type: Boolean }, 'maybe', /must be true or false, but is "maybe"/],
  ['a number as text', { default: 'x' }, 5, /must be a string, but is 5/],
  ['numbers where texts are listed', { separator: ',' }, [1], /must be a list of strings, but is \[ 1 \]/],
  ['what JSON has no word for', { type: Number }, 1n, /must be a number, but is 1n/],
  ['broken JSON', { type: JSONType }, '{"US"', /is not JSON: .* Got: \{"US"/],
  [
    'no list where the default is one',
    { default: [1] },
    '2',
    /must be a list, as its default is, but is "2"/,
  ],
  [
    'what a schema refuses',
    { type: z.object({ low: z.number() }) },
    '{"low": "x"}',
    /does not fit its schema: low: /,
  ],
];

for (const [name, options, value, message] of REFUSED)
  test(`refuses ${name}`, () => rejects(given(options, value), message));

test('everything that is wrong is told at once, and where it came from', async () => {
  const parameters = [
    { field: 'a', declaration: new ParameterDeclaration('a', { type: Number }) },
    { field: 'b', declaration: new ParameterDeclaration('b', { required: true }) },
    { field: 'c', declaration: new ParameterDeclaration('c', { default: 'x', type: Number }) },
  ];
  const environment = { OXBOW_RUN_A: 'many' };
  await assert.rejects(
    parameterValues(parameters, { values: { d: 1, e: 2 }, environment, folder }),
    (error) => {
      assert.ok(error instanceof ParameterError);
      assert.deepEqual(
        error.problems.map(({ parameter }) => parameter),
        ['d', 'e', 'a', 'b', 'c'],
      );
      assert.match(error.message, /^The flow has no parameter "d".*\nThe flow has no parameter "e"/);
      assert.match(error.message, /"a" must be a number, but is "many" \(from OXBOW_RUN_A\)/);
      assert.match(error.message, /"c" must be a number, but is "x" \(its default\)/);
      return true;
    },
  );
});

test('a parameter given twice under two spellings is refused', () =>
  rejects(
    resolved(Parameter('forest_size'), { values: { numTrees: '1', forestSize: '2' } }),
    /"numTrees" was given more than once, as "forestSize" too/,
  ));

test('where JSON is expected, a text may name a file', async () => {
  writeFileSync(join(folder, 'opts.json'), '{"low": 1}');
  const environment = { OXBOW_RUN_NUM_TREES: '@opts.json' };
  assert.deepEqual(await resolved(Parameter('x', { type: JSONType }), { environment }), { low: 1 });
  assert.deepEqual(await resolved(Parameter('x', { type: z.object({ low: z.number() }) }), { environment }), {
    low: 1,
  });
  assert.equal(await resolved(Parameter('x'), { environment }), '@opts.json');
  const schema = Parameter('x', { type: z.string() });
  assert.equal(await resolved(schema, { environment: { OXBOW_RUN_NUM_TREES: '@@me' } }), '@me');
  assert.equal(await resolved(schema, { values: { numTrees: '@me' } }), '@me');
  await rejects(
    resolved(schema, { environment: { OXBOW_RUN_NUM_TREES: '@nope' } }),
    /file of the parameter "numTrees" cannot be read: ENOENT/,
  );
});

test('a schema may have a default of its own, and may throw', async () => {
  assert.equal(await resolved(Parameter('x', { type: z.number().default(3) })), 3);
  assert.equal(
    await resolved(
      Parameter('x', {
        type: z
          .string()
          .optional()
          .transform((x) => x ?? 'none'),
      }),
    ),
    'none',
  );
  assert.equal(await resolved(Parameter('x', { type: z.number() })), undefined);
  await rejects(resolved(Parameter('x', { type: z.number().default(3), required: true })), /is required/);
  const broken = z.string().transform(() => {
    throw new Error('no net');
  });
  await rejects(given({ type: broken }, 'x'), /its schema threw: no net/);
});

test('a schema may be a function', async () => {
  const standard = {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) => ({ value: `${value}!` }),
  } as const;
  const type = Object.assign(() => {}, { '~standard': standard });
  assert.equal(await given({ type }, 'x'), 'x!');
});

test('a default is converted like a given value, and may be a function', async () => {
  assert.deepEqual(await resolved(Parameter('x', { type: JSONType, default: '{"US": 1939}' })), { US: 1939 });
  assert.deepEqual(await resolved(Parameter('x', { separator: '|', default: 'a|b' })), ['a', 'b']);
  assert.equal(await resolved(Parameter('x', { type: Number, default: (async () => '3') as never })), 3);
  assert.equal(await resolved(Parameter('x', { default: null })), null);
  assert.equal(await resolved(Parameter('x')), undefined);
});

test('a default that is a function is called once, and only when no value is given', async () => {
  let calls = 0;
  const declaration = Parameter('x', {
    default: () => {
      calls += 1;
      return 'made';
    },
  });
  assert.equal(await resolved(declaration, { values: { numTrees: 'given' } }), 'given');
  assert.equal(await resolved(declaration, { environment: { OXBOW_RUN_NUM_TREES: 'set' } }), 'set');
  assert.equal(calls, 0);
  assert.equal(await resolved(declaration), 'made');
  assert.equal(calls, 1);
});

test('a default that throws, and a required value that is missing, are told', async () => {
  const declaration = Parameter('x', {
    default: (): string => {
      throw new Error('no clock');
    },
  });
  await rejects(resolved(declaration), /The default of the parameter "numTrees" threw: no clock/);
  const required = Parameter('x', { required: true, type: Number, help: 'How many' });
  await rejects(resolved(required), /"numTrees" is required \(How many\)\. Give it with --num-trees VALUE\./);
});

test('a file is read from the folder: its text, or its bytes', async () => {
  writeFileSync(join(folder, 'a.txt'), 'grün');
  const values = { numTrees: 'a.txt' };
  assert.equal(await resolved(IncludeFile('x'), { values }), 'grün');
  assert.equal(await resolved(IncludeFile('x', { encoding: 'latin1' }), { values }), 'grÃ¼n');
  assert.deepEqual(await resolved(IncludeFile('x', { isText: false }), { values }), Buffer.from('grün'));
  assert.equal(await resolved(IncludeFile('x', { default: 'a.txt' })), 'grün');
  assert.equal(await resolved(IncludeFile('x')), undefined);
  await rejects(resolved(IncludeFile('x', { required: true })), /"numTrees" is required/);
  await rejects(
    resolved(IncludeFile('x'), { values: { numTrees: 'b.txt' } }),
    /file of the parameter "numTrees" cannot be read: ENOENT/,
  );
  writeFileSync(join(folder, 'latin.txt'), Buffer.from([0x67, 0x72, 0xfc, 0x6e]));
  const latin = { values: { numTrees: 'latin.txt' } };
  await rejects(
    resolved(IncludeFile('x'), latin),
    /File latin\.txt for the parameter "\w+" is not valid UTF-8\. Set `encoding`, or `isText: false`/,
  );
  assert.equal(await resolved(IncludeFile('x', { encoding: 'latin1' }), latin), 'grün');
  await rejects(resolved(IncludeFile('x'), { values: { numTrees: 7 } }), /takes the path of a file/);
  await rejects(resolved(IncludeFile('x'), { values: { numTrees: '.' } }), /cannot be read: EISDIR/);
});

test('a number that would become another one is refused, wherever it stands', async () => {
  const big = '12345678901234567890';
  for (const text of [big, '1e400', '-1e400', '1e-400', '9007199254740993'])
    await rejects(
      given({ type: Number }, text),
      new RegExp(`"numTrees" cannot keep its value: .*${text}.*z\\.coerce`),
    );
  assert.equal(await given({ type: Number }, '1e23'), 1e23);
  assert.ok(Object.is(await given({ type: Number }, '-0'), -0));
  for (const text of [`{"id":${big}}`, `[[1e400]]`, big])
    await rejects(
      given({ type: JSONType }, text),
      /"numTrees" cannot keep its value: .*Write the number as a string/,
    );
  await rejects(given({ type: JSONType, default: `{"id":${big}}` }, undefined), /cannot keep its value/);
  const environment = { OXBOW_RUN_NUM_TREES: big };
  await rejects(resolved(Parameter('x', { default: 1 }), { environment }), /\(from OXBOW_RUN_NUM_TREES\)/);
  await rejects(given({ type: z.coerce.number() }, big), /cannot keep its value/);
  await rejects(given({ type: z.number() }, big), /cannot keep its value/);
  await rejects(given({ type: z.object({ id: z.number() }) }, `{"id":${big}}`), /cannot keep its value/);
  assert.equal(await given({ type: z.coerce.bigint() }, big), BigInt(big));
  assert.equal(await given({ type: String }, big), big);
});

test('a default that is a function says itself what it gives; a value that is given stays what it is', async () => {
  for (const value of [5, true, 'text', [1, 2], { a: 1 }, null, new Map([[1, 2]]), 10n])
    assert.deepEqual(await resolved(Parameter('x', { default: (() => value) as () => string })), value);
  const late = Parameter('x', { default: async () => 'late' });
  assert.equal(await resolved(late), 'late');
  assert.equal(await resolved(late, { values: { numTrees: '7' } }), '7');
  assert.equal(await resolved(late, { values: { numTrees: 7 } }), 7);
  await rejects(given({ type: Number, default: () => 'x' }, undefined), /must be a number, but is "x"/);
});

test('a byte order mark is no part of a text, whatever it comes by', async () => {
  const json = '\uFEFF{"a":1}';
  writeFileSync(join(folder, 'bom.json'), json);
  writeFileSync(join(folder, 'utf16.json'), Buffer.from(json, 'utf16le'));
  const declaration = Parameter('x', { type: JSONType });
  const environment = { OXBOW_RUN_NUM_TREES: '@bom.json' };
  assert.deepEqual(await resolved(declaration, { environment }), { a: 1 });
  assert.deepEqual(await given({ type: JSONType }, json), { a: 1 });
  assert.deepEqual(await given({ type: z.object({ a: z.number() }) }, json), { a: 1 });
  await rejects(
    resolved(declaration, { environment: { OXBOW_RUN_NUM_TREES: '@utf16.json' } }),
    /File utf16\.json for the parameter "numTrees" is UTF-16, not UTF-8/,
  );
  const values = (name: string) => ({ values: { numTrees: name } });
  assert.equal(await resolved(IncludeFile('x'), values('bom.json')), '{"a":1}');
  assert.equal(await resolved(IncludeFile('x', { encoding: 'utf16le' }), values('utf16.json')), '{"a":1}');
  await rejects(resolved(IncludeFile('x'), values('utf16.json')), /utf16\.json for .* is UTF-16/);
  assert.equal(
    ((await resolved(IncludeFile('x', { isText: false }), values('bom.json'))) as Buffer).length,
    10,
  );
});

test('while a task’s flow is made, declarations give values', () => {
  const made = withParameterValues(
    (name) => `value of ${name}`,
    () => [
      Parameter('x'),
      IncludeFile('y'),
      withParameterValues(
        () => 'inner',
        () => Parameter('z'),
      ),
      Parameter('w'),
    ],
  );
  assert.deepEqual(made, ['value of x', 'value of y', 'inner', 'value of w']);
  assert.ok((Parameter('x') as unknown) instanceof ParameterDeclaration);
  assert.throws(() =>
    withParameterValues(
      () => 1,
      () => assert.fail('x'),
    ),
  );
  assert.ok((Parameter('x') as unknown) instanceof ParameterDeclaration);
});

test('a declaration without a name, with options of another kind, or computed with outside of a flow is an error that says so', () => {
  const declare = Parameter as (...words: unknown[]) => unknown;
  for (const words of [[{ default: 3 }], [], ['']])
    assert.throws(() => declare(...words), /^TypeError: Parameter takes a name first/);
  assert.throws(() => declare('p', 3), /^TypeError: Parameter\('p'\) takes its options as an object/);
  assert.throws(() => declare('p', null), /takes its options as an object/);
  assert.throws(() => (Config as typeof declare)({ default: 'x' }), /^TypeError: Config takes a name first/);
  assert.throws(
    () => `${declare('p')}`,
    /^TypeError: "p" has no value outside of a flow\. Declare it as a field/,
  );
  const { result } = runAs({ stepName: 'start' } as CurrentTask, () =>
    assert.throws(() => declare('p'), /was called in a step/),
  );
  assert.equal(result, undefined);
});
