/** A stretch of one list that stands where a stretch of another does; either may be empty. Ends are exclusive. */
export interface Region {
  readonly a: readonly [start: number, end: number];
  readonly b: readonly [start: number, end: number];
}

/** Edits between two anchors beyond which a stretch counts as replaced: more would say little, and take long to find. */
const MOST_EDITS = 1000;

/**
 * The regions in which two lists differ, in order; between them they are equal. Elements are compared by `===`. Common ends are cut off, then
 * elements that are unique on both sides and in the same order are anchors (patience diff, Bram Cohen), and between anchors the shortest
 * edit script decides (E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986).
 */
export function differingRegions<T>(a: readonly T[], b: readonly T[]): Region[] {
  const found: Region[] = [];
  compareStretch({ a, b, add: (region) => addRegion(found, region) }, [0, a.length], [0, b.length]);
  return found;
}

interface Lists<T> {
  readonly a: readonly T[];
  readonly b: readonly T[];
  readonly add: (region: Region) => void;
}

type Span = readonly [start: number, end: number];

function addRegion(found: Region[], region: Region): void {
  const last = found.at(-1);
  // What touches is one region.
  if (last && last.a[1] === region.a[0] && last.b[1] === region.b[0])
    found[found.length - 1] = { a: [last.a[0], region.a[1]], b: [last.b[0], region.b[1]] };
  else found.push(region);
}

function compareStretch<T>(lists: Lists<T>, [aFrom, aTo]: Span, [bFrom, bTo]: Span): void {
  const { a, b } = lists;
  let [aStart, aEnd, bStart, bEnd] = [aFrom, aTo, bFrom, bTo];
  while (aStart < aEnd && bStart < bEnd && a[aStart] === b[bStart]) {
    aStart += 1;
    bStart += 1;
  }
  while (aEnd > aStart && bEnd > bStart && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd -= 1;
    bEnd -= 1;
  }
  if (aStart === aEnd && bStart === bEnd) return;
  if (aStart === aEnd || bStart === bEnd) {
    lists.add({ a: [aStart, aEnd], b: [bStart, bEnd] });
    return;
  }
  const anchors = anchorsOf(lists, [aStart, aEnd], [bStart, bEnd]);
  if (anchors.length === 0) {
    shortestEdits(lists, [aStart, aEnd], [bStart, bEnd]);
    return;
  }
  let [aAt, bAt] = [aStart, bStart];
  for (const [aAnchor, bAnchor] of anchors) {
    compareStretch(lists, [aAt, aAnchor], [bAt, bAnchor]);
    aAt = aAnchor + 1;
    bAt = bAnchor + 1;
  }
  compareStretch(lists, [aAt, aEnd], [bAt, bEnd]);
}

/** Positions of elements that occur once on each side, the most of them that are in the same order on both. */
function anchorsOf<T>({ a, b }: Lists<T>, [aFrom, aTo]: Span, [bFrom, bTo]: Span): [number, number][] {
  /** Where an element stands in each; -1 when it does more than once. */
  const places = new Map<T, { a: number; b: number | undefined }>();
  for (let i = aFrom; i < aTo; i++) {
    const place = places.get(a[i] as T);
    if (place) place.a = -1;
    else places.set(a[i] as T, { a: i, b: undefined });
  }
  for (let i = bFrom; i < bTo; i++) {
    const place = places.get(b[i] as T);
    if (place) place.b = place.b === undefined ? i : -1;
  }
  // In the order of a, because a Map keeps the order in which it was filled.
  const pairs: [number, number][] = [];
  for (const place of places.values())
    if (place.a >= 0 && place.b !== undefined && place.b >= 0) pairs.push([place.a, place.b]);
  return increasing(pairs, ([, at]) => at);
}

/** A longest subsequence of items whose numbers grow (patience sorting). */
export function increasing<T>(items: readonly T[], numberOf: (item: T) => number): T[] {
  const numbers = items.map(numberOf);
  const piles: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [index, number] of numbers.entries()) {
    let low = 0;
    let high = piles.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((numbers[piles[middle] as number] as number) < number) low = middle + 1;
      else high = middle;
    }
    before[index] = piles[low - 1];
    piles[low] = index;
  }
  const chosen: T[] = [];
  for (let at = piles.at(-1); at !== undefined; at = before[at]) chosen.push(items[at] as T);
  return chosen.reverse();
}

/** Myers' greedy search, forwards; each round's furthest points are kept to find the way back. */
function shortestEdits<T>(lists: Lists<T>, [aFrom, aTo]: Span, [bFrom, bTo]: Span): void {
  const { a, b } = lists;
  const n = aTo - aFrom;
  const m = bTo - bFrom;
  const most = Math.min(n + m, MOST_EDITS);
  const furthest = new Int32Array(2 * most + 3);
  const middle = most + 1;
  const rounds: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits++) {
    rounds.push(furthest.slice(middle - edits - 1, middle + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      const down =
        k === -edits || (k !== edits && at(furthest, middle + k - 1) < at(furthest, middle + k + 1));
      let x = down ? at(furthest, middle + k + 1) : at(furthest, middle + k - 1) + 1;
      let y = x - k;
      while (x < n && y < m && a[aFrom + x] === b[bFrom + y]) {
        x += 1;
        y += 1;
      }
      furthest[middle + k] = x;
      if (x < n || y < m) continue;
      addEdits(lists, { rounds, n, m, aFrom, bFrom });
      return;
    }
  }
  lists.add({ a: [aFrom, aTo], b: [bFrom, bTo] });
}

const at = (list: Int32Array, index: number): number => list[index] as number;

interface Search {
  readonly rounds: readonly Int32Array[];
  readonly n: number;
  readonly m: number;
  readonly aFrom: number;
  readonly bFrom: number;
}

function addEdits<T>(lists: Lists<T>, { rounds, n, m, aFrom, bFrom }: Search): void {
  const edits: Region[] = [];
  let x = n;
  let y = m;
  for (let round = rounds.length - 1; round > 0; round--) {
    const furthest = rounds[round] as Int32Array;
    const middle = round + 1;
    const k = x - y;
    const down = k === -round || (k !== round && at(furthest, middle + k - 1) < at(furthest, middle + k + 1));
    const beforeK = down ? k + 1 : k - 1;
    const beforeX = at(furthest, middle + beforeK);
    const beforeY = beforeX - beforeK;
    edits.push(
      down
        ? { a: [aFrom + beforeX, aFrom + beforeX], b: [bFrom + beforeY, bFrom + beforeY + 1] }
        : { a: [aFrom + beforeX, aFrom + beforeX + 1], b: [bFrom + beforeY, bFrom + beforeY] },
    );
    x = beforeX;
    y = beforeY;
  }
  for (const edit of edits.reverse()) lists.add(edit);
}
