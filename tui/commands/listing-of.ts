import { isDamage } from '#client';
import { EXIT } from '../exit.ts';
import type { Output } from '../output.ts';
import { multiline, text } from '../plain/text.ts';

/** Something of a run that has an address. */
interface Addressed {
  readonly pathspec: string;
}

/**
 * A listing that no damaged item ends: each is named on stderr, and the others are listed. It makes the exit code 1, because the listing is
 * not complete.
 */
export class Listing {
  readonly #err: Output;
  #isWhole = true;

  constructor(err: Output) {
    this.#err = err;
  }

  /** The exit code of a command that lists. */
  get code(): number {
    return this.#isWhole ? EXIT.ok : EXIT.no;
  }

  /** What is read of each item, as they are asked for; without those that cannot be read. */
  *read<T extends Addressed, R>(items: Iterable<T>, read: (item: T) => R): Generator<R, undefined> {
    for (const item of items) {
      const result = this.try(item, () => [read(item)] as const);
      if (result) yield result[0];
    }
  }

  /** What an action gives; undefined, and told, when it meets damage. */
  try<R>(item: Addressed, action: () => R): R | undefined {
    try {
      return action();
    } catch (error) {
      this.tell(item, error);
      return undefined;
    }
  }

  /** Tells of damage to an item; throws anything else again. */
  tell({ pathspec }: Addressed, error: unknown): void {
    if (!isDamage(error)) throw error;
    this.#isWhole = false;
    const sentence = error.message.includes(pathspec) ? error.message : `${pathspec}: ${error.message}`;
    this.#err.write(text`${this.#err.paint.bad('error:')} ${multiline(sentence)}\n`);
  }
}
