// Each command's document has the fields that docs/json.md tells, and no others.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { FlowRig } from '../rig/flow-rig.ts';

const FLOW = `import { FlowSpec, Parameter, step } from 'oxbow';

export default class TrainFlow extends FlowSpec {
  lr = Parameter('lr', { default: 0.1 });
  declare loss: number;
  declare points: object[];
  @step start() {
    console.log('begun');
    this.loss = 1 - this.lr;
    this.points = [{ x: Number.NaN }];
    this.next(this.end);
  }
  @step end() {}
}
`;

/** Fields by schema: those with a question mark may be absent. */
function documented(): Map<string, { all: Set<string>; needed: Set<string> }> {
  const text = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8');
  const schemas = new Map<string, { all: Set<string>; needed: Set<string> }>();
  for (const section of text.split('\n### ').slice(1)) {
    const fields = { all: new Set<string>(), needed: new Set<string>() };
    for (const [, heads = ''] of section.matchAll(/^- (?:In a dry run: |Else: )?((?:`\w+`\??(?:, )?)+)/gm))
      for (const [, name = '', mark] of heads.matchAll(/`(\w+)`(\??)/g)) {
        fields.all.add(name);
        if (!mark) fields.needed.add(name);
      }
    schemas.set(section.split('\n', 1)[0] ?? '', fields);
  }
  return schemas;
}

let rig: FlowRig;
before(() => {
  rig = FlowRig.create();
  rig.write('train.ts', FLOW);
  for (const lr of ['0.25', '0.5']) rig.flow('run', 'train.ts', '--lr', lr);
});
after(() => rig[Symbol.dispose]());

const COMMANDS = [
  'show train.ts',
  'show TrainFlow/latest',
  'show TrainFlow/latest/start',
  'show TrainFlow/latest/start/0',
  'show TrainFlow/latest/start/0/points',
  'show TrainFlow/latest/parameters',
  'check train.ts',
  'runs TrainFlow --cols lr=parameters/lr',
  'cat TrainFlow/latest/start/0/points',
  'logs TrainFlow/latest',
  'diff TrainFlow~1 TrainFlow',
  'log TrainFlow/latest/end/0/loss',
  'log TrainFlow',
  'blame TrainFlow/latest/end/0/loss',
  'lineage TrainFlow/latest/end/0/loss',
  "bisect TrainFlow~1 TrainFlow --where 'parameters/lr > 0.3'",
  'compare TrainFlow~1 TrainFlow',
  "query 'SELECT count(*) FROM runs'",
  'plot TrainFlow --y end/0/loss',
  'why TrainFlow/latest',
  'code TrainFlow/latest',
  'tag list TrainFlow/latest',
  'du TrainFlow',
  'fsck',
  'gc --dry-run --keep-last 1',
];

test('the documents of all commands are as documented', () => {
  const schemas = documented();
  const seen = new Set(['oxbow.error/1']);
  for (const words of COMMANDS) {
    const { stdout, stderr } = rig.shell(`flow ${words} --json`);
    assert.ok(stdout !== '', `${words}: ${stderr}`);
    const { schema, ...fields } = JSON.parse(stdout) as { schema: string };
    const known = schemas.get(schema);
    assert.ok(known, `${words}: ${schema} is not documented`);
    seen.add(schema);
    assert.deepEqual(
      Object.keys(fields).filter((name) => !known.all.has(name)),
      [],
      `${schema} of ${words} has more`,
    );
    assert.deepEqual(
      [...known.needed].filter((name) => !Object.hasOwn(fields, name)),
      [],
      `${schema} of ${words} lacks something`,
    );
  }
  assert.deepEqual(
    [...schemas.keys()].filter((schema) => !seen.has(schema)),
    [],
  );
});

test('an error is a document on stderr, with the exit code it has anyway', () => {
  for (const [words, code, exit] of [
    ['cat TrainFlow/latest/end/0/nothing', 'NotFoundError', 1],
    ['cat TrainFlow//', 'AddressError', 2],
    ['show Nothing', 'NotFoundError', 1],
    ['runs TrainFlow --where x', 'ExpressionError', 2],
    ['runs --nothing', 'UsageError', 2],
    ['diff TrainFlow TrainFlow/latest/end', 'ArgumentError', 2],
  ] as const) {
    const { stdout, stderr, code: exitCode } = rig.shell(`flow ${words} --json`);
    const { schema, error } = JSON.parse(stderr);
    assert.equal(stdout, '');
    assert.equal(schema, 'oxbow.error/1');
    assert.deepEqual([error.code, error.exit, exitCode], [code, exit, exit], words);
    assert.equal(typeof error.message, 'string');
  }
});
