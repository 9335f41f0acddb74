/** A container that is or was written, and where it stood first. */
export interface Visit {
  readonly value: object;
  readonly parent: Visit | undefined;
  readonly key: string | number;
  /** Items that had been written before its first one. */
  readonly from: number;
  /** Items written for it, those within included; known when it has been left. */
  size: number;
  isOpen: boolean;
}

/** Items that may be written more than once, whatever the size of the value, and for each that is written once. */
const ALLOWED = 100_000;
const ALLOWED_EACH = 10;
/** Writing a smaller container again takes no longer than a reference to it. */
export const SMALL = 16;

/**
 * Decides which containers are written out and which as a reference: those that hold themselves, and, of those that occur again, those that
 * would make the whole many times as long as what it is made of. `[x, x]` of `[y, y]` of … doubles with each level.
 */
export class Repeats {
  readonly #open: Visit[] = [];
  readonly #openByValue = new Map<object, Visit>();
  readonly #left = new Map<object, Visit>();
  #written = 0;
  #repeated = 0;

  /** Counts items of the container that was entered last. */
  count(items = 1): void {
    this.#written += items;
  }

  /** Begins a container, or gives the one it is to refer to. */
  enter(value: object, key: string | number): { readonly begun: Visit } | { readonly refersTo: Visit } {
    const around = this.#openByValue.get(value);
    if (around) return { refersTo: around };
    const before = this.#left.get(value);
    if (before && this.#repeated + before.size > this.#allowed()) return { refersTo: before };
    const parent = this.#open.at(-1);
    const begun = before ?? { value, parent, key, from: this.#written, size: 0, isOpen: true };
    if (before) this.#repeated += before.size;
    begun.isOpen = true;
    this.#open.push(begun);
    this.#openByValue.set(value, begun);
    return { begun };
  }

  /** Ends the container that was begun last. */
  leave(): void {
    const visit = this.#open.pop();
    if (!visit) return;
    visit.isOpen = false;
    this.#openByValue.delete(visit.value);
    if (this.#left.has(visit.value)) return;
    visit.size = this.#written - visit.from;
    if (visit.size > SMALL) this.#left.set(visit.value, visit);
  }

  #allowed(): number {
    return Math.max(ALLOWED, ALLOWED_EACH * (this.#written - this.#repeated));
  }
}

/** Where a container stood first, as an address goes on: `["a"][0]`; empty for the whole. */
export function pathOf(visit: Visit): string {
  const keys: string[] = [];
  for (let one = visit; one.parent; one = one.parent)
    keys.push(typeof one.key === 'number' ? `[${one.key}]` : `[${JSON.stringify(one.key)}]`);
  return keys.reverse().join('');
}
