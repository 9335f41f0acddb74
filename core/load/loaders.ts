import type { Loader } from './compiler.ts';

/** How the compiler reads an ES module, by the ending of its name. */
export const MODULE_LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.jsx': 'jsx',
};

/** The same for CommonJS modules too. */
export const LOADERS: Readonly<Record<string, Loader>> = { ...MODULE_LOADERS, '.cts': 'ts', '.cjs': 'js' };
