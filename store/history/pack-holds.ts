import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { linkPack } from '../git/pack-publish.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { isAbsent, readPlain, StoreEntryError } from '../plain-files.ts';

/**
 * The packs that one process of a run relies on because it found objects there and did not store them again. Nothing else
 * protects those objects until a ref of the run reaches them: no ref may, or one that somebody deletes. So a pack of others gets a
 * second name, with the .keep of this run: whoever drops the first name, the objects stay. See docs/decisions/.
 */
export class PackHolds {
  readonly #repository: Repository;
  readonly #keep: string;
  /** Names of packs of others that are held. */
  readonly #held = new Set<string>();
  /** Names of packs with the run's .keep. */
  readonly #own = new Set<string>();

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
    if (this.#repository.isHeld(id)) return true;
    return this.#find(id, (pack) => this.#held.has(pack) || this.#isOwn(pack)) || this.hasElsewhere(id);
  }

  /** The same for packs of others alone: those of the run itself go when it ends. */
  hasElsewhere(id: ObjectId): boolean {
    return (
      this.#find(id, (pack) => this.#held.has(pack)) ||
      this.#find(id, (pack) => !this.#isOwn(pack) && this.#hold(pack))
    );
  }

  /** Whether some pack that lists the object will do; what is known of the packs may be old. */
  #find(id: ObjectId, suits: (pack: string) => boolean): boolean {
    return [false, true].some((fresh) => this.#repository.packsWith(id, fresh).some(suits));
  }

  #hold(pack: string): boolean {
    const to = `pack-${randomBytes(20).toString('hex')}`;
    if (!linkPack(this.#repository.packFolder, pack, { to, keep: this.#keep })) return false;
    this.#held.add(pack);
    return true;
  }

  /** Whether the pack has the .keep of this run: one that it wrote, or the name of one that it holds. */
  #isOwn(pack: string): boolean {
    if (this.#own.has(pack)) return true;
    try {
      const isOwn = readPlain(join(this.#repository.packFolder, `${pack}.keep`)).toString() === this.#keep;
      if (isOwn) this.#own.add(pack);
      return isOwn;
    } catch (error) {
      if (isAbsent(error) || error instanceof StoreEntryError) return false;
      throw error;
    }
  }
}
