import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BundleProject } from './bundle-project.ts';
import { type LoadedFlow, loadFlow } from './load-flow.ts';

const project = new BundleProject({});
after(() => project[Symbol.dispose]());
let files = 0;

/** A flow with these members. */
async function flowWith(members: string, given: Parameters<typeof loadFlow>[2] = {}): Promise<LoadedFlow> {
  files += 1;
  project.write(
    `flow${files}.ts`,
    "import { Config, FlowSpec, IncludeFile, JSONType, Parameter, step } from 'oxbow';\n" +
      `class Base extends FlowSpec { static base = 1; static hidden = 2; inherited = Parameter('inherited', { default: 'base' }); }\n` +
      `export default class SomeFlow extends Base {\n${members}\n@step start() { this.next(this.end); }\n@step end() {}\n}\n`,
  );
  return loadFlow(`${project.folder}/flow${files}.ts`, project.cache, {
    surroundings: { environment: {}, folder: project.folder },
    ...given,
  });
}

const fieldsOf = ({ parameters }: LoadedFlow) => parameters.map(({ field }) => field).slice(1);
const messagesOf = ({ problems }: LoadedFlow) => problems.map(({ message }) => message);

test('a field initialiser may use parameters: all are found, and none is taken for another', async () => {
  const flow = await flowWith(`
    alpha = Parameter('alpha', { default: 0.5 });
    count = Parameter('count', { required: true, type: Number });
    names = Parameter('names', { separator: ',' });
    table = Parameter('table', { type: JSONType });
    text = IncludeFile('text');
    twice = this.alpha * 2;
    same = this.alpha;
    room = new Array(this.count * 3);
    upper = this.names.map((name) => name.toUpperCase());
    deep = this.table.rows[0].map((row) => row.x).join();
    lines = this.text.split('\\n').length;
    word = 'x'.repeat(this.count);
    last = Parameter('last');`);
  assert.deepEqual(fieldsOf(flow), ['alpha', 'count', 'names', 'table', 'text', 'last']);
  assert.deepEqual(messagesOf(flow), []);
  assert.deepEqual(flow.fieldReads, ['alpha', 'count', 'names', 'table', 'text']);
});

test('an initialiser that throws without the real value is told with the parameters it used', async () => {
  const flow = await flowWith("text = Parameter('text'); value = JSON.parse(this.text).x;");
  const [problem] = flow.problems;
  assert.match(
    String(problem?.message),
    /perhaps because the values of "text" are known only when a run starts/,
  );
  assert.equal(problem?.place?.line, 4);
});

test('an override wins, under any name', async () => {
  const flow = await flowWith("inherited = Parameter('other', { default: 'derived' });");
  assert.deepEqual(messagesOf(flow), []);
  assert.equal(flow.parameters[0]?.declaration.name, 'other');
});

const WRONG: Readonly<Record<string, readonly [members: string, message: RegExp]>> = {
  'a private field': ["#x = Parameter('x');", /parameter "x" is not assigned to a public field/],
  'an object': ["options = { x: Parameter('x') };", /parameter "x" is not assigned to a public field/],
  'an accessor': ["accessor x = Config('x');", /config "x" is not assigned to a public field/],
  'a static': ["static x = Parameter('x');", /static "x" declares a parameter or config/],
  'the name of a step': ["start2 = 1; end = Parameter('end');", /field "end" has the name of a step/],
  'the name of a member': [
    "input = Parameter('input');",
    /field "input" has the name of a member of every flow/,
  ],
  'a name that is none': ["x = Parameter('two words');", /"two words" has a name that cannot be an option/],
  'an unknown type': ["x = Parameter('x', { type: Array });", /"x" has an unknown type/],
  'an empty separator': ["x = Parameter('x', { separator: '' });", /"x" has an empty separator/],
  'a separator and a type': [
    "x = Parameter('x', { separator: ',', type: Number });",
    /"x" has a separator.* and another type/,
  ],
  'a file required and given': [
    "x = IncludeFile('x', { required: true, default: 'y' });",
    /is required and has a default/,
  ],
  'the name that turns another off': [
    "cache = Parameter('cache', { default: true }); noCache = Parameter('noCache');",
    /"noCache" has the name that turns "cache" off, --no-cache/,
  ],
  'two spellings of a name': [
    "aB = Parameter('aB'); ab = Parameter('a-b');",
    /"aB" and "ab" cannot be told apart/,
  ],
  'a config named as a parameter': ["a = Parameter('x'); x = Config('x');", /config "x" has the name of "a"/],
  'both defaults of a config': [
    "x = Config('x', { default: 'f', defaultValue: {} });",
    /both default and defaultValue/,
  ],
  'a constant named as a parameter': [
    "static x = 1; x = Parameter('x');",
    /constant "x" has the name of a parameter/,
  ],
};

for (const [name, [members, message]] of Object.entries(WRONG)) {
  test(`told before anything runs: ${name}`, async () => {
    assert.match(messagesOf(await flowWith(members)).join('\n'), message);
  });
}

test('the graph is judged too when the fields have problems', async () => {
  const { problemsOf } = await import('./problems.ts');
  const flow = await flowWith(
    "x = Parameter('tag'); y = null.z; @step lost() {} static bad = { when: () => 1 };",
  );
  const checks = (await problemsOf(flow)).map(({ check }) => check);
  assert.deepEqual(checks, ['transitions', 'orphans', 'fields', 'parameters', 'constants']);
});

