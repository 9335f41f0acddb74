import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { paper } from '../rig/paper.ts';
import { type Exception, shortTitleOf, traceOf as trace } from './exception.ts';
import { framesOf, shortPath, withoutEngineFrames } from './frames.ts';
import { widthOf } from './width.ts';

const SOURCE = ['import x from "x";', '', 'function helper(x) {', '\treturn x.norm();', '}'].join('\n');
const FILE = join(process.cwd(), 'flows/flow.ts');
const ENGINE = [
  '    at file:///srv/app/node_modules/oxbow/dist/core/worker.js:499:40',
  '    at AsyncLocalStorage.run (node:async_hooks:346:14)',
  '    at async handle (file:///elsewhere/dist/core/worker.js:675:25)',
];

const FAILURE: Exception = {
  name: 'TypeError',
  message: 'x.norm is not a function',
  stack: [
    'TypeError: x.norm is not a function',
    '    at norm (/srv/app/node_modules/lib/index.js:9:9)',
    `    at helper (${FILE}:4:11)`,
    `    at async _MyFlow.start (file://${FILE}:12:5)`,
    ...ENGINE,
  ].join('\n'),
};

const traceOf = (...given: Parameters<typeof trace>): string[] => trace(...given).map(String);

const read = (file: string): string | undefined => (file === FILE ? SOURCE : undefined);

test('a trace has the frames of the user, the first of them with its source, and none of ours', () => {
  assert.deepEqual(traceOf(FAILURE, read, paper()), [
    '  at norm (/srv/app/node_modules/lib/index.js:9:9)',
    '  at helper (flows/flow.ts:4:11)',
    '      3 │ function helper(x) {',
    '    > 4 │   return x.norm();',
    '        │            ^',
    '  at MyFlow.start (flows/flow.ts:12:5)',
  ]);
});

test('a narrow terminal shows the part of the line that matters', () => {
  const source = `${'a'.repeat(60)}.boom(${'b'.repeat(60)})`;
  const stack = `Error\n    at f (${FILE}:1:62)`;
  const lines = traceOf({ name: 'Error', message: '', stack }, () => source, paper({ columns: 40 }));
  assert.equal(lines[1], `    > 1 │ ${'a'.repeat(14)}.boom(${'b'.repeat(9)}…`);
  assert.equal(lines[2]?.indexOf('^'), lines[1]?.indexOf('boom'));
});

test('where the locale knows no more, the frame of the source is of ASCII', () => {
  const lines = traceOf(FAILURE, read, paper({ locale: 'C' }));
  assert.equal(lines[3], '    > 4 | return x.norm();'.replace('return', '  return'));
});

test('causes follow, without the frames they share with what they caused', () => {
  const outer: Exception = {
    name: 'Error',
    message: 'helper failed\nbadly',
    stack: `Error: helper failed\n    at wrap (${FILE}:1:1)\n    at MyFlow.start (${FILE}:12:5)`,
    cause: {
      ...FAILURE,
      stack: `TypeError: x\n    at deep (${FILE}:2:2)\n    at MyFlow.start (${FILE}:12:5)`,
      cause: { name: 'Error', message: 'thrown elsewhere' },
    },
  };
  assert.deepEqual(
    traceOf(outer, () => undefined, paper()),
    [
      '  at wrap (flows/flow.ts:1:1)',
      '  at MyFlow.start (flows/flow.ts:12:5)',
      'Caused by TypeError: x.norm is not a function',
      '  at deep (flows/flow.ts:2:2)',
      'Caused by Error: thrown elsewhere',
    ],
  );
  assert.equal(shortTitleOf(outer), 'Error: helper failed');
});

test('endless recursion is told in a few frames', () => {
  const frames = Array.from({ length: 50 }, (_, line) => `    at again (${FILE}:${line + 1}:1)`);
  const lines = traceOf(
    { name: 'RangeError', message: '', stack: frames.join('\n') },
    () => undefined,
    paper(),
  );
  assert.equal(lines.length, 9);
  assert.equal(lines.at(-1), '  … 42 more');
});

test('control bytes of a message are escaped, for a terminal and for a file that is looked at later', () => {
  const outer: Exception = { name: 'Error', message: 'x', cause: { name: 'Error', message: 'a\x1b[2J' } };
  assert.deepEqual(traceOf(outer, read, paper()), ['Caused by Error: a\\x1b[2J']);
  assert.deepEqual(traceOf(outer, read, paper({ isTerminal: false })), ['Caused by Error: a\\x1b[2J']);
});

test('frames of all forms are read', () => {
  const stack = [
    '    at /a/b.ts:1:2',
    '    at new Thing (/a/b.ts:3:4)',
    '    at async Promise.all (index 0)',
    '    at async /a/c.ts:5:6',
    '    at Object.<anonymous> (file:///a/with%20space.ts:7:8)',
    '    at native',
  ].join('\n');
  assert.deepEqual(
    framesOf(stack).map((frame) => [frame.in, frame.file, frame.line, frame.column]),
    [
      [undefined, '/a/b.ts', 1, 2],
      ['new Thing', '/a/b.ts', 3, 4],
      [undefined, '/a/c.ts', 5, 6],
      ['Object.<anonymous>', '/a/with space.ts', 7, 8],
    ],
  );
});

test('a message that holds a trace loses our frames only', () => {
  const text = `throws when it is loaded: Error: x\n    at /a/b.ts:1:2\n${ENGINE.join('\n')}\nend`;
  assert.equal(withoutEngineFrames(text), 'throws when it is loaded: Error: x\n    at /a/b.ts:1:2\nend');
});

test('paths below the working folder are told from there', () => {
  assert.equal(shortPath(FILE), 'flows/flow.ts');
  assert.equal(shortPath('/etc/hosts'), '/etc/hosts');
});

test('of a line of minified code no more is looked at than is shown', () => {
  const source = `${'日a'.repeat(100_000)}boom(${'é'.repeat(200_000)})`;
  const stack = `Error\n    at f (${FILE}:1:200001)`;
  for (const isTerminal of [true, false]) {
    const lines = traceOf({ name: 'Error', message: '', stack }, () => source, paper({ isTerminal }));
    assert.match(lines[1] ?? '', /aboom\(é+…$/);
    assert.equal(widthOf(lines[2]?.split('^')[0] ?? ''), widthOf(lines[1]?.split('boom')[0] ?? ''));
    assert.ok((lines[1]?.length ?? 0) < 200);
  }
});

test('a line that begins like a frame is not searched without end', () => {
  const stack = `Error\n    at ${'(async file:///'.repeat(20_000)}`;
  assert.deepEqual(framesOf(stack), []);
});

test('of a long message a terminal gets the beginning, a file all', () => {
  const cause = { name: 'Error', message: 'long '.repeat(40_000) };
  const [shown] = traceOf({ name: 'E', message: '', cause }, read, paper());
  assert.match(shown ?? '', /^Caused by Error: long .*… \(195\d{3} more characters\)$/);
  const [whole] = traceOf({ name: 'E', message: '', cause }, read, paper({ isTerminal: false }));
  assert.ok((whole?.length ?? 0) > 200_000);
});
