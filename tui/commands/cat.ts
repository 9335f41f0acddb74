import { type Artifact, ArtifactFile, formOf, type StoreClient } from '#client';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { type Console, type Output, sendAll, sendDocument } from '../output.ts';
import { isTable, rowAt, type Table } from '../plain/columnar.ts';
import { jsonPieces, jsonText } from '../plain/json.ts';
import { bytesOf } from '../plain/json-parts.ts';
import { layOut } from '../plain/preview.ts';
import { command } from '../plain/shell.ts';
import { multiline, type Text, text } from '../plain/text.ts';
import { listing } from '../plain/words.ts';
import { type ReadOptions, sameStore } from '../read-options.ts';
import { UsageError } from '../usage.ts';
import { Listing } from './listing-of.ts';
import { clientFor } from './open.ts';
import { tableText } from './table-text.ts';

/** Options of `flow cat`. */
export interface CatOptions extends ReadOptions {
  readonly json?: true;
}

/**
 * `flow cat ADDRESS`: prints the value of an artifact. An address with `*` prints many: for programs one JSON value a line, for
 * people each below its address.
 */
export async function cat(address: string, options: CatOptions, host: Host): Promise<number> {
  const { out, err } = host;
  const artifacts = clientFor(options, { err })
    .resolveAll(address)
    .map((found) => artifactOf(found, options));
  if (options.json) {
    const listing = new Listing(err);
    const values = [...listing.read(artifacts, catEntry)];
    await sendDocument({ schema: 'oxbow.cat/1', values }, out);
    return listing.code;
  }
  const [only] = artifacts;
  if (only && artifacts.length === 1 && !isWild(address)) {
    if (out.isTerminal) out.write(await pageOf(only, out, options));
    else await writeData(only.data, host);
    return EXIT.ok;
  }
  const damaged = new Listing(err);
  for (const artifact of artifacts) {
    if (out.isClosed) break;
    if (damaged.try(artifact, () => [artifact.data]) === undefined) continue;
    if (out.isTerminal)
      out.write(text`${out.paint.name(artifact.pathspec)}\n${await pageOf(artifact, out, options)}`);
    else await writeJson(artifact.data, host);
  }
  return damaged.code;
}

const catEntry = (artifact: Artifact) => ({
  ...{ address: artifact.pathspec, type: artifact.type, size: artifact.size, digest: artifact.digest },
  value: formOf(artifact.data),
});

/** A `*` outside of a value path, where it is a key like any other. */
const isWild = (address: string): boolean => /\/\*(?:\/|$)/.test(address.split('#', 1)[0] ?? '');

function artifactOf(found: ReturnType<StoreClient['resolveAll']>[number], options: ReadOptions): Artifact {
  if (found.kind === 'artifact') return found;
  const inner = {
    run: () => found.kind === 'run' && found.steps(),
    step: () => found.kind === 'step' && found.tasks(),
    task: () => found.kind === 'task' && [...found],
  }[found.kind]();
  const names = inner ? inner.map(({ id }) => id) : [];
  const holds = { run: 'steps', step: 'tasks', task: 'artifacts' }[found.kind];
  throw new UsageError(
    `${found.pathspec} is a ${found.kind}, not an artifact. Its ${holds}: ${listing(names)}.`,
    [command`flow show ${found.pathspec}` + sameStore(options)],
  );
}

/** Rows of a table that a terminal shows. */
const MOST_ROWS = 100;
/** Characters of a string that a terminal shows: some screens full are read, a hundred megabytes are not. */
const MOST_CHARACTERS = 1_000_000;

async function pageOf(
  { data: value, pathspec }: Artifact,
  output: Output,
  options: ReadOptions,
): Promise<Text> {
  if (isTable(value)) return tableText(value, output, MOST_ROWS);
  if (typeof value !== 'string') return text`${layOut(value, output)}\n`;
  const more = value.length - MOST_CHARACTERS;
  if (more <= 0) return text`${multiline(value)}${value.endsWith('\n') ? '' : text`\n`}`;
  const rest = `${output.glyphs.ellipsis} ${more} more characters: ${command`flow cat ${pathspec}`}${sameStore(options)} | less`;
  return text`${multiline(value.slice(0, MOST_CHARACTERS))}\n${output.paint.faint(rest)}\n`;
}

/** A value for a program: strings, bytes and files as they are, tables as one JSON object a row, else JSON. */
async function writeData(value: unknown, console: Console): Promise<void> {
  const { out } = console;
  if (value instanceof ArtifactFile) {
    for await (const bytes of value.stream()) {
      out.send(bytes);
      await out.drained?.();
      if (out.isClosed) return;
    }
    return;
  }
  const data = typeof value === 'string' ? value : bytesOf(value);
  if (data !== undefined) {
    await sendWhole(data, out);
    return;
  }
  if (isTable(value)) return sendAll(rowsOf(value), out);
  return writeJson(value, console, 2);
}

function* rowsOf(table: Table): Generator<string> {
  for (let row = 0; row < table.numRows; row += 1) yield `${jsonText(rowAt(table, row))}\n`;
}

/** Bytes, or UTF-16 units, that are handed on at a time. */
const PIECE = 1 << 20;

async function sendWhole(data: string | Uint8Array, out: Output): Promise<void> {
  for (let at = 0; at < data.length && !out.isClosed; ) {
    const end = at + PIECE;
    // A pair of surrogates is one character.
    const to = typeof data === 'string' && /[\ud800-\udbff]/.test(data[end - 1] ?? '') ? end + 1 : end;
    out.send(typeof data === 'string' ? data.slice(at, to) : data.subarray(at, to));
    at = to;
    if (out.isBehind) await out.drained?.();
  }
}

/** JSON and a line end, no faster than it is taken. */
async function writeJson(value: unknown, { out, err }: Console, indent = 0): Promise<void> {
  let isTold = false;
  const onReference = (): void => {
    if (!isTold) err.write(text`${err.paint.faint('note:')} ${REFERENCES}\n`);
    isTold = true;
  };
  for (const piece of jsonPieces(value, { indent, onReference })) {
    out.send(piece);
    if (out.isBehind) await out.drained?.();
    if (out.isClosed) return;
  }
  out.send('\n');
}

const REFERENCES =
  'the value holds the same parts so many times that written out each time they would never end. After a while they stand as { "$ref": "#path" }.';
