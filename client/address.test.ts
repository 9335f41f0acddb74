import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Address,
  parseAddress,
  parseRange,
  parseTarget,
  printAddress,
  printRange,
  type RunSelector,
  type Target,
} from './address.ts';
import { AddressError } from './errors.ts';

const options = { noNullPrototype: true };
const identifiers = fc.stringMatching(/^[A-Za-z_$][A-Za-z0-9_$]{0,11}$/);
const names = fc.oneof({ weight: 3, arbitrary: identifiers }, fc.string({ unit: 'grapheme', minLength: 1 }));
const steps = fc.oneof(
  names.filter((name) => name !== '*'),
  fc.constantFrom('*', 'parameters', 'constants'),
);
const digits = fc.array(fc.nat(999), { minLength: 1, maxLength: 3 });
const tasks = fc.oneof(
  digits.map((parts) => parts.join('.')),
  fc.constant('*'),
);
const back = fc.oneof(fc.constant(0), fc.nat(), fc.maxSafeNat());
const runs: fc.Arbitrary<RunSelector> = fc.oneof(
  fc.record({ at: fc.constantFrom('latest', 'ok', 'failed'), back }, options),
  fc.record(
    {
      at: fc.constant('tag'),
      tag: fc.oneof(identifiers, fc.string({ unit: 'grapheme' }), fc.constant('ok')),
      back,
    },
    options,
  ),
  fc.record(
    { at: fc.constant('id'), id: fc.stringMatching(/^\d{1,8}(-\d{1,6}(-[0-9a-z]{0,5})?)?$/), back },
    options,
  ),
) as fc.Arbitrary<RunSelector>;
const targets = fc.oneof(
  fc.constant({ kind: 'run' }),
  fc.record({ kind: fc.constant('step'), step: steps }, options),
  fc.record({ kind: fc.constant('task'), step: steps, task: tasks }, options),
  fc.record({ kind: fc.constant('artifact'), step: steps, task: tasks, name: names }, options),
  fc.record({ kind: fc.constantFrom('parameters', 'constants'), name: names }, options),
) as fc.Arbitrary<Target>;
const paths = fc.array(fc.oneof(identifiers, fc.string({ unit: 'grapheme' }), fc.maxSafeInteger()), {
  maxLength: 4,
});
const addresses: fc.Arbitrary<Address> = fc
  .record({ flow: names, run: runs, target: targets, path: paths }, options)
  .map((address) => ('name' in address.target ? address : { ...address, path: [] }));

test('what is printed parses to the same address', () => {
  fc.assert(
    fc.property(addresses, (address) => assert.deepEqual(parseAddress(printAddress(address)), address)),
    {
      numRuns: 1000,
    },
  );
});

test('what is printed parses to the same range', () => {
  fc.assert(
    fc.property(addresses, addresses, (from, to) => {
      assert.deepEqual(parseRange(printRange({ from, to })), { from, to });
    }),
    { numRuns: 500 },
  );
});

test('any text either parses to something that prints and parses again, or throws an AddressError', () => {
  const pieces = fc.constantFrom(
    'F',
    '/',
    '~',
    '@',
    '#',
    '*',
    '..',
    '.',
    '[',
    ']',
    '"',
    '\\',
    '0',
    '20',
    'ok',
    'latest',
    'x',
    '-1',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      let address: Address;
      try {
        address = parseAddress(text);
      } catch (error) {
        assert.ok(error instanceof AddressError, String(error));
        assert.ok(error.position >= 0 && error.position <= text.length);
        return;
      }
      assert.deepEqual(parseAddress(printAddress(address)), address);
    }),
    { numRuns: 3000 },
  );
});

const run = { kind: 'run' } as const;
const latest = { at: 'latest', back: 0 } as const;

