import { join } from 'node:path';
import { writeFileAtomically } from '../atomic-file.ts';
import { type ObjectId, parseObjectId } from '../ids.ts';
import { RefCorruptError } from './errors.ts';
import { FileReplacedError } from './file-replaced.ts';
import { type Bytes, PagedFile } from './paged-file.ts';
import { type PackedRef, SortedRefs } from './sorted-refs.ts';

export type { PackedRef } from './sorted-refs.ts';

/** Refs by name, in order of names. */
export type PackedTable = ReadonlyMap<string, PackedRef>;

/** A state of the file, and what was made of it. */
interface State {
  readonly file: PagedFile;
  readonly refs: SortedRefs;
  /** How often single refs were asked for. */
  asked: number;
  /** Everything, once that is asked for so often that halving would cost more. */
  table: PackedTable | undefined;
}

/** Bytes of the file that are parsed in the time one ref is looked for. */
const BYTES_PER_LOOK = 4096;

/**
 * The file where git keeps refs that have not moved for a while. Read only where it is asked about, and once for as long as it
 * does not change. All methods throw a {@link RefCorruptError} when they meet a line that cannot be understood.
 */
export class PackedRefs {
  readonly path: string;
  #state: State | undefined;

  constructor(folder: string) {
    this.path = join(folder, 'packed-refs');
  }

  /** One ref. */
  get(name: string): PackedRef | undefined {
    return this.#ask((state) => {
      state.asked += 1;
      if (state.asked * BYTES_PER_LOOK > state.file.size) state.table ??= this.#parse(state, '');
      return state.table ? state.table.get(name) : state.refs.get(name);
    });
  }

  /** All refs that begin with a prefix, by name in order. */
  read(prefix = ''): PackedTable {
    return this.#ask((state) => this.#parse(state, prefix)) ?? new Map();
  }

  /** At most `count` names that begin with a prefix, the last first; with `before`, of those less than that name. */
  last(prefix: string, count: number, before?: string): string[] {
    return this.#ask(({ refs }) => refs.last(prefix, count, before)) ?? [];
  }

  /** The folders directly in a folder such as `refs/runs/`, in order. */
  folders(prefix: string): string[] {
    return this.#ask(({ refs }) => [...foldersOf(refs, prefix)]) ?? [];
  }

  /** Rewrites the file without one ref. The caller holds `packed-refs.lock`. */
  remove(name: string): void {
    const table = new Map(this.read());
    if (!table.delete(name)) return;
    // git's own intermediate file is packed-refs.new, and a left-over one would stop git for ever.
    writeFileAtomically(this.path, packedRefsText(table));
  }

  /** Puts a question to the file as it is now: one state of it, whatever others do meanwhile. */
  #ask<T>(question: (state: State) => T): T | undefined {
    for (;;) {
      const file = PagedFile.latest(this.path, this.#state?.file);
      if (file === undefined) return undefined;
      try {
        return question(this.#stateOf(file));
      } catch (error) {
        if (!(error instanceof FileReplacedError)) throw error;
        this.#state = undefined;
      } finally {
        file.rest();
      }
    }
  }

  #stateOf(file: PagedFile): State {
    if (this.#state?.file !== file)
      this.#state = { file, refs: this.#open(file), asked: 0, table: undefined };
    return this.#state;
  }

  #open(file: PagedFile): SortedRefs {
    const refs = new SortedRefs(file, this.path);
    if (refs.isSorted) return refs;
    // Another program's: put in order in memory.
    const text = file.slice(0, file.size).toString();
    return new SortedRefs(inMemory(packedRefsText(parsePackedRefs(text, this.path))), this.path);
  }

  #parse({ refs }: State, prefix: string): PackedTable {
    return parsePackedRefs(refs.textOf(prefix), this.path);
  }
}

function* foldersOf(refs: SortedRefs, prefix: string): Iterable<string> {
  for (let name = refs.next(prefix); name?.startsWith(prefix); ) {
    const slash = name.indexOf('/', prefix.length);
    if (slash >= 0) yield name.slice(prefix.length, slash);
    // The sign after the slash: past everything in the folder.
    name = refs.next(slash < 0 ? `${name}\0` : `${name.slice(0, slash)}0`);
  }
}

function inMemory(text: string): Bytes {
  const bytes = Buffer.from(text);
  return { size: bytes.length, slice: (from, to) => bytes.subarray(from, to) };
}

/** Parses a packed-refs file; `path` is for the {@link RefCorruptError}. */
export function parsePackedRefs(text: string, path: string): PackedTable {
  const table = new Map<string, PackedRef>();
  let last = '';
  let sorted = true;
  // No name holds one; looked for at once, because there may be a hundred thousand lines.
  const control = /[\0-\t\v-\x1f\x7f]/.exec(text);
  if (control) throw new RefCorruptError(path, `it has a control character at ${control.index}`);
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    if (/^[0-9a-f]{40} /.test(line)) {
      const name = line.slice(41);
      sorted &&= last < name;
      last = name;
      table.set(name, { id: line.slice(0, 40) as ObjectId, peeled: undefined });
      continue;
    }
    const previous = table.get(last);
    if (previous === undefined || !/^\^[0-9a-f]{40}$/.test(line))
      throw new RefCorruptError(path, `it has the line ${JSON.stringify(line.slice(0, 200))}`);
    table.set(last, { id: previous.id, peeled: parseObjectId(line.slice(1)) });
  }
  return sorted ? table : sort(table);
}

function sort(table: PackedTable): PackedTable {
  return new Map([...table].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
}

/** The text of packed-refs for a table, sorted as git wants it. */
export function packedRefsText(table: PackedTable): string {
  // "sorted" without "fully-peeled": git looks up what a tag points at when no line says so.
  const lines = ['# pack-refs with: peeled sorted '];
  for (const [name, { id, peeled }] of sort(table)) {
    lines.push(`${id} ${name}`);
    if (peeled !== undefined) lines.push(`^${peeled}`);
  }
  return `${lines.join('\n')}\n`;
}
