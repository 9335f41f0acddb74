/** Objects looked at together: the misses of the processor's cache then overlap, which makes it twice as fast. */
const BATCH = 4096;

/**
 * Finds out whether objects are all different, a Set of them but several times faster where there are many: an object is
 * told from another by what it holds, which its `mark` is a number for, and only those of one mark are put into a Set.
 */
export class Distinct {
  readonly #objects: object[] = [];
  readonly #marks: number[] = [];
  #waiting = 0;
  #table: MarkTable | undefined;

  /** Takes an object with its mark, a 32-bit integer; false when an object is known to have been taken before. */
  add(object: object, mark: number): boolean {
    this.#objects[this.#waiting] = object;
    this.#marks[this.#waiting] = mark;
    this.#waiting += 1;
    return this.#waiting < BATCH || this.#takeIn();
  }

  /** Whether all objects so far are different. */
  settle(): boolean {
    if (this.#table !== undefined) return this.#takeIn();
    return this.#waiting < 2 || new Set(this.#objects).size === this.#waiting;
  }

  #takeIn(): boolean {
    this.#table ??= new MarkTable();
    for (let i = 0; i < this.#waiting; i++)
      if (!this.#table.add(this.#objects[i] as object, this.#marks[i] as number)) return false;
    this.#waiting = 0;
    return true;
  }
}

/** A hash table with open addressing: the first object of each mark, and a Set of all others. */
class MarkTable {
  #size = 2 * BATCH;
  #marks = new Int32Array(this.#size); // 0: free
  #objects = new Array<object | undefined>(this.#size);
  #count = 0;
  readonly #others = new Set<object>();

  add(object: object, mark: number): boolean {
    const scrambled = scramble(mark);
    const at = this.#find(scrambled);
    if (this.#marks[at] === 0) {
      this.#marks[at] = scrambled;
      this.#objects[at] = object;
      if (++this.#count > 0.7 * this.#size) this.#grow();
      return true;
    }
    if (this.#objects[at] === object) return false;
    const known = this.#others.size;
    return this.#others.add(object).size > known;
  }

  #find(scrambled: number): number {
    let at = scrambled & (this.#size - 1);
    while (this.#marks[at] !== 0 && this.#marks[at] !== scrambled) at = (at + 1) & (this.#size - 1);
    return at;
  }

  #grow(): void {
    const [marks, objects] = [this.#marks, this.#objects];
    this.#size *= 2;
    this.#marks = new Int32Array(this.#size);
    this.#objects = new Array<object | undefined>(this.#size);
    for (let i = 0; i < marks.length; i++) {
      const mark = marks[i] as number;
      if (mark === 0) continue;
      const at = this.#find(mark);
      this.#marks[at] = mark;
      this.#objects[at] = objects[i];
    }
  }
}

// Marks that differ in high bits only must not meet in the table (the finaliser of MurmurHash3). Never 0.
function scramble(mark: number): number {
  let mixed = Math.imul(mark ^ (mark >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16) || 1;
}

const FLOAT = new Float64Array(1);
const HALVES = new Int32Array(FLOAT.buffer);

/** A mark for a number. */
export function markOfNumber(value: number): number {
  if ((value | 0) === value) return value;
  FLOAT[0] = value;
  return (HALVES[0] as number) ^ (HALVES[1] as number);
}

/** A mark for a text, by some of its characters. */
export function markOfText(text: string): number {
  const { length } = text;
  if (length === 0) return 7;
  return length + 131 * text.charCodeAt(length - 1) + 65_599 * text.charCodeAt(length >> 1);
}

/** The mark of something made up of things with marks, from that of those before one and that one's. */
export const joinMarks = (before: number, next: number): number => (Math.imul(before, 31) + next) | 0;
