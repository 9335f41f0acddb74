// The only file that knows which compiler makes JavaScript of a flow.
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
