import assert from 'node:assert/strict';
import test from 'node:test';
import { type FlowParameter, IncludeFile, JSONType, kindOf, Parameter } from '#core';
import { matchParameters } from './run-parameters.ts';

const declared = {
  numComponents: Parameter('numComponents', { default: 3 }),
  alpha: Parameter('learning-rate', { type: Number }),
  name: Parameter('name'),
  dryRun: Parameter('dryRun', { default: false }),
  nobody: Parameter('nobody', { type: Boolean }),
  gdp: Parameter('gdp', { type: JSONType, default: '{}' }),
  list: Parameter('list', { separator: ',' }),
  config: Parameter('config', { default: { a: 1 } }),
  data: IncludeFile('data'),
};

// Outside of a task a declaration stands where the value is going to be.
const PARAMETERS = Object.entries(declared).map(([field, declaration]) => ({
  field,
  declaration,
})) as unknown as FlowParameter[];

test('what a parameter takes follows from its type, else from its default', () => {
  assert.deepEqual(PARAMETERS.map(kindOf), [
    'number',
    'number',
    'text',
    'boolean',
    'boolean',
    'json',
    'list',
    'json',
    'file',
  ]);
});

const given = (words: readonly string[]) =>
  words.map((word) => {
    const [option = '', value] = word.split('=', 2);
    return { option, value };
  });

const RIGHT: readonly (readonly [words: readonly string[], values: object])[] = [
  [['--num-components=5'], { numComponents: '5' }],
  [['--num_components=5'], { numComponents: '5' }],
  [['--numComponents=5'], { numComponents: '5' }],
  [['--learning-rate=1'], { alpha: '1' }],
  [['--alpha=-1'], { alpha: '-1' }],
  [['--dry-run'], { dryRun: true }],
  [['--dry-run=no'], { dryRun: 'no' }],
  [['--no-dry-run'], { dryRun: false }],
  [['--no_dryRun'], { dryRun: false }],
  [['--nobody'], { nobody: true }],
  [['--no-nobody'], { nobody: false }],
  [['--list=a,b', '--list=c'], { list: ['a', 'b', 'c'] }],
  [['--list='], { list: [] }],
  [['--name=', '--gdp={"a":1}'], { name: '', gdp: '{"a":1}' }],
  [['--data=notes.txt'], { data: 'notes.txt' }],
];

for (const [words, values] of RIGHT) {
  test(`parameters ${words.join(' ')}`, async () => {
    const matched = await matchParameters(PARAMETERS, given(words));
    assert.deepEqual([{ ...matched.values }, matched.errors], [values, []]);
  });
}

const WRONG: readonly (readonly [words: readonly string[], message: RegExp])[] = [
  [
    ['--num-component=5'],
    /Unknown option --num-component. Did you mean --num-components\? The flow's parameters: --num-components, --alpha,/,
  ],
  [['--quite'], /Did you mean --quiet\?/],
  [['--no-such-thing=1'], /^Unknown option --no-such-thing. The flow's parameters/],
  [['--no-name'], /Unknown option --no-name/],
  [['--no-dry-run=yes'], /--no-dry-run takes no value, but was given "yes"/],
  [['--name'], /The parameter --name needs a value: --name TEXT/],
  [['--alpha=1', '--learning_rate=2'], /--alpha was given more than once/],
  [['--dry-run', '--no-dry-run'], /--dry-run was given more than once/],
];

for (const [words, message] of WRONG) {
  test(`parameters ${words.join(' ')} are wrong`, async () => {
    const { errors } = await matchParameters(PARAMETERS, given(words));
    assert.deepEqual(
      errors.map(({ name }) => name),
      ['UsageError'],
    );
    assert.match(String(errors[0]?.message), message);
  });
}

test('a flow without parameters says so', async () => {
  const { errors } = await matchParameters([], given(['--x=1']));
  assert.equal(errors[0]?.message, 'Unknown option --x. The flow has no parameters.');
});
