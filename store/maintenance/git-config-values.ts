import { booleanOf, ConfigSyntaxError, integerOf, readConfig, type Setting } from './git-config.ts';
import { UnfitFileError } from './native-files.ts';

/** Settings that git reads whatever it does with a repository, and what each must be. */
const BOOLEANS = new Set(
  `core.filemode core.trustctime core.quotepath core.symlinks core.ignorecase core.bare core.fsyncobjectfiles core.preloadindex
  core.sparsecheckout core.sparsecheckoutcone core.precomposeunicode core.protecthfs core.protectntfs core.commitgraph
  core.multipackindex core.prefersymlinkrefs core.warnambiguousrefs core.usereplacerefs extensions.preciousobjects
  extensions.worktreeconfig transfer.fsckobjects feature.manyfiles feature.experimental index.sparse
  gc.writecommitgraph pack.usebitmaps pack.usesparse fetch.writecommitgraph`.split(/\s+/),
);
const INTEGERS = new Set(
  `core.repositoryformatversion core.bigfilethreshold core.packedgitwindowsize core.packedgitlimit core.deltabasecachelimit
  core.compression core.loosecompression core.fileslocktimeout core.packedrefstimeout commitgraph.generationversion
  pack.packsizelimit`.split(/\s+/),
);
/** The extensions this store and every git that reads version 0 know. */
const EXTENSIONS =
  /^extensions\.(?:noop|preciousobjects|partialclone|worktreeconfig|objectformat|refstorage|relativeworktrees)$/;

/** The settings of a repository, and what git would refuse about them, each as the end of a sentence. */
export function checkConfig(path: string): { readonly settings: Setting[]; readonly problems: string[] } {
  try {
    const settings = readConfig(path);
    return { settings, problems: problemsOf(settings) };
  } catch (error) {
    if (error instanceof ConfigSyntaxError || error instanceof UnfitFileError)
      return { settings: [], problems: [error.message] };
    throw error;
  }
}

function problemsOf(settings: readonly Setting[]): string[] {
  const version = settings.findLast(({ name }) => name === 'core.repositoryformatversion')?.value ?? '0';
  const isNew = (integerOf(version) ?? 0) >= 1;
  return settings.flatMap((setting) => {
    const { name, value } = setting;
    const said = value === undefined ? `sets ${name} to nothing` : `sets ${name} to ${JSON.stringify(value)}`;
    if (BOOLEANS.has(name) && booleanOf(setting) === undefined)
      return [`${said}, which is neither true nor false`];
    if (INTEGERS.has(name) && integerOf(value ?? '') === undefined) return [`${said}, which is no number`];
    if (name === 'core.repositoryformatversion' && (integerOf(value ?? '') ?? 0) > 1)
      return [`${said}, which no git knows`];
    if (isNew && name.startsWith('extensions.') && !EXTENSIONS.test(name))
      return [`${said}, which is unknown`];
    return [];
  });
}
