import { readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { compileFunction } from 'node:vm';

/** How node reads a file of a package: as a module, by `require` only, or not at all, since it has to be compiled first. */
export type ModuleKind = 'module' | 'required' | 'source';

/** The kind of a file, by its name and, where that leaves it open, by the nearest package.json and its text. */
export function kindOf(path: string): ModuleKind {
  const extension = extname(path);
  if (/^\.(?:[cm]?ts|[jt]sx)$/.test(extension)) return 'source';
  if (extension === '.cjs' || extension === '.node' || extension === '.json') return 'required';
  if (extension !== '.js' && extension !== '') return 'module';
  const type = packageType(dirname(path));
  if (type !== undefined) return type === 'module' ? 'module' : 'required';
  // Where nothing says what it is, newer versions of node look for themselves, and older ones say what to do about it.
  return isScript(readFileSync(path, 'utf8')) ? 'required' : 'module';
}

/** As node finds out: what compiles as the body of a function is no module. */
function isScript(text: string): boolean {
  try {
    compileFunction(text.replace(/^#!.*/, ''), ['exports', 'require', 'module', '__filename', '__dirname']);
    return true;
  } catch {
    return false;
  }
}

/** What the nearest package.json says of files in a folder. */
function packageType(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const text = readIfThere(join(at, 'package.json'));
    if (text !== undefined) return typeIn(text);
    if (at === dirname(at) || at.endsWith('/node_modules')) return undefined;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function typeIn(text: string): string | undefined {
  try {
    const { type } = JSON.parse(text) as { readonly type?: unknown };
    return typeof type === 'string' ? type : undefined;
  } catch {
    return undefined;
  }
}
