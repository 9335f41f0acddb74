import assert from 'node:assert/strict';
import test from 'node:test';
import { type RunWords, readRunWords } from './run-words.ts';

const NOTHING: RunWords = {
  command: 'run',
  file: undefined,
  address: undefined,
  code: undefined,
  inspect: undefined,
  allUsers: false,
  step: undefined,
  origin: undefined,
  cloneOnly: false,
  dryRun: false,
  reuse: false,
  help: false,
  quiet: false,
  tags: [],
  maxWorkers: undefined,
  maxNumSplits: undefined,
  maxLogSize: undefined,
  runIdFile: undefined,
  store: undefined,
  configFiles: {},
  configs: {},
  parameters: [],
};

const RIGHT: readonly (readonly [words: string, read: Partial<RunWords>])[] = [
  ['', {}],
  ['f.ts', { file: 'f.ts' }],
  ['-- -f.ts', { file: '-f.ts' }],
  ['--quiet -- --f.ts', { file: '--f.ts', quiet: true }],
  ['f.ts --help', { file: 'f.ts', help: true }],
  ['-h f.ts', { file: 'f.ts', help: true }],
  ['--quiet f.ts', { file: 'f.ts', quiet: true }],
  ['--tag a f.ts --tag=b', { file: 'f.ts', tags: ['a', 'b'] }],
  ['f.ts --max-workers 3 --max_num_splits=7', { file: 'f.ts', maxWorkers: 3, maxNumSplits: 7 }],
  ['f.ts --runIdFile id --store .s', { file: 'f.ts', runIdFile: 'id', store: '.s' }],
  ['f.ts --alpha 0.6', { file: 'f.ts', parameters: [{ option: '--alpha', value: '0.6' }] }],
  [
    'f.ts --x=-1 --y -1',
    {
      file: 'f.ts',
      parameters: [
        { option: '--x', value: '-1' },
        { option: '--y', value: '-1' },
      ],
    },
  ],
  [
    'f.ts --x= --flag --y=a=b',
    {
      file: 'f.ts',
      parameters: [
        { option: '--x', value: '' },
        { option: '--flag', value: undefined },
        { option: '--y', value: 'a=b' },
      ],
    },
  ],
  ['f.ts --flag -h', { file: 'f.ts', help: true, parameters: [{ option: '--flag', value: undefined }] }],
  ['f.ts --dash=--x', { file: 'f.ts', parameters: [{ option: '--dash', value: '--x' }] }],
  ['--alpha 1 f.ts', { file: 'f.ts', parameters: [{ option: '--alpha', value: '1' }] }],
  ['-', { file: '-' }],
  ['f.ts --max-log-size 10', { file: 'f.ts', maxLogSize: 10_000_000 }],
  ['f.ts --max-log-size=1.5GB', { file: 'f.ts', maxLogSize: 1_500_000_000 }],
  ['--config cfg a.json f.ts', { file: 'f.ts', configFiles: { cfg: 'a.json' } }],
  ['f.ts --config=cfg a.json --config b=c=d', { file: 'f.ts', configFiles: { cfg: 'a.json', b: 'c=d' } }],
  [
    'f.ts --config-value cfg {"a":1} --config_value other=2',
    { file: 'f.ts', configs: { cfg: '{"a":1}', other: '2' } },
  ],
];

for (const [words, read] of RIGHT) {
  test(`flow run ${words}`, () => {
    assert.deepEqual(readRunWords(words.split(' ').filter((word) => word !== '')), { ...NOTHING, ...read });
  });
}

const WRONG: readonly (readonly [words: readonly string[], message: RegExp])[] = [
  [['f.ts', 'g.ts'], /Unexpected word "g.ts" after f.ts/],
  [['f.ts', '-x'], /Unknown option -x/],
  [['f.ts', '--', '--x'], /Unexpected word "--" after f.ts/],
  [['f.ts', '--max-workers', '0'], /--max-workers takes a whole number from 1, but was given "0"/],
  [['f.ts', '--max-workers', '2.5'], /"2.5"/],
  [
    ['f.ts', '--max-log-size', 'much'],
    /--max-log-size takes a size from 1 kB such as 100MB, 1.5G or 10 \(MB\), but was given "much"/,
  ],
  [['f.ts', '--max-workers', '-1'], /"-1"/],
  [['f.ts', '--max-workers'], /--max-workers needs a value: --max-workers N/],
  [['f.ts', '--max-workers', '2', '--max-workers', '3'], /more than once/],
  [['f.ts', '--store', '--quiet'], /--store needs a value/],
  [['f.ts', '--store='], /--store was given an empty value/],
  [['f.ts', '--quiet=yes'], /--quiet takes no value, but was given "yes"/],
  [['f.ts', '--tag='], /1 to 500 characters, but --tag was given an empty one/],
  [['f.ts', `--tag=${'x'.repeat(501)}`], /was given one of 501/],
  [['f.ts', '--config', 'cfg'], /--config takes two words, --config NAME FILE, but was given only cfg/],
  [['f.ts', '--config', 'cfg', 'a', '--config', 'CFG', 'b'], /The config CFG was given more than once/],
  [
    ['f.ts', '--config', 'my-cfg', 'a', '--config-value', 'myCfg', '1'],
    /myCfg was given both with --config and/,
  ],
];

for (const [words, message] of WRONG) {
  test(`flow run ${words.join(' ').slice(0, 40)} is wrong`, () => {
    assert.throws(() => readRunWords(words), { code: 'UsageError', message });
  });
}
