import { existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { makeFolder } from '#core';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { pathWord } from '../plain/shell.ts';
import { linesOf, text } from '../plain/text.ts';
import { UsageError } from '../usage.ts';
import { projectFiles } from './project-files.ts';

/**
 * `flow init [DIR]`: makes a project with a flow and its test. Files that are there stay as they are. Throws UsageError when DIR is a
 * file.
 */
export async function init(folder: string, { out, err }: Host): Promise<number> {
  if (folder === '')
    throw new UsageError(
      'DIR is empty. Name a folder for the new project, or leave DIR out to use this one.',
    );
  const root = resolve(folder);
  if (existsSync(root) && !statSync(root).isDirectory())
    throw new UsageError(`${folder} is a file. Name a folder for the new project.`);
  const files = projectFiles(packageName(root));
  const kept = [...files.keys()].filter((path) => isThere(join(root, path)));
  for (const [path, content] of files) {
    if (kept.includes(path)) continue;
    makeFolder(dirname(join(root, path)), { sync: false });
    writeFileSync(join(root, path), content, { flag: 'wx' });
    out.write(text`created ${join(folder, path)}\n`);
  }
  for (const path of kept) out.write(text`kept ${join(folder, path)}, which was there\n`);
  const missing = kept.includes('package.json') ? missingIn(join(root, 'package.json')) : [];
  for (const line of missing)
    err.write(text`${err.paint.bad('warning:')} ${join(folder, 'package.json')} ${line}\n`);
  const steps = [
    ...(folder === '.' ? [] : [`cd ${pathWord(folder)}`]),
    kept.includes('package.json') ? 'npm install oxbow' : 'npm install',
    'npx flow run flows/words.ts',
    'npm test',
  ];
  err.write(text`\nNext:\n${linesOf(steps.map((step) => `  ${step}`))}`);
  return EXIT.ok;
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** The folder's name as npm allows it. */
function packageName(root: string): string {
  const legal = basename(root)
    .toLowerCase()
    .replace(/[^a-z0-9-_.~]+/g, '-')
    .replace(/^[-_.]+|[-.]+$/g, '')
    .slice(0, 200);
  return legal || 'flows';
}

/** What a package.json that was there lacks, each as the end of a sentence. */
function missingIn(path: string): string[] {
  let found: { readonly type?: unknown } | null;
  try {
    found = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return ['is not valid JSON: npm cannot read it.'];
  }
  return found?.type === 'module' ? [] : ['has no "type": "module", which flows and their tests need.'];
}
