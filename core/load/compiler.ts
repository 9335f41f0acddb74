// The only file that knows which compiler makes JavaScript of a flow.
import { createRequire } from 'node:module';

export type {
  BuildFailure,
  Loader,
  Message,
  Metafile,
  OnLoadResult,
  OnResolveArgs,
  OnResolveResult,
  Plugin,
  PluginBuild,
} from 'esbuild';

/** Loads the compiler: only a flow that has changed needs it. */
export const loadCompiler = () => import('esbuild');

/** A file that changes with the version of the compiler. */
export const compilerManifest = (): string => createRequire(import.meta.url).resolve('esbuild/package.json');
