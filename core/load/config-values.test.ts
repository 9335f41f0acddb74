import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { z } from 'zod';
import { ConfigDeclaration, type ConfigOptions } from '../flow/configs.ts';
import { immutable } from '../flow/immutable.ts';
import { configValues, type GivenConfigs } from './config-values.ts';

const root = mkdtempSync(join(tmpdir(), 'oxbow-configs-'));
after(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, 'flows'));
writeFileSync(join(root, 'here.json'), '{ "from": "here" }');
writeFileSync(join(root, 'flows/beside.json'), '{ "from": "beside" }');
writeFileSync(join(root, 'words.txt'), 'a b c');
writeFileSync(join(root, 'marked.json'), '\uFEFF{ "from": "marked" }');
writeFileSync(join(root, 'marked.txt'), '\uFEFFa b');
writeFileSync(join(root, 'utf16.json'), Buffer.from('\uFEFF{}', 'utf16le'));
writeFileSync(join(root, 'latin.json'), Buffer.from([0x22, 0xfc, 0x22]));
writeFileSync(join(root, 'inexact.json'), '{ "id": 12345678901234567890 }');
writeFileSync(join(root, 'broken.json'), '{ "a": ');

/** The value of one config, declared as field `myCfg` under the name `my-cfg`, and what is wrong with it. */
async function resolved(options: ConfigOptions, given: Partial<GivenConfigs> = {}): Promise<unknown> {
  const { values, problems } = await configValues(
    [{ field: 'myCfg', declaration: new ConfigDeclaration('my-cfg', options) }],
    { values: {}, files: {}, environment: {}, folder: root, flowFolder: join(root, 'flows'), ...given },
  );
  return problems.length > 0 ? problems.map(({ message }) => message).join('\n') : values.get('myCfg');
}

const words = (text: string): string[] => text.split(' ');

const RIGHT: readonly (readonly [string, ConfigOptions, Partial<GivenConfigs>, unknown])[] = [
  ['the default file', { default: 'here.json' }, {}, { from: 'here' }],
  ['a default file beside the flow', { default: 'beside.json' }, {}, { from: 'beside' }],
  ['a file with a byte order mark', { default: 'marked.json' }, {}, { from: 'marked' }],
  ['what a parser makes of such a file', { default: 'marked.txt', parser: words }, {}, ['a', 'b']],
  ['a value with a byte order mark', {}, { values: { myCfg: '\uFEFF[1]' } }, [1]],
  ['a default value', { defaultValue: { a: 1 } }, {}, { a: 1 }],
  ['a default value as JSON', { defaultValue: '{ "a": 1 }' }, {}, { a: 1 }],
  ['nothing', {}, {}, undefined],
  ['a given file', { default: 'nope.json' }, { files: { myCfg: 'here.json' } }, { from: 'here' }],
  ['a given value', { required: true }, { values: { my_cfg: '[1]' } }, [1]],
  ['a value that is none of a text', {}, { values: { 'my-cfg': { a: 1 } } }, { a: 1 }],
  ['a file of the environment', {}, { environment: { OXBOW_CONFIG_MY_CFG: 'here.json' } }, { from: 'here' }],
  ['a value of the environment', {}, { environment: { OXBOW_CONFIG_VALUE_MY_CFG: '2' } }, 2],
  [
    'what is given before the environment',
    {},
    { files: { myCfg: 'here.json' }, environment: { OXBOW_CONFIG_VALUE_MY_CFG: '2' } },
    { from: 'here' },
  ],
  ['what a parser makes', { default: 'words.txt', parser: words }, {}, ['a', 'b', 'c']],
  ['what a parser makes later', { defaultValue: 'x y', parser: async (text) => words(text) }, {}, ['x', 'y']],
  [
    'what a schema makes',
    { defaultValue: '{ "a": "1" }', schema: z.object({ a: z.coerce.number(), b: z.number().default(2) }) },
    {},
    { a: 1, b: 2 },
  ],
];

