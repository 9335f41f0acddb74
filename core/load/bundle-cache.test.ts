import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { BundleProject } from './bundle-project.ts';

/** Whether two compilations gave one file. */
async function isKept(project: BundleProject, change: () => void): Promise<boolean> {
  const before = await project.compile();
  change();
  return (await project.compile()).file === before.file;
}

test('what has not changed is not compiled again', async () => {
  using project = new BundleProject({ 'entry.ts': 'export {};' });
  const { file } = await project.compile();
  const { ino } = statSync(file);
  assert.equal(statSync((await project.compile()).file).ino, ino);
});

test('what a power cut has left empty is compiled again', async () => {
  using project = new BundleProject({ 'entry.ts': 'export const whole = true;' });
  writeFileSync((await project.compile()).file, '');
  assert.equal((await import(pathToFileURL((await project.compile()).file).href)).whole, true);
});

const CHANGES: Readonly<
  Record<string, readonly [Readonly<Record<string, string>>, readonly [string, string]]>
> = {
  'the entry': [{ 'entry.ts': 'export const a = 1;' }, ['entry.ts', 'export const a = 2;']],
  'a module it imports': [
    { 'entry.ts': "export { a } from './b.ts';", 'b.ts': 'export const a = 1;' },
    ['b.ts', 'export const a = 2;'],
  ],
  'a JSON file': [
    {
      'entry.ts': "import data from './data.json' with { type: 'json' }; export const a = data.a;",
      'data.json': '{ "a": 1 }',
    },
    ['data.json', '{ "a": 2 }'],
  ],
  'a tsconfig.json that was there': [
    {
      'entry.ts': 'class A { x; } export const a = Object.keys(new A()).length;',
      'tsconfig.json': '{ "compilerOptions": { "useDefineForClassFields": true } }',
    },
    ['tsconfig.json', '{ "compilerOptions": { "useDefineForClassFields": false } }'],
  ],
  'a tsconfig.json that appears': [
    { 'entry.ts': 'class A { x; } export const a = Object.keys(new A()).length;' },
    ['tsconfig.json', '{ "compilerOptions": { "useDefineForClassFields": false } }'],
  ],
  'a tsconfig.json that another extends': [
    {
      'entry.ts': 'class A { x; } export const a = Object.keys(new A()).length;',
      'tsconfig.json': '// Comments are allowed.\n{ "extends": "./base.json", }',
      'base.json': '{ "compilerOptions": { "useDefineForClassFields": true } }',
    },
    ['base.json', '{ "compilerOptions": { "useDefineForClassFields": false } }'],
  ],
  'the tsconfig.json of an imported module’s folder': [
    {
      'entry.ts': "export { a } from './lib/b.ts';",
      'lib/b.ts': 'class A { x; } export const a = Object.keys(new A()).length;',
      'lib/tsconfig.json': '{ "compilerOptions": { "useDefineForClassFields": true } }',
    },
    ['lib/tsconfig.json', '{ "compilerOptions": { "useDefineForClassFields": false } }'],
  ],
  'the file that an import without an extension means': [
    { 'entry.ts': "export { a } from './b';", 'b.js': 'export const a = 1;' },
    ['b.ts', 'export const a = 2;'],
  ],
  'the file that an import of a folder means': [
    { 'entry.ts': "export { a } from './b';", 'b/index.ts': 'export const a = 1;' },
    ['b.ts', 'export const a = 2;'],
  ],
  'the file that an import of JavaScript means': [
    { 'entry.ts': "export { a } from './b.js';", 'b.ts': 'export const a = 1;' },
    ['b.js', 'export const a = 2;'],
  ],
  'what a package exports': [
    {
      'entry.ts': "export { a } from 'dep';",
      'node_modules/dep/package.json': '{ "name": "dep", "type": "module", "exports": "./a.js" }',
      'node_modules/dep/a.js': 'export const a = 1;',
      'node_modules/dep/b.js': 'export const a = 2;',
    },
    ['node_modules/dep/package.json', '{ "name": "dep", "type": "module", "exports": "./b.js" }'],
  ],
  'where a package is found': [
    {
      'entry.ts': "export { a } from './lib/b.ts';",
      'lib/b.ts': "export { a } from 'dep';",
      'node_modules/dep/index.js': 'exports.a = 1;',
    },
    ['lib/node_modules/dep/index.js', 'exports.a = 2;'],
  ],
  'a file that a dynamic import may mean': [
    {
      'entry.ts':
        'const load = async (name) => import(`./lib/' +
        '$' +
        '{name}.ts`); export const { a } = await load("b").catch(() => ({}));',
      'lib/c.ts': '',
    },
    ['lib/b.ts', 'export const a = 1;'],
  ],
};

