import { type Artifact, ArtifactFile, type StoreClient } from '#client';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import type { Output } from '../output.ts';
import { isTable, rowAt } from '../plain/columnar.ts';
import { escapeLines } from '../plain/escape.ts';
import { bytesOf, jsonText } from '../plain/json.ts';
import { layOut } from '../plain/preview.ts';
import { listing } from '../plain/words.ts';
import type { ReadOptions } from '../read-options.ts';
import { UsageError } from '../usage.ts';
import { Listing } from './listing-of.ts';
import { clientFor } from './open.ts';
import { tableText } from './table-text.ts';

/**
 * `flow cat ADDRESS`: prints the value of an artifact. An address with `*` prints many: for programs one JSON value a line, for
 * people each below its address.
 */
export async function cat(address: string, options: ReadOptions, { out, err }: Host): Promise<number> {
  const artifacts = clientFor(options, { err }).resolveAll(address).map(artifactOf);
  const [only] = artifacts;
  if (only && artifacts.length === 1 && !isWild(address)) {
    if (out.isTerminal) out.write(await pageOf(only.data, out));
    else await writeData(only.data, out);
    return EXIT.ok;
  }
  const damaged = new Listing(err);
  for (const artifact of artifacts) {
    if (damaged.try(artifact, () => [artifact.data]) === undefined) continue;
    if (!out.isTerminal) out.write(`${jsonText(artifact.data)}\n`);
    else out.write(`${out.paint.name(artifact.pathspec)}\n${await pageOf(artifact.data, out)}`);
  }
  return damaged.code;
}

/** A `*` outside of a value path, where it is a key like any other. */
const isWild = (address: string): boolean => /\/\*(?:\/|$)/.test(address.split('#', 1)[0] ?? '');

function artifactOf(found: ReturnType<StoreClient['resolveAll']>[number]): Artifact {
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
    [`flow show ${found.pathspec}`],
  );
}

/** Rows of a table that a terminal shows. */
const MOST_ROWS = 100;

async function pageOf(value: unknown, output: Output): Promise<string> {
  if (isTable(value)) return tableText(value, output, MOST_ROWS);
  if (typeof value !== 'string') return `${layOut(value, output)}\n`;
  const text = escapeLines(value);
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** A value for a program: texts, bytes and files as they are, tables as one JSON object a row, else JSON. */
async function writeData(value: unknown, output: Output): Promise<void> {
  if (value instanceof ArtifactFile) {
    for await (const bytes of value.stream()) {
      output.write(bytes);
      await output.drained?.();
    }
    return;
  }
  const data = typeof value === 'string' ? value : bytesOf(value);
  if (data !== undefined) {
    output.write(data);
    return;
  }
  if (isTable(value)) {
    for (let row = 0; row < value.numRows; row += 1) output.write(`${jsonText(rowAt(value, row))}\n`);
    return;
  }
  output.write(`${jsonText(value, 2)}\n`);
}
