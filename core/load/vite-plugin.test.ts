import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { BundleProject } from './bundle-project.ts';
import { oxbow } from './vite-plugin.ts';

const CODE =
  'const words: unknown[] = [];\nclass A { @note start() {} }\nfunction note(...all: unknown[]): void { words.push(all.length); }\nexport default words;';

/** What a module exports as its default once it is compiled. */
async function defaultOf(code: string, path: string): Promise<unknown> {
  const compiled = await oxbow().transform(code, `${path}?v=1`);
  assert.ok(compiled);
  assert.equal(JSON.parse(compiled.map).version, 3);
  assert.doesNotMatch(compiled.code, /@note/);
  return (await import(`data:text/javascript,${encodeURIComponent(compiled.code)}`)).default;
}

test('decorators are compiled, as the tsconfig.json says', async () => {
  using project = new BundleProject({
    'a.ts': '',
    'tsconfig.json': '{ "compilerOptions": { "target": "esnext" } }',
  });
  assert.deepEqual(await defaultOf(CODE, join(project.folder, 'a.ts')), [2]);
  project.write('tsconfig.json', '{ "compilerOptions": { "experimentalDecorators": true } }');
  assert.deepEqual(await defaultOf(CODE, join(project.folder, 'a.ts')), [3]);
});

test('what has no decorators, or is of a package or of another kind, is left to Vite', async () => {
  const { transform } = oxbow();
  assert.equal(await transform('export const mail = "a@b";', '/x/a.ts'), undefined);
  assert.equal(await transform(CODE, '/x/node_modules/p/a.ts'), undefined);
  assert.equal(await transform('@media print {}', '/x/a.css'), undefined);
});