for (const [name, options, given, expected] of RIGHT)
  test(`a config is ${name}`, async () => assert.deepEqual(await resolved(options, given), expected));

const both = { files: { myCfg: 'here.json' }, values: { myCfg: '1' } };
const WRONG: readonly (readonly [ConfigOptions, Partial<GivenConfigs>, RegExp])[] = [
  [
    { required: true, help: 'What to do' },
    {},
    /"myCfg" is required \(What to do\)\. Give it with --config my-cfg FILE or/,
  ],
  [{ default: 'nope.json' }, {}, /file of the config "myCfg" cannot be read: ENOENT/],
  [{ default: 'broken.json' }, {}, /The file .*broken\.json of the config "myCfg" is not JSON: /],
  [
    { default: 'utf16.json' },
    {},
    /utf16\.json of the config "myCfg" is UTF-16, not UTF-8\. Save it as UTF-8/,
  ],
  [{ default: 'latin.json' }, {}, /latin\.json of the config "myCfg" is not valid UTF-8/],
  [
    { default: 'inexact.json' },
    {},
    /cannot be kept: the number 12345678901234567890 would become 1234567890123456\d+\./,
  ],
  [{}, { values: { myCfg: '[1e400]' } }, /would become Infinity\. Write the number as a string/],
  [{ default: (() => 'x') as never }, {}, /default of the config "myCfg" must be the path of a file/],
  [{}, { values: { myCfg: '{' } }, /The value given to the config "myCfg" is not JSON/],
  [{}, both, /given both a file and a value/],
  [
    {},
    { environment: { OXBOW_CONFIG_MY_CFG: 'x', OXBOW_CONFIG_VALUE_MY_CFG: '1' } },
    /both a file and a value/,
  ],
  [
    {},
    { values: { other: '1' }, files: { third: 'x' } },
    /no config "other"\. Its configs: myCfg\.\n.*no config "third"/,
  ],
  [
    { defaultValue: '{}', schema: z.object({ a: z.number() }) },
    {},
    /The default of the config "myCfg" does not fit its schema: a: /,
  ],
  [
    {
      defaultValue: 'x',
      parser: () => {
        throw new Error('no YAML');
      },
    },
    {},
    /cannot be parsed: no YAML/,
  ],
];

for (const [options, given, message] of WRONG)
  test(`a config is refused: ${message.source}`, async () =>
    assert.match(String(await resolved(options, given)), message));

test('a config cannot be changed anywhere, and says which part of it', () => {
  const shared = { x: 1 };
  const source: Record<string, unknown> = { opt: { lr: 1, list: [1, { deep: 2 }] }, a: shared, b: shared };
  source.self = source;
  const value = immutable(source, 'cfg') as typeof source & { opt: { lr: number; list: unknown[] } };
  const says = (path: string) => ({
    name: 'ReadOnlyError',
    message: new RegExp(`"${path}" is part of a config`),
  });
  assert.throws(() => {
    value.opt.lr = 2;
  }, says('cfg\\.opt\\.lr'));
  assert.throws(() => value.opt.list.push(3), says('cfg\\.opt\\.list\\[2\\]'));
  assert.throws(() => value.opt.list.sort(), says('cfg\\.opt\\.list\\[0\\]'));
  assert.throws(
    () => Object.assign(value.opt.list[1] as object, { deep: 3 }),
    says('cfg\\.opt\\.list\\[1\\]\\.deep'),
  );
  assert.throws(() => Reflect.deleteProperty(value, 'opt'), says('cfg\\.opt'));
  assert.throws(() => Object.defineProperty(value, 'more', { value: 1 }), says('cfg\\.more'));
  assert.ok(Object.isFrozen(value) && Object.isFrozen(value.opt.list));
  assert.equal(value.self, value);
  assert.equal(value.a, value.b);
  assert.equal(JSON.stringify(value.opt), '{"lr":1,"list":[1,{"deep":2}]}');
  assert.deepEqual({ ...value.opt, list: [...value.opt.list] }, { lr: 1, list: [1, { deep: 2 }] });
});
