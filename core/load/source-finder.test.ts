import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { BundleProject } from './bundle-project.ts';
import { loadFlow } from './load-flow.ts';

/** Doc comments and lines of a flow's steps, and the flow's own doc. */
async function find(project: BundleProject) {
  const { graph } = await loadFlow(join(project.folder, 'entry.ts'), project.cache);
  const steps = [...graph.steps.values()].map(({ name, doc, place }) => [
    name,
    { doc, line: place?.line, file: place?.file },
  ]);
  return { doc: graph.doc, steps: Object.fromEntries(steps) };
}

const END = '@step end() {}\n}\n';

test('comments of every kind are found above steps and the class, decorators aside', async () => {
  using project = new BundleProject({
    'entry.ts': [
      '// What this file is for.',
      "import { FlowSpec, step } from 'oxbow';",
      '',
      '/** Not about class DocFlow. */',
      'const unused = 1;',
      '',
      '/**',
      ' * First line.',
      ' *',
      ' *   Indented, and a * star.',
      ' */',
      'export default class DocFlow extends FlowSpec {',
      '  /** One line. */',
      '  @step start() {',
      '    this.next(this.a);',
      '  }',
      '',
      '  // Two lines',
      '  // of comment.',
      '  @step',
      '  async a() {',
      '    this.next(this.b);',
      '  } // Not a comment of b.',
      '',
      '  @step b() { this.next(this.c); }',
      '',
      '  /* A plain block. */',
      '  @named({',
      '    name: "x",',
      '    more: {',
      '      deep: [1, 2],',
      '    },',
      '  })',
      '  @step',
      '  c() {',
      '    this.next(this.end);',
      '  }',
      '',
      '  @step end() {}',
      '}',
      'function named(options: object) { return (method: Function, context: object) => void [options, method, context]; }',
    ].join('\n'),
  });
  const { doc, steps } = await find(project);
  assert.equal(doc, 'First line.\n\nIndented, and a * star.');
  const file = join(project.folder, 'entry.ts');
  assert.deepEqual(steps, {
    start: { doc: 'One line.', line: 14, file },
    a: { doc: 'Two lines\nof comment.', line: 21, file },
    b: { doc: undefined, line: 25, file },
    c: { doc: 'A plain block.', line: 35, file },
    end: { doc: undefined, line: 39, file },
  });
});

test('inherited steps are found in the file that has them, equal methods in their own class', async () => {
  using project = new BundleProject({
    'entry.ts': `import { step } from 'oxbow';
      import { BaseFlow } from './lib/base.ts';
      /** The derived flow. */
      export default class DerivedFlow extends BaseFlow {
        /** Derived a. */
        @step override a() { this.next(this.end); }
      }`,
    'lib/base.ts': `import { FlowSpec, step } from 'oxbow';
      export class BaseFlow extends FlowSpec {
        /** Base start. */
        @step start() { this.next(this.a); }
        @step a() { this.next(this.end); }
        ${END}`,
  });
  const { doc, steps } = await find(project);
  const base = join(project.folder, 'lib/base.ts');
  assert.equal(doc, 'The derived flow.');
  assert.deepEqual(steps.start, { doc: 'Base start.', line: 4, file: base });
  assert.equal(steps.end?.doc, undefined);
  assert.deepEqual(steps.a, { doc: 'Derived a.', line: 6, file: join(project.folder, 'entry.ts') });
});

test('a class is found by its declaration, not where its name is spoken of', async () => {
  using project = new BundleProject({
    'entry.ts': `import { FlowSpec, step } from 'oxbow';
      // Mentions class Odd$Flow in passing.

      /** The one with the odd name. */
      export default class Odd$Flow extends FlowSpec {
        @step start() { this.next(this.end); }
        ${END}`,
  });
  assert.equal((await find(project)).doc, 'The one with the odd name.');
});

test('a class without a name has its doc too', async () => {
  using project = new BundleProject({
    'entry.ts': `import { FlowSpec, step } from 'oxbow';
      /** Nameless. */
      export default class extends FlowSpec {
        @step start() { this.next(this.end); }
        ${END}`,
  });
  assert.equal((await find(project)).doc, 'Nameless.');
});

test('legacy decorators change nothing', async () => {
  using project = new BundleProject({
    'entry.ts': `import { FlowSpec, step } from 'oxbow';
      export default class LegacyFlow extends FlowSpec {
        /** Begins. */
        @step start() { this.next(this.end); }
        ${END}`,
    'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
  });
  const { steps } = await find(project);
  assert.equal(steps.start?.doc, 'Begins.');
  assert.equal(steps.start?.line, 4);
});
