import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { FileDamage } from './damage.ts';
import { booleanOf, lastOf, type Setting } from './git-config.ts';
import { filesIn, readPlainFile, UnfitFileError } from './native-files.ts';

/** A file in which native git keeps what it could find out again. */
interface Cache {
  readonly file: string;
  /** What the file begins with. */
  readonly sign: string;
  /** The setting that turns it off. */
  readonly setting: string;
}

/** Checks the files in which native git caches commits and the indexes of packs, those it uses: with a wrong one git reads wrongly. */
export function cacheDamage(path: string, settings: readonly Setting[]): FileDamage[] {
  const folder = 'objects/info/commit-graphs';
  let graphs: string[] = [];
  const damage: FileDamage[] = [];
  try {
    graphs = filesIn(join(path, folder)).filter((name) => name.endsWith('.graph'));
  } catch (error) {
    if (!(error instanceof UnfitFileError)) throw error;
    damage.push({ file: folder, problem: error.message });
  }
  const caches: Cache[] = [
    ...['commit-graph', ...graphs.map((name) => `commit-graphs/${name}`)].map((name) => ({
      file: `objects/info/${name}`,
      sign: 'CGPH',
      setting: 'core.commitgraph',
    })),
    { file: 'objects/pack/multi-pack-index', sign: 'MIDX', setting: 'core.multipackindex' },
  ];
  const others = caches.flatMap(({ file, sign, setting }) => {
    const said = lastOf(settings, setting);
    if (said !== undefined && booleanOf(said) === false) return [];
    const problem = problemOf(join(path, file), sign);
    return problem === undefined ? [] : [{ file, problem }];
  });
  return [...damage, ...others];
}

function problemOf(path: string, sign: string): string | undefined {
  try {
    const bytes = readPlainFile(path);
    if (bytes === undefined) return undefined;
    if (bytes.toString('latin1', 0, 4) !== sign) return `does not begin with ${sign}`;
    const end = bytes.length - 20;
    if (end < 4) return 'is cut short';
    const found = createHash('sha1').update(bytes.subarray(0, end)).digest();
    return found.equals(bytes.subarray(end)) ? undefined : 'has a wrong checksum';
  } catch (error) {
    if (error instanceof UnfitFileError) return error.message;
    throw error;
  }
}
