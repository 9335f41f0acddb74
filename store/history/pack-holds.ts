import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../atomic-file.ts';
import { linkPack } from '../git/pack-publish.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { processWord, thisProcess } from '../process-mark.ts';

/**
 * The packs that one process of a run relies on because it found objects there and did not store them again. Nothing else
 * protects those objects until a ref of the run reaches them: no ref may, or one that somebody deletes. So a pack of others gets a
 * second name, with the .keep of this run: whoever drops the first name, the objects stay. See docs/decisions/.
 */
export class PackHolds {
  readonly #repository: Repository;
  readonly #keep: string;
  /** Names of packs that stay while the run goes on. */
  readonly #held = new Set<string>();

  /** `keep` is the text of the run's .keep files. */
  constructor(repository: Repository, keep: string) {
    this.#repository = repository;
    this.#keep = keep;
  }

  /**
   * Whether an object is stored and will stay as long as the run needs. False for one in a file of its own, which native git may
   * prune at any time, and where files have one name only.
   */
  has(id: ObjectId): boolean {
    const repository = this.#repository;
    if (repository.isHeld(id)) return true;
    return [false, true].some((fresh) => {
      const packs = repository.packsWith(id, fresh);
      return packs.some((pack) => this.#held.has(pack)) || packs.some((pack) => this.#hold(pack));
    });
  }

  #hold(pack: string): boolean {
    const hash = createHash('sha1').update([this.#keep, pack, processWord(thisProcess())].join('\n'));
    const isHeld =
      this.#isOwn(pack) ||
      linkPack(this.#repository.packFolder, pack, { to: `pack-${hash.digest('hex')}`, keep: this.#keep });
    if (isHeld) this.#held.add(pack);
    return isHeld;
  }

  /** Whether the pack has the .keep of this run: written by it, or held already. */
  #isOwn(pack: string): boolean {
    try {
      return readFileSync(join(this.#repository.packFolder, `${pack}.keep`), 'utf8') === this.#keep;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
  }
}
