/** When output arrived: [milliseconds, 0 stdout | 1 stderr, bytes]. */
export type Arrival = readonly [time: number, stream: 0 | 1, bytes: number];

/** So many arrivals at most are kept of one task. */
export const MOST_ARRIVALS = 2000;

/**
 * When the output of a task arrived. Bounded: when there are too many entries, those that are close become one, so that times
 * grow coarser with the length of the task, and lines of the two streams that came within that time of each other lose their order.
 */
export class Arrivals {
  #list: [number, 0 | 1, number][] = [];
  /** Entries this many milliseconds apart are told apart. */
  #grain = 1;

  /** In the order in which they came. */
  get list(): readonly Arrival[] {
    return this.#list;
  }

  /** Takes bytes that have just come. True when entries have become one, and what was written down of them is out of date. */
  add(time: number, stream: 0 | 1, bytes: number): boolean {
    const last = this.#list.at(-1);
    if (last && last[1] === stream && time - last[0] < this.#grain) {
      last[2] += bytes;
      return false;
    }
    this.#list.push([time, stream, bytes]);
    if (this.#list.length <= MOST_ARRIVALS) return false;
    while (this.#list.length > MOST_ARRIVALS / 2) this.#coarsen();
    return true;
  }

  #coarsen(): void {
    this.#grain *= 2;
    const list: [number, 0 | 1, number][] = [];
    const open: ([number, 0 | 1, number] | undefined)[] = [];
    for (const [time, stream, bytes] of this.#list) {
      const before = open[stream];
      if (before && time - before[0] < this.#grain) {
        before[2] += bytes;
        continue;
      }
      const entry: [number, 0 | 1, number] = [time, stream, bytes];
      open[stream] = entry;
      list.push(entry);
    }
    this.#list = list;
  }
}
