import type { TreeEntry } from '#store';
import { printName } from './address.ts';
import { type Missing, NotFoundError, ReadOnlyError } from './errors.ts';
import { bytesText, INSPECT, type Picture, picture, Verbatim } from './inspect.ts';
import { StoredArtifact, type ValueSource } from './stored-artifact.ts';

/** Stored values that are listed together. */
export interface DataGroup {
  /** How an error message calls them: `Its artifacts`. */
  readonly heading: string;
  /** Address of the folder: a name is appended to it. */
  readonly folder: string;
  /** Called at most once, when a name is looked for in this group. */
  entries(): Map<string, TreeEntry>;
}

/** What a view shows: where values come from, and what to say when there is none. */
export interface DataSource {
  /** Whose data it is, as a title: `Task ForeachFlow/…/a/0`. */
  readonly owner: string;
  readonly source: ValueSource;
  /** Looked through in this order. */
  readonly groups: readonly DataGroup[];
  /** The sentence for a name that no group has. */
  missing(name: string): string;
}

/** Values up to this size are loaded to be printed, in bytes. */
const PRINTED = 4096;
/** Names JavaScript itself looks for on any object; an absent one must be undefined, not an error. */
const PROTOCOL = new Set(['then', 'toJSON']);

/** True for names that listings leave out. */
export const isHidden = (name: string): boolean => name.startsWith('_');

/**
 * An object whose properties are the stored values, each loaded when it is touched. Unknown names throw NotFoundError
 * with a list of what exists; assignment throws ReadOnlyError. Names that begin with `_` are readable but not listed.
 */
export function dataView(source: DataSource): object {
  const store = new Values(source);
  const target = Object.defineProperty({}, INSPECT, {
    value: (_depth: number, options: object, inspect: Picture['inspect']) =>
      store.picture({ options, inspect }),
    configurable: true,
  });
  const refuse = (_target: object, name: string | symbol): never => {
    throw new ReadOnlyError(source.owner, String(name));
  };
  return new Proxy(target, {
    get: (_target, name) => (typeof name === 'string' ? store.get(name) : Reflect.get(target, name)),
    has: (_target, name) => typeof name === 'string' && store.find(name) !== undefined,
    ownKeys: () => store.names(),
    getOwnPropertyDescriptor: (_target, name) =>
      typeof name === 'string' ? store.describe(name) : undefined,
    set: refuse,
    deleteProperty: refuse,
    defineProperty: refuse,
    setPrototypeOf: (_target) => refuse(target, '__proto__'),
    preventExtensions: () => false,
  });
}

class Values {
  readonly #source: DataSource;
  readonly #entries: (Map<string, TreeEntry> | undefined)[] = [];
  readonly #opened = new Map<string, StoredArtifact>();

  constructor(source: DataSource) {
    this.#source = source;
  }

  get(name: string): unknown {
    const found = this.find(name);
    if (found) return found.load();
    if (name in Object.prototype) return Reflect.get(Object.prototype, name);
    if (PROTOCOL.has(name)) return undefined;
    throw new NotFoundError(this.#missing(name));
  }

  find(name: string): StoredArtifact | undefined {
    const opened = this.#opened.get(name);
    if (opened) return opened;
    for (const [index, group] of this.#source.groups.entries()) {
      const entry = this.#groupEntries(index).get(name);
      if (!entry) continue;
      const artifact = new StoredArtifact(this.#source.source, entry, `${group.folder}/${printName(name)}`);
      this.#opened.set(name, artifact);
      return artifact;
    }
    return undefined;
  }

  names(): string[] {
    const names = this.#source.groups.flatMap((_, index) => this.#listed(index));
    return [...new Set(names)];
  }

  describe(name: string): PropertyDescriptor | undefined {
    const found = this.find(name);
    return found && { get: () => found.load(), enumerable: !isHidden(name), configurable: true };
  }

  picture(how: Picture): string {
    const shown = Object.fromEntries(this.names().map((name) => [name, this.#shown(name)]));
    return picture(`Data of ${this.#source.owner}`, shown, how);
  }

  // Straight from the reader: printing a view is not reading it.
  #shown(name: string): unknown {
    try {
      const reader = this.find(name)?.reader;
      const isTable = /^(?:Table|RecordBatch|Vector)/.test(reader?.type ?? '');
      if (reader && reader.size <= PRINTED && !isTable) return reader.load({ plainClasses: 'named' });
      return new Verbatim(`<${reader?.type}, ${bytesText(reader?.size ?? 0)}>`);
    } catch (error) {
      return new Verbatim(`<${(error as Error).message}>`);
    }
  }

  #groupEntries(index: number): Map<string, TreeEntry> {
    const entries = this.#entries[index] ?? this.#source.groups[index]?.entries() ?? new Map();
    this.#entries[index] = entries;
    return entries;
  }

  #listed(index: number): string[] {
    return [...this.#groupEntries(index).keys()].filter((name) => !isHidden(name));
  }

  #missing(name: string): Missing {
    const lists = this.#source.groups.map(({ heading }, index) => [heading, this.#listed(index)] as const);
    const known = Object.fromEntries(lists.filter(([, names], index) => index === 0 || names.length > 0));
    return { kind: 'artifact', wanted: name, sentence: this.#source.missing(name), known };
  }
}
