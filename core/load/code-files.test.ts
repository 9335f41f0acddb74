import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundleFlow } from './bundle.ts';
import { BundleProject } from './bundle-project.ts';
import { codeOf } from './code-files.ts';

/** The code of a flow among some files: its entry, and the paths of all. */
async function codeIn(files: Readonly<Record<string, string>>, entry: string): Promise<readonly string[]> {
  using project = new BundleProject(files);
  const code = codeOf(await bundleFlow(join(project.folder, entry), project.cache));
  return [code.entry, ...[...code.files.keys()].sort()];
}

const ENTRY =
  "import { a } from '../shared/a.ts'; import data from './data.json'; import text from './note.txt'; import 'zod';\n" +
  "import type { Unused } from './types.ts';\n" +
  "export const all = async (): Promise<Unused> => [a, data, text, (await import('./lib/b.ts')).b];";

const FILES: Readonly<Record<string, string>> = {
  'flows/entry.ts': ENTRY,
  'flows/data.json': '{}',
  'flows/note.txt': 'text',
  'flows/lib/b.ts': 'export const b = 1;',
  'flows/lib/unused.ts': '',
  'flows/types.ts': 'export type Unused = unknown;',
  'shared/a.ts': 'export const a = 1;',
  'node_modules/zod/package.json': '{ "main": "main.js" }',
  'node_modules/zod/main.js': '',
};

const LOADED = ['flows/data.json', 'flows/entry.ts', 'flows/lib/b.ts', 'flows/note.txt'];

test('the code is what the flow loads, and its project, by paths below their common folder', async () => {
  const project = { 'package.json': '{}', 'package-lock.json': '{}' };
  assert.deepEqual(await codeIn({ ...FILES, ...project }, 'flows/entry.ts'), [
    'flows/entry.ts',
    ...LOADED,
    'package-lock.json',
    'package.json',
    'shared/a.ts',
  ]);
});

test('a project further up is on top; the nearest counts', async () => {
  const files = {
    'a/b/c/entry.ts': 'export const a = 1;',
    'a/package.json': '{ "name": "nearest" }',
    'package.json': '{}',
    'pnpm-lock.yaml': '',
    'tsconfig.json': '{}',
  };
  assert.deepEqual(await codeIn(files, 'a/b/c/entry.ts'), [
    'entry.ts',
    'entry.ts',
    'package.json',
    'pnpm-lock.yaml',
  ]);
});

test('where modules have names of their own, what gives them is at its place', async () => {
  const files = {
    'a/flows/entry.ts':
      "import { b } from '#lib/b.ts'; import { c } from '@here/c.ts'; export const all = [b, c];",
    'a/flows/lib/b.ts': 'export const b = 1;',
    'a/flows/here/c.ts': 'export const c = 1;',
    'a/package.json': '{ "imports": { "#lib/*": "./flows/lib/*" } }',
    'a/tsconfig.json': '{ "compilerOptions": { "paths": { "@here/*": ["./flows/here/*"] } } }',
  };
  assert.deepEqual(await codeIn(files, 'a/flows/entry.ts'), [
    'flows/entry.ts',
    'flows/entry.ts',
    'flows/here/c.ts',
    'flows/lib/b.ts',
    'package.json',
    'tsconfig.json',
  ]);
});

test('a tsconfig.json that changes what the source means comes along', async () => {
  const files = {
    'entry.ts': 'export const a = 1;',
    'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
  };
  assert.deepEqual(await codeIn(files, 'entry.ts'), ['entry.ts', 'entry.ts', 'tsconfig.json']);
});

test('a package of a workspace brings its package.json, a tsconfig.json those it extends', async () => {
  const files = {
    'packages/flows/entry.ts': "import { b } from 'shared'; export const all = b;",
    'packages/flows/package.json': '{ "name": "flows" }',
    'packages/flows/tsconfig.json': '{ "extends": "../../base.json" }',
    'packages/flows/node_modules/shared/package.json': '{ "name": "shared", "exports": "./src/b.ts" }',
    'packages/flows/node_modules/shared/src/b.ts': 'export const b = 1;',
    'base.json': '{ "compilerOptions": { "useDefineForClassFields": false } }',
    'package.json': '{ "workspaces": ["packages/*"] }',
    'package-lock.json': '{}',
  };
  assert.deepEqual(await codeIn(files, 'packages/flows/entry.ts'), [
    'packages/flows/entry.ts',
    'base.json',
    'package-lock.json',
    'packages/flows/entry.ts',
    'packages/flows/node_modules/shared/package.json',
    'packages/flows/node_modules/shared/src/b.ts',
    'packages/flows/package.json',
    'packages/flows/tsconfig.json',
  ]);
});
