import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LoadFlowError } from '../errors.ts';
import { bundleFlow } from './bundle.ts';
import { BundleProject } from './bundle-project.ts';
import { flowError } from './flow-stack.ts';

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

const NAMES = [
  'sp ace',
  'josé',
  '日本😀',
  'pa(ren)',
  '[slug]',
  "quo'te",
  'double"quote',
  '#hash',
  'pct%20',
  '100%',
  'question?',
  'bang!',
  'st*r',
  '{brace}',
  'plus+and&',
  'back\\slash',
  'colon:c',
  'new\nline',
  '$HOME`x`',
  '-dash',
  'tilde~',
  'semi;colon',
  'at@2x',
];

for (const name of NAMES) {
  test(`a flow in a folder, and in a file, named ${JSON.stringify(name)}`, async () => {
    using project = new BundleProject({});
    project.write(`${name}/${name}b.ts`, 'export const fail = (): never => { throw new Error("asked"); };');
    project.write(`${name}/${name}.json`, '{ "a": 1 }');
    const flow = `${name}/${name}.ts`;
    const imports = ['b.ts', '.json'].map((ending) => JSON.stringify(`./${name}${ending}`));
    project.write(
      flow,
      `import { fail } from ${imports[0]};\nimport { a } from ${imports[1]};\n` +
        'export const [url, file] = [import.meta.url, import.meta.filename];\n' +
        'export const sum: number = a;\nexport const again = () => fail();',
    );
    const path = join(project.folder, flow);
    const bundle = await bundleFlow(path, project.cache);
    const { url, file, sum, again } = await import(pathToFileURL(bundle.file).href);
    assert.deepEqual([fileURLToPath(url), file, sum], [path, path, 1]);
    assert.deepEqual(
      [...bundle.modules].sort(),
      [`${name}.json`, `${name}.ts`, `${name}b.ts`].map((one) => join(project.folder, name, one)).sort(),
    );
    assert.throws(again, (error) => {
      // A stack has one frame a line.
      if (name.includes('\n')) return true;
      assert.equal(flowError(error, bundle.file).place?.file, join(project.folder, `${name}/${name}b.ts`));
      return true;
    });
  });
}

test('a flow behind a link is where it lies, unless node is told otherwise', async () => {
  using project = new BundleProject({
    'real/entry.ts': "export { b } from './b.ts';",
    'real/b.ts': 'export const b = 1;',
  });
  const path = join(project.folder, 'real/entry.ts');
  symlinkSync(path, join(project.folder, 'link.ts'));
  const linked = await bundleFlow(join(project.folder, 'link.ts'), project.cache);
  assert.equal(linked.entry, path);
  assert.equal((await import(pathToFileURL(linked.file).href)).b, 1);
});

test('what is no file is told', async () => {
  using project = new BundleProject({ 'folder/entry.ts': '' });
  const load = (name: string) => bundleFlow(join(project.folder, name), project.cache);
  await assert.rejects(load('folder'), /folder is a folder\. Name the file/);
  await assert.rejects(load('jos\uFFFD/entry.ts'), /does not exist\. Its path is not UTF-8/);
});

/** A package in node_modules with these files. */
const packageOf = (name: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`node_modules/${name}/${path}`, text]));

test('a CommonJS package gives its names as in tsx and esbuild', async () => {
  const computed = "for (const name of ['a', 'b']) module.exports[name] = () => name;";
  using project = new BundleProject({
    'package.json': '{ "type": "module" }',
    ...packageOf('computed', { 'index.js': `// export const not = 1;\n${computed}` }),
    ...packageOf('data', { 'package.json': '{ "main": "data.json" }', 'data.json': '{ "version": 3 }' }),
    ...packageOf('esm', {
      'index.js': 'export const e = new URL(import.meta.url).pathname.endsWith("esm/index.js");',
      'package.json': '{ "type": "module", "exports": "./index.js" }',
    }),
    'entry.ts':
      "import all, { a } from 'computed';\nimport * as space from 'computed';\nexport { b } from 'computed';\nimport { version } from 'data';\nimport { e } from 'esm';\n" +
      "import { createRequire } from 'node:module';\n" +
      "export const same = [all, (await import('computed')).default].every((one) => one === createRequire(import.meta.url)('computed'));\n" +
      'export const got = [a(), all.a(), space.b(), version, e];',
  });
  const { got, same, b } = (await project.load()) as { got: unknown; same: unknown; b: () => string };
  assert.deepEqual([got, same, b()], [['a', 'a', 'b', 3, true], true, 'b']);
});

test('a package that ships TypeScript is compiled; tsconfig.json holds for a linked one too', async () => {
  using project = new BundleProject({
    'packages/shared/package.json': '{ "name": "@acme/shared", "exports": "./src/index.ts" }',
    'packages/shared/tsconfig.json': '{ "compilerOptions": { "useDefineForClassFields": false } }',
    'packages/shared/src/index.ts':
      'class A { declare x: number; y; }\nexport const keys = Object.keys(new A());',
    ...packageOf('copied', {
      'package.json': '{ "exports": "./index.ts" }',
      'index.ts': 'export enum E { A = "a" }',
    }),
    'entry.ts':
      "import { keys } from '@acme/shared'; import { E } from 'copied'; export const got = [keys, E.A];",
  });
  mkdirSync(join(project.folder, 'node_modules/@acme'), { recursive: true });
  symlinkSync('../../packages/shared', join(project.folder, 'node_modules/@acme/shared'));
  assert.deepEqual((await project.load()).got, [[], 'a']);
});

