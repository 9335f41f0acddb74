import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LoadFlowError } from '../errors.ts';
import { bundleFlow } from './bundle.ts';
import { BundleProject } from './bundle-project.ts';

test('a bundle names its modules, and its file changes with its content', async () => {
  using project = new BundleProject({
    'entry.ts': "import { b } from './lib/b.ts'; export const a: number = b + 1;",
    'lib/b.ts': 'export const b: number = 1;',
  });
  const bundle = await project.compile();
  assert.deepEqual([...bundle.modules].sort(), [
    join(project.folder, 'entry.ts'),
    join(project.folder, 'lib/b.ts'),
  ]);
  assert.equal((await project.load()).a, 2);
  project.write('lib/b.ts', 'export const b: number = 2;');
  assert.equal((await project.load()).a, 3);
});

test('import.meta means the source file, in every module', async () => {
  using project = new BundleProject({
    'entry.ts':
      "#!/usr/bin/env -S npx tsx\nimport { lib } from './lib/b.ts';\n" +
      "export const all = [import.meta.url, import.meta.dirname, import.meta.filename, import.meta.resolve('./lib/b.ts'), import.meta.resolve('node:fs'), lib];",
    'lib/b.ts': 'export const lib = import.meta.dirname;',
  });
  const entry = join(project.folder, 'entry.ts');
  assert.deepEqual((await project.load()).all, [
    pathToFileURL(entry).href,
    project.folder,
    entry,
    pathToFileURL(join(project.folder, 'lib/b.ts')).href,
    'node:fs',
    join(project.folder, 'lib'),
  ]);
});

test('packages resolve as from the source file, and stay outside', async () => {
  using project = new BundleProject({
    'entry.ts':
      "import { a } from 'esm-only'; import cjs from 'cjs-only'; import { sub } from 'esm-only/sub'; import inner from '#inner';\n" +
      "import { readFileSync } from 'fs'; import { tool } from './lib/tool.cjs';\n" +
      'export const all = [a, cjs.b, sub, inner, typeof readFileSync, tool];',
    'lib/tool.cjs':
      "const { join } = require('path'); const cjs = require('cjs-only'); exports.tool = join('x', String(cjs.b));",
    'package.json': '{ "type": "module", "imports": { "#inner": "./inner.ts" } }',
    'inner.ts': 'export default "inner";',
    'node_modules/esm-only/package.json':
      '{ "type": "module", "exports": { ".": { "module": "./wrong.js", "import": "./main.js" }, "./sub": "./sub.js" } }',
    'node_modules/esm-only/main.js': 'export const a = import.meta.url.endsWith("/esm-only/main.js");',
    'node_modules/esm-only/sub.js': 'export const sub = "sub";',
    'node_modules/cjs-only/package.json': '{ "main": "./index.js", "module": "./wrong.mjs" }',
    'node_modules/cjs-only/index.js': 'exports.b = 1;',
  });
  assert.deepEqual((await project.load()).all, [true, 1, 'sub', 'inner', 'function', 'x/1']);
  const { modules } = await project.compile();
  assert.equal(
    modules.some((path) => path.includes('node_modules')),
    false,
  );
});

test('CommonJS modules know where they are, and may require oxbow', async () => {
  using project = new BundleProject({
    'entry.ts': "import tool from './lib/tool.cjs'; export const all = tool;",
    'lib/tool.cjs': "module.exports = [__filename, __dirname, typeof require('oxbow').FlowSpec];",
  });
  const folder = join(project.folder, 'lib');
  assert.deepEqual((await project.load()).all, [join(folder, 'tool.cjs'), folder, 'function']);
});

test('a module may declare what CommonJS modules find around them', async () => {
  using project = new BundleProject({
    'entry.ts': 'const __dirname = import.meta.dirname; export const all = __dirname;',
  });
  assert.equal((await project.load()).all, project.folder);
});

test('`oxbow` is this very package', async () => {
  using project = new BundleProject({
    'entry.ts': "export * from 'oxbow'; export * as store from 'oxbow/store';",
  });
  const own = await import(new URL('../../index.ts', import.meta.url).href);
  assert.equal((await project.load()).FlowSpec, own.FlowSpec);
});

