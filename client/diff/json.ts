import { isTag, type Node } from '#store';
import type { Compared } from './compared.ts';
import type { JsonDetail, JsonOperation } from './document.ts';
import type { DiffOptions } from './options.ts';
import { differingRegions, increasing } from './sequence.ts';
import { isCloseNumber } from './tolerance.ts';

/** Fields by which the elements of a list are told apart, where one is unique on both sides. */
const IDENTITY = ['id', 'key', 'name', 'path', 'uuid'];
/** Beyond so many steps through a list, it is replaced as a whole. */
const MOST_STEPS = 50_000_000;

/**
 * What two values differ in, given in the form of value.json: operations that turn a into b. Objects are compared by key. Their order
 * counts for keys that both have; where a new key stands does not. Elements of lists are aligned by an identity field, else by content.
 */
export function compareJson(a: Node, b: Node, options: DiffOptions = {}): Compared<JsonDetail> {
  const comparison = new Comparison(options);
  comparison.compare(a, b, '');
  return { isClose: comparison.isClose, detail: { operations: comparison.operations } };
}

class Comparison {
  readonly operations: JsonOperation[] = [];
  /** Whether no operation does more than replace a number by one that is close. */
  isClose = true;
  readonly #options: DiffOptions;
  readonly #identities = new Identities();

  constructor(options: DiffOptions) {
    this.#options = options;
  }

  compare(a: Node, b: Node, path: string): void {
    // What is equal gives no operation: containers are gone through once, without asking first.
    if (a === b) return;
    if (Array.isArray(a) && Array.isArray(b)) this.#compareLists(a, b, path);
    else if (isFields(a) && isFields(b) && isSameTag(a, b)) this.#compareFields(a, b, path);
    else this.#replace(a, b, path);
  }

  #replace(a: Node, b: Node, path: string): void {
    const [x, y] = [numberOf(a), numberOf(b)];
    const isClose = x !== undefined && y !== undefined && isCloseNumber(x, y, this.#options);
    this.#add({ op: 'replace', path, old: a, value: b }, isClose);
  }

