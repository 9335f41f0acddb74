import { version } from '#core';

/** The files of a new project by path: a flow, its test, and what npm and the TypeScript compiler need. */
export function projectFiles(name: string): ReadonlyMap<string, string> {
  return new Map([
    ['package.json', json(packageOf(name))],
    ['tsconfig.json', json(TSCONFIG)],
    ['.gitignore', 'node_modules/\n.flow/\n'],
    ['flows/words.ts', FLOW],
    ['flows/words.test.ts', TEST],
  ]);
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const packageOf = (name: string): object => ({
  name,
  private: true,
  type: 'module',
  scripts: {
    start: 'flow run flows/words.ts',
    test: 'node --import tsx --test flows/*.test.ts',
    types: 'tsc',
  },
  dependencies: { oxbow: `^${version}` },
  devDependencies: { '@types/node': '^20.19.0', tsx: '^4.23.0', typescript: '^7.0.0' },
});

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    lib: ['es2024', 'esnext.disposable'],
    types: ['node'],
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
  },
  include: ['flows'],
};

const FLOW = `import { FlowSpec, type Inputs, Parameter, step } from 'oxbow';

/** Counts the words of a text, a task for each line. */
export default class WordsFlow extends FlowSpec {
  text = Parameter('text', { help: 'The text to count', default: 'the quick brown fox\\njumps over\\nthe lazy dog' });

  declare lines: string[];
  declare words: number;
  declare total: number;

  @step start() {
    this.lines = this.text.split('\\n');
    this.next(this.count, { foreach: 'lines' });
  }

  @step count() {
    const line: string = this.input;
    this.words = line.split(/\\s+/).filter((word) => word !== '').length;
    this.next(this.join);
  }

  @step join(inputs: Inputs<WordsFlow>) {
    this.total = inputs.map((input) => input.words).reduce((sum, words) => sum + words, 0);
    this.next(this.end);
  }

  @step end() {
    console.log(\`\${this.total} words\`);
  }
}
`;

const TEST = `import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Runner } from 'oxbow';

const flow = join(import.meta.dirname, 'words.ts');

test('counts the words of every line', async (t) => {
  // A store of its own: the test leaves nothing among your runs.
  const folder = mkdtempSync(join(tmpdir(), 'words-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));

  const run = await new Runner(flow, { store: join(folder, '.flow') }).run({ text: 'a b c\\n\\nd e' });

  assert.equal(run.status, 'successful');
  assert.equal(run.data.total, 5);
  assert.deepEqual(
    run.step('count').tasks().map((task) => task.data.words),
    [3, 0, 2],
  );
});
`;
