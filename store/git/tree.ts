import { isUtf8 } from 'node:buffer';
import type { ObjectId } from '../ids.ts';
import { IllegalObjectError, MalformedObjectError } from './errors.ts';
import { brokenRule, checkTreeName } from './tree-name.ts';

/** What a tree entry is: file, executable file, symbolic link, folder, commit of another repository. */
export type TreeMode = '100644' | '100755' | '120000' | '40000' | '160000';

/** One line of a tree: a name, what kind of thing it names, and the object that holds it. */
export interface TreeEntry {
  readonly mode: TreeMode;
  readonly name: string;
  readonly id: ObjectId;
}

/**
 * The body of a tree, entries in git's order whatever order they came in. Throws an {@link IllegalObjectError} for a
 * name or mode git would refuse, and for a name given twice.
 */
export function encodeTree(entries: Iterable<TreeEntry>): Buffer {
  const rows: Row[] = [];
  let size = 0;
  for (const entry of entries) {
    checkEntry(entry);
    const row = rowOf(entry);
    size += row.length + 20;
    rows.push(row);
  }
  sortRows(rows);
  return writeRows(rows, size);
}

/**
 * The entries of a tree, in git's order. Strict: throws a {@link MalformedObjectError} for an unknown mode, an illegal
 * or repeated name, entries out of order, or a body that ends early.
 */
export function decodeTree(body: Uint8Array): TreeEntry[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const entries: TreeEntry[] = [];
  const names = new Set<string>();
  let previous: Row | undefined;
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at);
    const zero = bytes.indexOf(0, at);
    if (space < 0 || zero < space || zero + 21 > bytes.length)
      throw malformed(`entry ${entries.length} is cut short`);
    const entry = {
      mode: parseMode(bytes.toString('latin1', at, space)),
      name: parseName(bytes, space + 1, zero),
      id: bytes.toString('hex', zero + 1, zero + 21) as ObjectId,
    };
    if (entry.id === NULL_ID) throw malformed(`"${entry.name}" names no object`);
    const row = rowOf(entry);
    if (previous !== undefined && compareRows(previous, row) >= 0)
      throw malformed(`"${entry.name}" is out of order`);
    if (names.has(entry.name)) throw malformed(`"${entry.name}" occurs twice`);
    names.add(entry.name);
    entries.push(entry);
    previous = row;
    at = zero + 21;
  }
  return entries;
}

/** An entry with what sorting and writing need. `key` is the name with "/" after a folder: git sorts by its bytes. */
interface Row {
  readonly entry: TreeEntry;
  readonly key: string;
  readonly ascii: boolean;
  /** Bytes before the object's name: mode, space, name, NUL. */
  readonly length: number;
}

function rowOf(entry: TreeEntry): Row {
  const { mode, name } = entry;
  const bytes = Buffer.byteLength(name);
  return {
    entry,
    key: mode === '40000' ? `${name}/` : name,
    ascii: bytes === name.length,
    length: mode.length + bytes + 2,
  };
}

function compareRows(a: Row, b: Row): number {
  if (a.ascii && b.ascii) return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
  return Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)); // UTF-16 order differs from byte order beyond U+FFFF.
}

function sortRows(rows: Row[]): void {
  const names = new Set<string>();
  for (const { entry } of rows) {
    if (names.has(entry.name)) throw new IllegalObjectError('Tree entry name', entry.name, 'is given twice');
    names.add(entry.name);
  }
  rows.sort(compareRows);
}

function writeRows(rows: readonly Row[], size: number): Buffer {
  const body = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { entry } of rows) {
    at += body.write(`${entry.mode} `, at, 'latin1');
    at += body.write(entry.name, at);
    body[at] = 0;
    at += 1 + body.write(entry.id, at + 1, 20, 'hex');
  }
  return body;
}

function checkEntry({ mode, name, id }: TreeEntry): void {
  checkTreeName(name);
  if (!isTreeMode(mode))
    throw new IllegalObjectError(`Mode of tree entry "${name}"`, mode, 'is not one of git’s');
  if (id.length !== 40 || id === NULL_ID) {
    throw new IllegalObjectError(`Object of tree entry "${name}"`, id, 'is not the name of an object');
  }
}

const NULL_ID = '0'.repeat(40);

function isTreeMode(text: string): text is TreeMode {
  return text === '100644' || text === '40000' || text === '100755' || text === '120000' || text === '160000';
}

function parseMode(text: string): TreeMode {
  if (isTreeMode(text)) return text;
  throw malformed(`${JSON.stringify(text.slice(0, 20))} is not a mode`);
}

function parseName(bytes: Buffer, start: number, end: number): string {
  if (!isUtf8(bytes.subarray(start, end))) throw malformed('a name is not UTF-8');
  const name = bytes.toString('utf8', start, end);
  const rule = brokenRule(name);
  if (rule !== undefined) throw malformed(`the name ${JSON.stringify(name.slice(0, 100))} ${rule}`);
  return name;
}

function malformed(problem: string): MalformedObjectError {
  return new MalformedObjectError('tree', problem);
}