const PARSED: readonly [string, Partial<Address>][] = [
  ['F', { run: latest, target: run }],
  ['F/latest', { run: latest, target: run }],
  ['F~1', { run: { at: 'latest', back: 1 } }],
  ['F~', { run: { at: 'latest', back: 1 } }],
  ['F~0/end', { run: latest, target: { kind: 'step', step: 'end' } }],
  ['F@ok', { run: { at: 'ok', back: 0 } }],
  ['F@ok~1', { run: { at: 'ok', back: 1 } }],
  ['F@failed', { run: { at: 'failed', back: 0 } }],
  ['F@best', { run: { at: 'tag', tag: 'best', back: 0 } }],
  ['F@user:alice', { run: { at: 'tag', tag: 'user:alice', back: 0 } }],
  ['F@v1.2', { run: { at: 'tag', tag: 'v1.2', back: 0 } }],
  ['F@"ok"', { run: { at: 'tag', tag: 'ok', back: 0 } }],
  ['F@"my/tag ~"~2', { run: { at: 'tag', tag: 'my/tag ~', back: 2 } }],
  ['F/20261122-10', { run: { at: 'id', id: '20261122-10', back: 0 } }],
  ['F/20261122-', { run: { at: 'id', id: '20261122-', back: 0 } }],
  ['F/20261122-104755-123k7~1', { run: { at: 'id', id: '20261122-104755-123k7', back: 1 } }],
  [
    'F~1/end/0/loss',
    { run: { at: 'latest', back: 1 }, target: { kind: 'artifact', step: 'end', task: '0', name: 'loss' } },
  ],
  ['F@ok/a/2.0', { run: { at: 'ok', back: 0 }, target: { kind: 'task', step: 'a', task: '2.0' } }],
  ['F/latest/*/*', { target: { kind: 'task', step: '*', task: '*' } }],
  ['F/latest/parameters/lr', { target: { kind: 'parameters', name: 'lr' } }],
  ['F/latest/constants/N#x', { target: { kind: 'constants', name: 'N' }, path: ['x'] }],
  ['F/latest/parametersOf', { target: { kind: 'step', step: 'parametersOf' } }],
  ['F/latest/join/0/results#[-1]', { path: [-1] }],
  ['F/latest/join/0/cfg#opt.lr', { path: ['opt', 'lr'] }],
  ['F/latest/join/0/r#results[0].name', { path: ['results', 0, 'name'] }],
  ['F/latest/join/0/r#["a b"].c["]"]', { path: ['a b', 'c', ']'] }],
  ['F/latest/join/0/r#learning-rate', { path: ['learning-rate'] }],
  ['F/latest/join/0/"odd name"', { target: { kind: 'artifact', step: 'join', task: '0', name: 'odd name' } }],
];
for (const [text, expected] of PARSED) {
  test(`${text} parses`, () => {
    const { flow, ...parsed } = parseAddress(text);
    assert.equal(flow, 'F');
    assert.deepEqual({ ...parsed, ...expected }, parsed);
  });
}

test('what stands within a run parses alone', () => {
  assert.deepEqual(parseTarget('end/0/loss#[0]'), {
    target: { kind: 'artifact', step: 'end', task: '0', name: 'loss' },
    path: [0],
  });
  assert.deepEqual(parseTarget('parameters/lr'), { target: { kind: 'parameters', name: 'lr' }, path: [] });
  assert.throws(() => parseTarget('end/0/loss/x'), AddressError);
});

test('a range has two ends; a single address is no range', () => {
  const range = parseRange('F~1..F');
  assert.deepEqual(range?.from.run, { at: 'latest', back: 1 });
  assert.deepEqual(range?.to.run, latest);
  assert.equal(parseRange('F/latest/a/2.0'), undefined);
  assert.deepEqual(parseRange('F/latest/a/2.0..G@v1.2')?.to.run, { at: 'tag', tag: 'v1.2', back: 0 });
  assert.deepEqual(parseRange('F/1/a/0/x#a.b..F/2/a/0/x#[1]')?.from.path, ['a', 'b']);
  assert.throws(() => parseRange('F..'), /expected the name of a flow, but the text ends/);
  assert.throws(() => parseRange('F..G..H'), AddressError);
});

const WRONG: readonly [string, number, RegExp][] = [
  ['', 0, /expected the name of a flow, but the text ends/],
  ['7F', 0, /wrong at character 1: expected the name of a flow, but found "7F"/],
  ['F/', 2, /expected a run id, the beginning of one, or "latest"/],
  ['F//start', 2, /found "\/start"/],
  ['F/join/0/results', 2, /Did you mean F\/latest\/join\/0\/results\?$/],
  ['F/lastest', 2, /"latest"/],
  ['F@', 2, /expected "ok", "failed" or a tag/],
  ['F@a b', 3, /expected "\/" or the end of the address, but found " b"/],
  ['F@"x', 4, /closing quote/],
  ['F@"\\x"', 2, /JSON string/],
  ['F~99999999999999999999', 2, /below 2\^53/],
  ['F/latest/a/x', 11, /expected a task such as 0 or 2\.0, or "\*"/],
  ['F/latest/parameters', 19, /expected "\/" and the name of a parameter/],
  ['F/latest/a/0/', 13, /expected the name of an artifact/],
  ['F/latest/a/0/x/y', 14, /expected "#" or the end of the address/],
  ['F#x', 1, /the name of an artifact before "#", which leads into its value \(this names a run\)/],
  ['F/latest/a/0/x#', 15, /expected a key such as lr/],
  ['F/latest/a/0/x#0', 15, /a position such as \[-1\]/],
  ['F/latest/a/0/x#[a]', 16, /whole number or a quoted key/],
  ['F/latest/a/0/x#[0', 17, /expected "\]"/],
  ['F/latest/a/0/x#a b', 16, /expected "\.", "\[" or the end/],
  ['A..B', 1, /expected "\/", "~", "@" or the end of the address/],
];
for (const [text, position, message] of WRONG) {
  test(`${JSON.stringify(text)} is refused where it goes wrong`, () => {
    assert.throws(
      () => parseAddress(text),
      (error: unknown) => {
        assert.ok(error instanceof AddressError);
        assert.equal(error.code, 'AddressError');
        assert.equal(error.position, position);
        assert.match(error.message, message);
        assert.match(error.message, /(?:Example:|Did you mean) \S/);
        return true;
      },
    );
  });
}
