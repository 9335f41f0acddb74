import { basename, dirname, extname } from 'node:path';
import { loadCompiler } from './compiler.ts';
import { MODULE_LOADERS } from './loaders.ts';

/** A plugin of Vite, as far as this one goes. */
export interface VitePlugin {
  readonly name: string;
  readonly enforce: 'pre';
  /** The JavaScript of a module with decorators; undefined leaves a module to Vite. */
  transform(code: string, id: string): Promise<{ readonly code: string; readonly map: string } | undefined>;
}

/**
 * For vitest and Vite: compiles modules with decorators as `flow run` does, by the tsconfig.json that holds for them. Vite 8 and later leave
 * decorators as they are, and Node does not know them: `export default { plugins: [oxbow()] }` in vitest.config.ts.
 */
export function oxbow(): VitePlugin {
  return {
    name: 'oxbow',
    enforce: 'pre',
    async transform(code, id) {
      const path = id.replace(/[?#].*$/, '');
      const loader = MODULE_LOADERS[extname(path)];
      if (loader === undefined || path.includes('/node_modules/') || !DECORATOR.test(code)) return undefined;
      const { build } = await loadCompiler();
      const { outputFiles } = await build({
        // As a file, for which the compiler finds the tsconfig.json; but with the text that Vite has.
        entryPoints: [`./${basename(path)}`],
        plugins: [
          {
            name: 'given',
            setup: ({ onLoad }) => onLoad({ filter: /.*/ }, () => ({ contents: code, loader })),
          },
        ],
        absWorkingDir: dirname(path),
        outfile: `${path}.js`,
        write: false,
        format: 'esm',
        target: 'node20',
        sourcemap: 'external',
        logLevel: 'silent',
      });
      const textOf = (ending: string) => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
      return { code: textOf('.js'), map: textOf('.map') };
    },
  };
}

const DECORATOR = /(?:^|[\s;{}()])@[\w$]/;