test('a JSON file is one module, with and without attributes', async () => {
  using project = new BundleProject({
    'entry.ts':
      "import a from './data.json' with { type: 'json' };\nimport b from './data.json';\nimport { c } from './c.ts';\n" +
      'export const same = [a === b, a === c];',
    'c.ts': "import d from './data.json' with { type: 'json' }; export const c = d;",
    'data.json': '\uFEFF{ "x": 1 }',
  });
  assert.deepEqual((await project.load()).same, [true, true]);
});

test('sources with a byte order mark, CRLF and a #! line', async () => {
  using project = new BundleProject({
    'entry.ts': "\uFEFFimport { b } from './b.ts';\r\nexport const all = [b, import.meta.main];\r\n",
    'b.ts': '#!/usr/bin/env tsx\r\nexport const b = import.meta.dirname;\r\n',
  });
  assert.deepEqual((await project.load()).all, [project.folder, false]);
});

test('import.meta.resolve gives what node would', async () => {
  using project = new BundleProject({
    'entry.ts':
      "export const all = ['./a b#.ts', 'node:fs', 'fs', 'data:text/plain,x', 'pkg'].map((name) => import.meta.resolve(name));",
    ...packageOf('pkg', { 'index.js': '' }),
  });
  assert.deepEqual((await project.load()).all, [
    new URL('./a%20b#.ts', pathToFileURL(join(project.folder, 'entry.ts'))).href,
    'node:fs',
    'node:fs',
    'data:text/plain,x',
    pathToFileURL(join(project.folder, 'node_modules/pkg/index.js')).href,
  ]);
});

test('an import with a variable part takes in code and data, and nothing that lies about beside it', async () => {
  using project = new BundleProject({
    'entry.ts':
      "export const load = (name: string) => import('./' + name);\nexport const hidden = () => import('./.kept/named.ts');",
    'plugins/a.ts': 'export const a = 1;',
    'README.md': '# Not code',
    LICENSE: 'Not code either: }',
    '.flow/config': '[core]',
    '.kept/named.ts': 'export const kept = true;',
    'node_modules/x/broken.js': '}',
  });
  const bundle = await project.compile();
  assert.deepEqual(
    [...bundle.modules].sort(),
    ['.kept/named.ts', 'entry.ts', 'plugins/a.ts'].map((name) => join(project.folder, name)),
  );
  const { load, hidden } = await import(pathToFileURL(bundle.file).href);
  assert.equal((await load('plugins/a.ts')).a, 1);
  assert.equal((await hidden()).kept, true);
  await assert.rejects(load('README.md'), /README\.md is no code, JSON or text that a flow can import/);
});

test('a name made up at run time finds the packages of the file, by the conditions of an import', async () => {
  using project = new BundleProject({
    'flows/entry.ts': 'export const load = (name: string) => import(name);',
    'entry.ts': "export * from './flows/entry.ts';",
    ...packageOf('only', {
      'package.json': '{ "type": "module", "exports": { "import": "./index.js" } }',
      'index.js': 'export const only = 1;',
    }),
    ...packageOf('typed', {
      'package.json': '{ "exports": "./index.ts" }',
      'index.ts': 'export const typed: number = 2;',
    }),
  });
  const { load } = (await project.load()) as { load(name: string): Promise<Record<string, unknown>> };
  assert.equal((await load('only')).only, 1);
  assert.equal((await load('typed')).typed, 2);
  await assert.rejects(load('absent'), /Cannot find package 'absent'/);
});

test('a module is one, also when it is imported by names made up at run time', async () => {
  using project = new BundleProject({
    'entry.ts':
      "import { Shared, made } from './lib/shared.ts';\nimport old from './lib/old.cjs';\nexport { made, old, Shared };\n" +
      'export const load = (name: string) => import(new URL(name, import.meta.url).href);',
    'lib/shared.ts':
      'export const made: string[] = [];\nmade.push("made");\nexport default class Shared {}\nexport { Shared };',
    'lib/old.cjs': 'module.exports = { old: true };',
    'plugins/a.ts':
      "import Own, { Shared } from '../lib/shared.ts'; import { third } from './third.ts'; import old from '../lib/old.cjs';\nexport { Own, old, Shared, third };",
    'plugins/b.ts': "export { third } from './third.ts'; // The last line",
    'plugins/third.ts': 'export const third = {};',
  });
  const all = (await project.load()) as Record<string, unknown> & {
    load(name: string): Promise<Record<string, unknown>>;
  };
  const [a, b] = [await all.load('./plugins/a.ts'), await all.load('./plugins/b.ts')];
  assert.equal(a.Shared, all.Shared);
  assert.equal(a.Own, all.Shared);
  assert.deepEqual(all.made, ['made']);
  assert.deepEqual(a.old, { old: true });
  assert.equal(a.third, b.third);
  assert.equal((await all.load('./lib/shared.ts')).Shared, all.Shared);
  assert.equal(await all.load('./plugins/a.ts'), a);
});
