import { readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, writeFileAtomically } from '../atomic-file.ts';
import { type ObjectId, parseObjectId } from '../ids.ts';
import { RefCorruptError } from './errors.ts';

/** One ref of the packed-refs file; `peeled` is what an annotated tag points at, as git noted it. */
export interface PackedRef {
  readonly id: ObjectId;
  readonly peeled: ObjectId | undefined;
}

/** Refs by name, in order of names. */
export type PackedTable = ReadonlyMap<string, PackedRef>;

/** A file changed twice within one tick of the file system's clock may look the same; several ticks, in ms. */
const CLOCK_TICK = 20;

/** The file where git keeps refs that have not moved for a while. Parsed once for as long as it does not change. */
export class PackedRefs {
  readonly path: string;
  #table: PackedTable = new Map();
  #key = '';

  constructor(folder: string) {
    this.path = join(folder, 'packed-refs');
  }

  /** All packed refs. Throws a {@link RefCorruptError} when a line cannot be understood. */
  read(): PackedTable {
    const stat = statSync(this.path, { throwIfNoEntry: false });
    if (stat === undefined) {
      this.#key = '';
      this.#table = new Map();
      return this.#table;
    }
    if (this.#key === keyOf(stat)) return this.#table;
    this.#table = this.#parse();
    const settled = Date.now() - stat.mtimeMs > CLOCK_TICK;
    this.#key = settled ? keyOf(stat) : '';
    return this.#table;
  }

  /** Rewrites the file without one ref. The caller holds `packed-refs.lock`. */
  remove(name: string): void {
    const table = new Map(this.read());
    if (!table.delete(name)) return;
    // git's own intermediate file is packed-refs.new, and a left-over one would stop git for ever.
    writeFileAtomically(this.path, packedRefsText(table));
  }

  #parse(): PackedTable {
    try {
      return parsePackedRefs(readFileSync(this.path, 'utf8'), this.path);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return new Map();
      throw error;
    }
  }
}

function keyOf(stat: Stats): string {
  return `${stat.size} ${stat.mtimeMs} ${stat.ino}`;
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
    const peels = line.startsWith('^');
    const id = peels ? line.slice(1) : line.slice(0, 40);
    if (!/^[0-9a-f]{40}$/.test(id) || (peels ? last === '' : line[40] !== ' ')) {
      throw new RefCorruptError(path, `it has the line ${JSON.stringify(line)}`);
    }
    const previous = table.get(last);
    if (peels && previous !== undefined) {
      table.set(last, { id: previous.id, peeled: parseObjectId(id) });
      continue;
    }
    const name = line.slice(41);
    sorted &&= last < name;
    last = name;
    table.set(name, { id: id as ObjectId, peeled: undefined });
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
