/** Where a list of runs turns from those for which a condition does not hold to those for which it does. */
export interface Turn<Item> {
  /** The last for which it is known not to hold. */
  readonly before: Item;
  /** The first for which it is known to hold. */
  readonly first: Item;
  /** Those between, in order: for none of them the condition is decided. Any of them, or `first`, may be where it turned. */
  readonly skipped: readonly Item[];
  /** How many were judged. */
  readonly judged: number;
}

/**
 * Finds where a condition turns from false to true, by binary search. The first item must be one for which it is false, the last one for which it is
 * true. Items for which it is undecided are passed over for the nearest that is decided, as `git bisect skip` does. Where the condition turns
 * more than once, one place where it turns to true is found.
 */
export function turnOf<Item>(
  items: readonly Item[],
  decide: (item: Item) => boolean | undefined,
): Turn<Item> {
  let low = 0;
  let high = items.length - 1;
  let judged = 0;
  const undecided = new Set<number>();
  const answerAt = (index: number): boolean | undefined => {
    judged += 1;
    const answer = decide(items[index] as Item);
    if (answer === undefined) undecided.add(index);
    return answer;
  };
  for (;;) {
    const index = nearest(low, high, undecided);
    if (index === undefined) break;
    const answer = answerAt(index);
    if (answer === true) high = index;
    else if (answer === false) low = index;
  }
  const [before, first] = [items[low] as Item, items[high] as Item];
  return { before, first, skipped: items.slice(low + 1, high), judged };
}

/** The index nearest to the middle between two that is not known to be undecided; undefined when there is none. */
function nearest(low: number, high: number, undecided: ReadonlySet<number>): number | undefined {
  const middle = (low + high) >> 1;
  for (let distance = 0; distance <= high - low; distance += 1) {
    for (const index of [middle - distance, middle + distance])
      if (index > low && index < high && !undecided.has(index)) return index;
  }
  return undefined;
}
