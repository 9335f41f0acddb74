import { holeLength } from './decode-array.ts';
import type { Elements, NodeDecoder } from './elements.ts';
import type { Node } from './skeleton.ts';
import type { SkeletonReader } from './skeleton-text.ts';

/** The elements of a list that is stored in rows. */
export const elementsOfRows = (skeleton: SkeletonReader, length: number, decode: NodeDecoder): Elements => ({
  length,
  element: (index) => decode.one(skeleton.row(index)),
  slice: (start, end) => decode.list(skeleton.rows(start, end)),
});

/** The elements of a list in a skeleton. */
export function elementsOfItems(items: readonly Node[], decode: NodeDecoder): Elements {
  if (items.some((item) => holeLength(item) !== undefined)) return elementsAmongHoles(items, decode);
  return {
    length: items.length,
    element: (index) => decode.one(items[index] ?? null),
    slice: (start, end) => decode.list(items.slice(start, end)),
  };
}

function elementsAmongHoles(items: readonly Node[], decode: NodeDecoder): Elements {
  const starts: number[] = [];
  let length = 0;
  for (const item of items) {
    const hole = holeLength(item);
    if (hole !== undefined && hole < 1) decode.one(item); // Throws: nobody wrote that.
    starts.push(length);
    length += hole ?? 1;
  }
  const isElement = (at: number) => holeLength(items[at] ?? null) === undefined;
  return {
    length,
    element(index) {
      const at = starts.findLastIndex((start) => start <= index);
      return isElement(at) ? decode.one(items[at] ?? null) : undefined;
    },
    slice(start, end) {
      const there = starts.flatMap((place, at) =>
        place >= start && place < end && isElement(at) ? [at] : [],
      );
      const values = decode.list(there.map((at) => items[at] ?? null));
      const slice: unknown[] = [];
      slice.length = end - start;
      for (const [i, at] of there.entries()) slice[(starts[at] ?? 0) - start] = values[i];
      return slice;
    },
  };
}