  #add(operation: JsonOperation, isClose = false): void {
    this.operations.push(operation);
    this.isClose &&= isClose;
  }

  #compareFields(a: Fields, b: Fields, path: string): void {
    const under = (key: string) => `${path}/${escapePointer(key)}`;
    const common = Object.keys(a).filter((key) => Object.hasOwn(b, key));
    for (const key of Object.keys(a)) {
      if (!Object.hasOwn(b, key)) this.#add({ op: 'remove', path: under(key), old: a[key] });
    }
    for (const key of common) this.compare(a[key] as Node, b[key] as Node, under(key));
    const wanted = Object.keys(b).filter((key) => Object.hasOwn(a, key));
    const from = wanted.findIndex((key, index) => key !== common[index]);
    // A key that is moved onto itself comes to stand last.
    if (from >= 0)
      for (const key of wanted.slice(from)) this.#add({ op: 'move', from: under(key), path: under(key) });
    for (const [key, value] of Object.entries(b)) {
      if (!Object.hasOwn(a, key)) this.#add({ op: 'add', path: under(key), value });
    }
  }

  #compareLists(a: readonly Node[], b: readonly Node[], path: string): void {
    const ends = equalEnds(a, b);
    if (ends.start === a.length && a.length === b.length) return;
    const partners = this.#partners(a, b, ends);
    const order = placesIn(partners, a.length);
    if (order.changes * Math.max(a.length, b.length) > MOST_STEPS) {
      this.#add({ op: 'replace', path, old: [...a], value: [...b] });
      return;
    }
    this.#reorder({ a, b, path, partners, kept: order.kept });
    for (let index = ends.start; index < b.length - ends.end; index += 1) {
      const partner = partners[index];
      if (partner !== undefined) this.compare(a[partner] as Node, b[index] as Node, `${path}/${index}`);
    }
  }

  /** Takes out what b lacks, then goes through b and puts what is new or stands elsewhere behind what comes before it. */
  #reorder({ a, b, path, partners, kept }: Reordering): void {
    const stays = new Set(partners);
    for (let index = a.length - 1; index >= 0; index--) {
      if (!stays.has(index)) this.#add({ op: 'remove', path: `${path}/${index}`, old: a[index] });
    }
    const now: (number | string)[] = [...a.keys()].filter((index) => stays.has(index));
    let before = -1;
    for (const [index, partner] of partners.entries()) {
      if (partner === undefined) {
        before += 1;
        this.#add({ op: 'add', path: `${path}/${before}`, value: b[index] });
        now.splice(before, 0, `new ${index}`);
      } else if (kept.has(partner)) {
        before = now.indexOf(partner, before + 1);
      } else {
        const from = now.indexOf(partner);
        now.splice(from, 1);
        before = from <= before ? before : before + 1;
        now.splice(before, 0, partner);
        if (from !== before) this.#add({ op: 'move', from: `${path}/${from}`, path: `${path}/${before}` });
      }
    }
  }

  /** For each element of b the index of the element of a that it belongs to; undefined when it is new. */
  #partners(a: readonly Node[], b: readonly Node[], { start, end }: Ends): (number | undefined)[] {
    const before = a.slice(start, a.length - end);
    const after = b.slice(start, b.length - end);
    const between = partnersByKey(before, after) ?? this.#partnersByContent(before, after);
    return [
      ...range(0, start),
      ...between.map((partner) => (partner === undefined ? undefined : partner + start)),
      ...range(a.length - end, a.length),
    ];
  }

  #partnersByContent(a: readonly Node[], b: readonly Node[]): (number | undefined)[] {
    const before = a.map((node) => this.#identities.of(node));
    const after = b.map((node) => this.#identities.of(node));
    const partners: (number | undefined)[] = [];
    const regions = differingRegions(before, after);
    let [aAt, bAt] = [0, 0];
    for (const region of [...regions, { a: [a.length, a.length], b: [b.length, b.length] } as const]) {
      while (bAt < region.b[0]) partners[bAt++] = aAt++;
      [aAt, bAt] = [region.a[1], region.b[1]];
    }
    partners.length = b.length;
    const left = regions.map(({ a: [from, to] }) => range(from, to));
    const fresh = regions.map(({ b: [from, to] }) => range(from, to));
    pairMoved({ before, after, left: left.flat(), fresh: fresh.flat(), partners });
    // What is left over in one place was changed there.
    for (const [index, removed] of left.entries()) {
      const taken = new Set(partners);
      const free = removed.filter((at) => !taken.has(at));
      const open = (fresh[index] ?? []).filter((at) => partners[at] === undefined);
      for (const [pair, at] of open.entries()) {
        const other = free[pair];
        if (other !== undefined && kindOf(a[other]) === kindOf(b[at])) partners[at] = other;
      }
    }
    return partners;
  }
}

/** How many elements two lists have in common at their start, and of the rest at their end. */
interface Ends {
  readonly start: number;
  readonly end: number;
}

function equalEnds(a: readonly Node[], b: readonly Node[]): Ends {
  const both = Math.min(a.length, b.length);
  let start = 0;
  while (start < both && isEqual(a[start], b[start])) start += 1;
  let end = 0;
  while (end < both - start && isEqual(a[a.length - 1 - end], b[b.length - 1 - end])) end += 1;
  return { start, end };
}

