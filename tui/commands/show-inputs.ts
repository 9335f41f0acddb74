import type { Artifact, StoreClient } from '#client';
import type { Console } from '../output.ts';
import { jsonText } from '../plain/json.ts';
import { oneLine } from '../plain/preview.ts';
import { drawTable } from '../plain/table.ts';
import { text } from '../plain/text.ts';
import { tsvLine } from '../plain/tsv.ts';
import { bytes } from '../plain/words.ts';

/** `Flow/run/parameters` and `Flow/run/constants` are no addresses of one thing, but can be shown as steps can. */
export const isInputs = (what: string): boolean => /\/(?:parameters|constants)\/?$/.test(what);

/** Shows all parameters or constants of a run with their values; for programs as `flow show` of the run does. */
export async function showInputs(what: string, client: StoreClient, { out, err }: Console): Promise<void> {
  const folder = what.replace(/\/$/, '');
  const kind = folder.endsWith('parameters') ? 'parameter' : 'constant';
  const all = client
    .resolveAll(`${folder}/*`)
    .filter((found): found is Artifact => found.kind === 'artifact');
  if (!out.isTerminal) {
    for (const { name, data } of all) out.send(tsvLine([kind, name, jsonText(data)]));
    return;
  }
  if (all.length === 0) err.write(text`The run has no ${kind}s.\n`);
  else out.write((await drawTable(tableOf(kind, all, out.columns), out)).text);
}

/** A longer value is shown by its kind and size. */
const LARGE = 1 << 20;

const tableOf = (
  kind: string,
  all: readonly Artifact[],
  columns: number,
): Parameters<typeof drawTable>[0] => ({
  columns: [
    { title: kind.toUpperCase() },
    { title: 'TYPE', drop: 2 },
    { title: 'SIZE', align: 'right', drop: 1 },
    { title: 'VALUE' },
  ],
  rows: all.map((one) => [
    one.name,
    one.type,
    bytes(one.size),
    one.size > LARGE ? `${one.type}, ${bytes(one.size)}` : oneLine(one.data, columns),
  ]),
});
