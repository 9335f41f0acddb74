import { type ComparedCell, type ComparedRow, type Comparison, compareSeveral, isBetter } from '#client';
import { formText, numberText } from '../diff/value-text.ts';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { type Output, sendDocument } from '../output.ts';
import type { Cell } from '../plain/table.ts';
import { text } from '../plain/text.ts';
import type { ReadOptions } from '../read-options.ts';
import type { CommandSpec } from './command-spec.ts';
import { goalOf } from './goal.ts';
import { clientFor } from './open.ts';
import { rowFormat, sendRows } from './send-rows.ts';

interface CompareWords extends ReadOptions {
  readonly all?: true;
  readonly goal?: readonly string[];
  readonly format?: string;
  readonly json?: true;
}

/** `flow compare`. */
export const COMPARE: CommandSpec = {
  name: 'compare',
  summary: 'Lay several runs side by side',
  description:
    'Shows what two runs or more differ in: status, parameters, code, and what the step end left. Each is held against the first. ' +
    'A flow declares its metrics as static metrics = { loss: "min" }; what is better than in the first run is green, what is worse red.',
  argument: '<RUN> <RUN...>',
  options: [
    { flags: '--all', help: 'Show what the runs have in common, too' },
    {
      flags: '--goal <GOAL>',
      help: 'What is better: ADDRESS=min or ADDRESS=max; may be repeated',
      many: true,
    },
    { flags: '--format <FORMAT>', help: 'table, tsv, csv, md or json' },
    { flags: '--json', help: 'Print a JSON document (oxbow.compare/1)' },
  ],
  act: (words, options, host) => compare(words, options as CompareWords, host),
};

async function compare(words: readonly string[], options: CompareWords, { out, err }: Host): Promise<number> {
  const format = rowFormat(options);
  const metrics = (options.goal ?? []).map(goalOf);
  const client = clientFor(options, { err });
  const runs = words.map((word) => client.Run(word));
  const found = compareSeveral(runs, { all: options.all === true, metrics });
  if (format === 'json') {
    await sendDocument(found, out);
    return EXIT.ok;
  }
  if (format === 'table' && out.isTerminal) {
    await showBlocks(found, out);
    return EXIT.ok;
  }
  const columns = [{ title: 'path' }, ...found.runs.map((title) => ({ title }))];
  const rows = found.rows.map(({ path, cells }) => [path, ...cells.map((cell) => wordOf(cell))]);
  // Without a heading nobody could tell which run is which.
  await sendRows({ columns, rows }, format === 'table' ? 'tsv' : format, out);
  return EXIT.ok;
}

const wordOf = (cell: ComparedCell | null): string => {
  if (cell === null) return '';
  if (cell.value === undefined) return `${cell.type} ${cell.digest?.slice(0, 8)}`;
  return typeof cell.value === 'string' ? cell.value : formText(cell.value);
};

/** A column of a run takes about so much. */
const RUN_WIDTH = 24;

/** A table as wide as the terminal; with more runs than fit, several, each with the first run. */
async function showBlocks(found: Comparison, out: Output): Promise<void> {
  const widest = Math.max(...found.rows.map(({ path }) => path.length), 4);
  const room = Math.max(1, Math.floor((out.columns - widest) / RUN_WIDTH) - 1);
  const others = found.runs.map((_, index) => index).slice(1);
  for (let start = 0; start < others.length; start += room) {
    const shown = [0, ...others.slice(start, start + room)];
    const columns = [
      { title: '' },
      ...shown.map((index) => ({ title: found.runs[index] ?? '', cut: 'middle' as const })),
    ];
    const rows = found.rows.map((row) => [
      { text: row.path, brush: out.paint.strong },
      ...shown.map((index) => cellOf(row, index, out)),
    ]);
    if (start > 0) out.write(text`\n`);
    await sendRows({ columns, rows }, 'table', out);
  }
  if (found.rows.every(({ differs }) => !differs)) out.write(text`The runs do not differ.\n`);
}

/** A value with how far it is from that of the first run. */
function cellOf({ cells, goal }: ComparedRow, index: number, { paint }: Output): Cell {
  const [base, cell] = [cells[0], cells[index]];
  const [before, after] = [base?.value, cell?.value];
  const word = typeof after === 'number' ? numberText(after) : wordOf(cell ?? null);
  if (index === 0 || JSON.stringify(base) === JSON.stringify(cell)) return { text: word };
  const isNumbers = typeof before === 'number' && typeof after === 'number';
  const delta = isNumbers ? ` (${after > before ? '+' : ''}${numberText(after - before)})` : '';
  const better = isBetter(before, after, goal);
  const sign = better === undefined ? '' : better ? ' better' : ' worse';
  const brush = better === undefined ? paint.warn : better ? paint.good : paint.bad;
  return { text: `${word}${delta}${sign}`, brush };
}
