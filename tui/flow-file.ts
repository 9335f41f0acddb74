import { statSync } from 'node:fs';

const MODULE = /\.[mc]?[jt]sx?$/;
const CLASS = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * Whether a word of the command line names a flow file rather than an address: a file that exists, or a name that ends like a
 * module's, so that a mistyped file name is not looked for in the store. `#Class` may follow either.
 */
export function isFlowFile(word: string): boolean {
  if (isFile(word)) return true;
  const hash = word.lastIndexOf('#');
  if (hash < 0) return MODULE.test(word);
  const file = word.slice(0, hash);
  return CLASS.test(word.slice(hash + 1)) && (MODULE.test(file) || isFile(file));
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch (error) {
    // No file can have such a name, or a file is where a folder would have to be.
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENAMETOOLONG', 'ENOTDIR', 'ERR_INVALID_ARG_VALUE'].includes(code)) return false;
    throw error;
  }
}