/** Whether two forms are the same, keys in the same order. */
function isEqual(a: Node | undefined, b: Node | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  if (Array.isArray(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return (
    keys.length === others.length &&
    keys.every((key, index) => key === others[index] && isEqual((a as Fields)[key], (b as Fields)[key]))
  );
}

interface Reordering {
  readonly a: readonly Node[];
  readonly b: readonly Node[];
  readonly path: string;
  readonly partners: readonly (number | undefined)[];
  /** Elements of a that stay where they are while others move around them. */
  readonly kept: ReadonlySet<number>;
}

/** An element may be said to have become another of its kind. */
const kindOf = (node: Node | undefined): string =>
  Array.isArray(node) ? 'list' : node === null ? 'null' : typeof node;

function pairMoved({
  before,
  after,
  left,
  fresh,
  partners,
}: {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly left: readonly number[];
  readonly fresh: readonly number[];
  readonly partners: (number | undefined)[];
}): void {
  const sources = onlyPlaces(left, before);
  for (const [identity, at] of onlyPlaces(fresh, after)) {
    const source = sources.get(identity);
    if (at >= 0 && source !== undefined && source >= 0) partners[at] = source;
  }
}

/** Where each identity stands; -1 for one that stands in several places. */
function onlyPlaces(indices: readonly number[], identities: readonly number[]): Map<number, number> {
  const places = new Map<number, number>();
  for (const index of indices) {
    const identity = identities[index] as number;
    places.set(identity, places.has(identity) ? -1 : index);
  }
  return places;
}

function placesIn(
  partners: readonly (number | undefined)[],
  length: number,
): { readonly kept: ReadonlySet<number>; readonly changes: number } {
  const known = partners.filter((partner) => partner !== undefined);
  const kept = new Set(increasing(known, (partner) => partner));
  return { kept, changes: partners.length - kept.size + (length - known.length > 0 ? 1 : 0) };
}

function partnersByKey(a: readonly Node[], b: readonly Node[]): (number | undefined)[] | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  for (const field of IDENTITY) {
    const before = keysBy(field, a);
    const after = before && keysBy(field, b);
    if (!before || !after) continue;
    return b.map((node) => before.get((node as Fields)[field]));
  }
  return undefined;
}

/** Where each value of a field stands; undefined when an element lacks it, or two have the same. */
function keysBy(field: string, list: readonly Node[]): Map<Node | undefined, number> | undefined {
  const places = new Map<Node | undefined, number>();
  for (const [index, node] of list.entries()) {
    if (!isFields(node) || isTag(node) || !Object.hasOwn(node, field)) return undefined;
    const key = node[field];
    if ((typeof key !== 'string' && typeof key !== 'number') || places.has(key)) return undefined;
    places.set(key, index);
  }
  return places;
}

/** Numbers for nodes: equal ones have the same. Each node is looked at once. */
class Identities {
  readonly #numbers = new Map<string, number>();
  readonly #known = new WeakMap<object, number>();

  of(node: Node): number {
    if (typeof node !== 'object' || node === null) return this.#number(`${typeof node} ${String(node)}`);
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const words = Array.isArray(node)
      ? `[${node.map((item) => this.of(item)).join(' ')}`
      : `{${Object.entries(node)
          .map(([key, value]) => `${JSON.stringify(key)}${this.of(value)}`)
          .join(' ')}`;
    const number = this.#number(words);
    this.#known.set(node, number);
    return number;
  }

  #number(words: string): number {
    const known = this.#numbers.get(words);
    if (known !== undefined) return known;
    this.#numbers.set(words, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

type Fields = { readonly [key: string]: Node };

const isFields = (node: Node | undefined): node is { [key: string]: Node } =>
  typeof node === 'object' && node !== null && !Array.isArray(node);

/** Two tags of different names have nothing in common. */
const isSameTag = (a: Fields, b: Fields): boolean =>
  isTag(a) || isTag(b) ? Object.keys(a)[0] === Object.keys(b)[0] && isTag(a) === isTag(b) : true;

function numberOf(node: Node): number | undefined {
  if (typeof node === 'number') return node;
  if (isFields(node) && isTag(node) && typeof node.$number === 'string') return Number(node.$number);
  return undefined;
}

/** RFC 6901. */
const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