test('constants: inherited ones, the nearest first; no accessors, functions, private or `_` ones', async () => {
  const { constants } = await flowWith(`
    static own = { a: 1 };
    static get hidden() { return 3; }
    static #secret = 4;
    static _kept = 5;
    static make() { return SomeFlow.#secret; }
    static arrow = () => 6;
    static Inner = class {};
    static none;
    static { this.block = 7; }`);
  assert.deepEqual(
    [...constants],
    [
      ['own', { a: 1 }],
      ['block', 7],
      ['base', 1],
    ],
  );
});

test('configs are known before parameters, whose defaults may use them and each other', async () => {
  project.write('cfg.json', '{ "lr": 0.25, "steps": [1, 2] }');
  const members = `
    cfg = Config('cfg', { default: 'cfg.json' });
    alpha = Parameter('alpha', { default: this.cfg.lr });
    twice = Parameter('twice', { type: Number, default: () => this.alpha * 2 });
    more = Parameter('more', { type: Number, default: () => this.twice + this.cfg.steps.length });
    early = Parameter('early', { type: Number, default: () => this.later });
    later = Parameter('later', { default: 1 });`;
  const { inputValues } = await import('./input-values.ts');
  const surroundings = { environment: {}, folder: project.folder };
  const loaded = await flowWith(members);
  assert.deepEqual(Object.fromEntries(loaded.configValues), { cfg: { lr: 0.25, steps: [1, 2] } });
  const values = await inputValues(loaded, { early: 0 }, surroundings);
  assert.deepEqual([values.get('alpha'), values.get('twice'), values.get('more')], [0.25, 0.5, 2.5]);
  const given = await flowWith(members, { configs: { cfg: '{ "lr": 1, "steps": [] }' } });
  assert.equal((await inputValues(given, { early: 0 }, surroundings)).get('more'), 2);
  await assert.rejects(inputValues(await flowWith(members), {}, surroundings), {
    message: /default of the parameter "early" threw: The value of "later" is not known yet/,
  });
  const wrong = await flowWith(members, { configs: { cgf: '{}' }, configFiles: { cfg: 'nope.json' } });
  await assert.rejects(
    inputValues(wrong, { alhpa: 1, early: 'x' }, surroundings),
    ({ message }: Error) =>
      /no config "cgf"/.test(message) &&
      /file of the config "cfg" cannot be read/.test(message) &&
      /no parameter "alhpa"/.test(message) &&
      /"early" must be a number/.test(message),
  );
});

test('what follows from a config without a value is not told beside it', async () => {
  const { inputValues } = await import('./input-values.ts');
  const told = async (members: string, values: Readonly<Record<string, unknown>> = {}) => {
    const loaded = await flowWith(members);
    assert.deepEqual(messagesOf(loaded), []);
    try {
      await inputValues(loaded, values, { environment: {}, folder: project.folder });
      return [];
    } catch (error) {
      return (error as Error).message.split('\n');
    }
  };
  const followers = [
    "x = Parameter('x', { default: this.cfg.lr });",
    "x = Parameter('x', { default: this.cfg });",
    "x = Parameter('x', { type: Number, default: this.cfg.deep.er });",
    "x = Parameter('x', { type: Number, default: () => this.cfg.lr });",
    "x = Parameter('x', { default: [this.cfg.lr], type: this.cfg.type });",
    "x = Parameter('x', { separator: ',', default: this.cfg.names });",
    "x = IncludeFile('x', { default: this.cfg.path });",
    "x = Parameter('x', { default: this.cfg.a * 2 }); z = Parameter('z', { type: Boolean, default: this.x });",
    'x = JSON.parse(this.cfg.text);',
    'x = new URL(this.cfg.url);',
  ];
  for (const members of followers) {
    const [problem, ...others] = await told(`cfg = Config('cfg', { default: 'missing.json' }); ${members}`);
    assert.match(problem ?? '', /config "cfg" cannot be read/, members);
    assert.deepEqual(others, [], members);
  }
  const independent = await told(
    "cfg = Config('cfg', { default: 'missing.json' }); x = Parameter('x', { default: this.cfg.lr }); n = Parameter('n', { default: 1 });",
    { n: 'many' },
  );
  assert.equal(independent.length, 2);
  assert.match(independent[1] ?? '', /"n" must be a number/);
});

test('a field that cannot be stored is told before anything runs, with the way to keep it', async () => {
  const told = async (members: string) => messagesOf(await flowWith(members));
  for (const members of [
    'client = new (class Client { ask() {} })();',
    'client = { deep: [() => 1] };',
    'client = new WeakMap();',
    'client = Promise.resolve(1);',
    "key = Parameter('key', { default: 'x' }); client = new (class Client { constructor(readonly key: string) {} })(this.key);",
  ]) {
    const [problem, ...others] = await told(members);
    assert.match(problem ?? '', /field "client" cannot be stored: client.*Write it as #client/, members);
    assert.deepEqual(others, []);
  }
  for (const members of [
    '#client = new (class Client {})(); x = 1;',
    'log = (text) => text; helper = function () {};',
    'data = new Float64Array(1e6); map = new Map([[1, new Set([2])]]); when = new Date(); none;',
    "cfg = Config('cfg', { default: 'cfg.json' }); x = this.cfg.lr; y = [this.cfg];",
    "key = Parameter('key', { default: 'x' }); x = { deep: this.key };",
  ])
    assert.deepEqual(await told(members), [], members);
});
