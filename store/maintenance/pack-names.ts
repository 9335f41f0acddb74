import { randomBytes } from 'node:crypto';
import { linkPack } from '../git/pack-publish.ts';
import type { Repository } from '../git/repository.ts';
import { keeperOf, maintenanceKeep } from './keep.ts';
import { listPacks, type PackFile } from './pack-file.ts';
import { removePacks } from './withdraw.ts';

/** Names of packs that could go, because the pack has another one: left by runs that relied on it. Lists one folder. */
export function spareNames(repository: Repository): number {
  return groupsOf(repository).reduce((sum, { spare, kept }) => sum + spare.length - (kept ? 0 : 1), 0);
}

/**
 * Removes the names of packs that are not needed, so that each pack has one, or those under which runs hold it. Returns how
 * many. The caller holds the maintenance lock.
 *
 * A name goes only while another one is kept that always was. A native git at work may have left out of its new pack what it found
 * in a kept one, and may be about to delete what was not kept: were the last kept name to go meanwhile, the objects would be in neither.
 */
export function dropSpareNames(repository: Repository): number {
  let count = 0;
  for (const { spare, kept } of groupsOf(repository)) {
    const [first] = spare;
    if (first === undefined || (!kept && spare.length === 1)) continue;
    const to = `pack-${randomBytes(20).toString('hex')}`;
    if (!kept && !linkPack(repository.packFolder, first.name, { to, keep: maintenanceKeep() })) continue;
    removePacks(repository, spare);
    repository.unkeep(to);
    count += spare.length - (kept ? 0 : 1);
  }
  return count;
}

interface Names {
  /** Those without a .keep. */
  readonly spare: readonly PackFile[];
  /** Whether a living run holds it by another one. */
  readonly kept: boolean;
}

function groupsOf(repository: Repository): Names[] {
  const groups = new Map<number, PackFile[]>();
  for (const pack of listPacks(repository.packFolder)) {
    const group = groups.get(pack.inode);
    if (group) group.push(pack);
    else groups.set(pack.inode, [pack]);
  }
  return [...groups.values()].flatMap((packs) => {
    if (packs.length === 1) return [];
    const spare = packs.filter((pack) => keeperOf(repository, pack) === undefined);
    return spare.length === 0 ? [] : [{ spare, kept: spare.length < packs.length }];
  });
}