test('dynamic imports mean what they say', async () => {
  using project = new BundleProject({
    'entry.ts':
      "export const fixed = async () => (await import('./lib/b.ts')).name;\n" +
      'export const chosen = async (name) => (await import("./lib/" + name + ".ts")).name;\n' +
      "export const builtin = async () => (await import('node:path')).basename('/x/y');",
    'lib/b.ts': "export const name = 'b';",
    'lib/c.ts': "export const name = 'c';",
  });
  const { fixed, chosen, builtin } = (await project.load()) as Record<
    string,
    (name?: string) => Promise<string>
  >;
  assert.deepEqual(
    [await fixed?.(), await chosen?.('b'), await chosen?.('c'), await builtin?.()],
    ['b', 'b', 'c', 'y'],
  );
  await assert.rejects(async () => chosen?.('nope'));
});

test('an import of what is known only at run time means the source file, TypeScript or not', async () => {
  using project = new BundleProject({
    'entry.ts':
      '/* ünïcödé */ export const first = async (path: string) => (await import(path)).name; export const meta = import.meta.url;\n' +
      'export const pick = async (path: string) => [(await import(path)).name, typeof (await import(`${path}`)).name];\n' +
      "export { deep } from './lib/deep.ts';",
    'lib/deep.ts': 'export const deep = async (path: string) => (await import(path)).default;',
    'lib/b.ts': "import { c } from '../c.ts'; export const name: string = `b${c}`;",
    'lib/data.json': '{ "a": 1 }',
    'lib/plain.mjs': "export default 'plain';",
    'c.ts': 'export const c: number = 1;',
    'node_modules/pack/package.json': '{ "main": "main.cjs" }',
    'node_modules/pack/main.cjs': "module.exports = 'packed';",
  });
  const { allowRunTimeImports } = await import('./run-time-import.ts');
  allowRunTimeImports();
  const { first, pick, deep } = (await project.load()) as Record<string, (path: string) => Promise<unknown>>;
  assert.equal(await first?.('./lib/b.ts'), 'b1');
  assert.deepEqual(await pick?.('./lib/b.ts'), ['b1', 'string']);
  assert.equal(await deep?.('./plain.mjs'), 'plain');
  assert.deepEqual(await deep?.('./data.json'), { a: 1 });
  assert.equal(await deep?.('pack'), 'packed');
  assert.equal(typeof (await deep?.('node:path')), 'object');
  assert.equal(await deep?.(pathToFileURL(join(project.folder, 'lib/plain.mjs')).href), 'plain');
  await assert.rejects(async () => first?.('./nope.ts'), {
    name: 'LoadFlowError',
    message: /nope\.ts does not exist, but .*entry\.ts imports it\.$/,
  });
});

test('paths and decorators are as the tsconfig.json says', async () => {
  using project = new BundleProject({
    'entry.ts':
      "import { b } from '@lib/b.ts';\n" +
      'const seen: unknown[] = [];\n' +
      'const note = (...words: unknown[]): void => { seen.push(words.length, words[1]); };\n' +
      'class A { @note start() {} }\nexport const all = [b, ...seen];',
    'lib/b.ts': 'export const b = 1;',
    'tsconfig.json':
      '{ "compilerOptions": { "experimentalDecorators": true, "paths": { "@lib/*": ["./lib/*"] } } }',
  });
  assert.deepEqual((await project.load()).all, [1, 3, 'start']);
});

test('names of classes and functions stay', async () => {
  using project = new BundleProject({
    'entry.ts':
      "import { A as B } from './b.ts'; class A extends B {} export const names = [A.name, B.name];",
    'b.ts': 'export class A {}',
  });
  assert.deepEqual((await project.load()).names, ['A', 'A']);
});

test('what does not compile is told with file, line and the place in the line', async () => {
  using project = new BundleProject({
    'entry.ts': "import './b.ts';",
    'b.ts': 'const a = 1;\nconst b = = 2;',
  });
  await assert.rejects(project.compile(), (error) => {
    assert.ok(error instanceof LoadFlowError);
    assert.match(
      error.message,
      /does not compile:\n {2}b\.ts:2:11: Unexpected "="\n {4}const b = = 2;\n {14}\^$/,
    );
    return true;
  });
});

test('a flow behind a link, or with an odd name, is found', async () => {
  using project = new BundleProject({});
  project.write("dir with spaces/it's #1 %20.ts", 'export const url = import.meta.url;');
  const path = join(project.folder, "dir with spaces/it's #1 %20.ts");
  const { file } = await bundleFlow(path, project.cache);
  const { url } = await import(pathToFileURL(file).href);
  assert.equal(fileURLToPath(url), path);
  symlinkSync(path, join(project.folder, 'link.ts'));
  const linked = await bundleFlow(join(project.folder, 'link.ts'), project.cache);
  assert.equal(basename(linked.entry), 'link.ts');
});