for (const [name, [files, [changed, text]]] of Object.entries(CHANGES)) {
  test(`a change of ${name} is seen`, async () => {
    using project = new BundleProject(files);
    const { a } = await project.load();
    assert.equal(await isKept(project, () => {}), true);
    project.write(changed, text);
    assert.notEqual((await project.load()).a, a);
    assert.equal(await isKept(project, () => {}), true);
  });
}

test('a package that a link leads elsewhere to is seen', async () => {
  using project = new BundleProject({
    'entry.ts': "export { a } from 'dep';",
    'store/dep@1/index.js': 'exports.a = 1;',
    'store/dep@2/index.js': 'exports.a = 2;',
    'node_modules/other/index.js': '',
  });
  const link = join(project.folder, 'node_modules/dep');
  symlinkSync('../store/dep@1', link);
  assert.equal((await project.load()).a, 1);
  rmSync(link);
  symlinkSync('../store/dep@2', link);
  assert.equal((await project.load()).a, 2);
});

test('a file that is not there is told so, also after it was compiled', async () => {
  using project = new BundleProject({ 'entry.ts': 'export {};' });
  await project.compile();
  rmSync(join(project.folder, 'entry.ts'));
  await assert.rejects(project.compile(), /entry\.ts does not exist\.$/);
});

test('a torn manifest is no obstacle, and several processes may compile at once', async () => {
  using project = new BundleProject({ 'entry.ts': 'export const a = 1;' });
  const bundles = await Promise.all([project.compile(), project.compile(), project.compile()]);
  assert.equal(new Set(bundles.map(({ file }) => file)).size, 1);
  const folder = dirname(bundles[0]?.file ?? '');
  writeFileSync(join(folder, 'manifest.json'), '{ "file": "half');
  assert.equal((await project.compile()).file, bundles[0]?.file);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

test('a change that leaves size and time as they were is seen', async () => {
  using project = new BundleProject({ 'entry.ts': 'export const a = 1;' });
  assert.equal((await project.load()).a, 1);
  const path = join(project.folder, 'entry.ts');
  const { atime, mtime } = statSync(path);
  writeFileSync(path, 'export const a = 2;');
  utimesSync(path, atime, mtime);
  assert.equal((await project.load()).a, 2);
});

test('a compiled file that is not the one that was written is not executed', async () => {
  using project = new BundleProject({ 'entry.ts': 'export const a = 1;' });
  const { file } = await project.compile();
  writeFileSync(file, 'export const a = 666;');
  assert.equal((await project.load()).a, 1);
});

test('a manifest names no file elsewhere', async () => {
  using project = new BundleProject({ 'entry.ts': 'export const a = 1;' });
  const { file } = await project.compile();
  const planted = 'export const a = 666;';
  const [manifest, elsewhere] = [join(dirname(file), 'manifest.json'), join(project.folder, 'planted.mjs')];
  writeFileSync(elsewhere, planted);
  writeFileSync(`${elsewhere}.map`, '{}');
  const digest = createHash('sha256').update(planted).digest('hex');
  const named = relative(dirname(file), elsewhere);
  writeFileSync(
    manifest,
    JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), file: named, digest }),
  );
  assert.equal((await project.load()).a, 1);
});
