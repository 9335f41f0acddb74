import { writeFileSync } from 'node:fs';
import {
  type Change,
  type Diff,
  type DiffOptions,
  isBetter,
  metricsOf,
  parseRange,
  printAddress,
  type StoreClient,
} from '#client';
import { bodyOf } from '../diff/body.ts';
import { headline } from '../diff/headline.ts';
import { diffPage } from '../diff/html.ts';
import { summaryOf } from '../diff/summary.ts';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { type Output, sendAll, sendDocument } from '../output.ts';
import { paintFor } from '../plain/paint.ts';
import { linesOf, type Text, text } from '../plain/text.ts';
import { cutEnd, pad, widestOf } from '../plain/width.ts';
import type { ReadOptions } from '../read-options.ts';
import { UsageError } from '../usage.ts';
import type { CommandSpec } from './command-spec.ts';
import { goalOf } from './goal.ts';
import { clientFor } from './open.ts';

interface DiffWords extends ReadOptions {
  readonly json?: true;
  readonly html?: string;
  readonly stat?: true;
  readonly nameOnly?: true;
  readonly nameStatus?: true;
  readonly exitCode?: true;
  readonly rtol?: string;
  readonly atol?: string;
  readonly key?: string;
  readonly ignore?: readonly string[];
  readonly goal?: readonly string[];
  readonly full?: true;
  readonly logs?: true;
  readonly times?: true;
}

/** `flow diff A B [PATH…]`: what two runs, steps, tasks or artifacts differ in. */
export const DIFF: CommandSpec = {
  name: 'diff',
  summary: 'Show what differs between two runs, steps, tasks or artifacts',
  description:
    'Compares values, errors and code of two runs, steps, tasks or artifacts; what is equal is not read. A..B names both; with A alone, the run ' +
    "before it is compared with A. A PATH that is not an address, such as 'train/*' or parameters/lr, limits what is shown to paths that match it or " +
    'lie below; * stands for anything. NaN equals NaN, and -0 is not 0.',
  argument: '<A> [B] [PATH...]',
  options: [
    { flags: '--stat', help: 'One line for each change' },
    { flags: '--name-only', help: 'Only the paths of what changed' },
    {
      flags: '--name-status',
      help: 'The paths, each with its status: A added, D deleted, M changed, T of another kind, C close',
    },
    { flags: '--exit-code', help: 'Exit with 1 when something differs' },
    {
      flags: '--rtol <N>',
      help: 'Treat numbers as close when they differ by at most N times the first; close counts as equal',
    },
    { flags: '--atol <N>', help: 'Treat numbers as close when they differ by at most N' },
    { flags: '--key <COLUMN>', help: 'Columns that identify the rows of tables, separated by commas' },
    { flags: '--ignore <GLOB>', help: 'Leave out paths that match; may be repeated', many: true },
    {
      flags: '--goal <GOAL>',
      help: 'What is better: ADDRESS=min or ADDRESS=max; may be repeated',
      many: true,
    },
    { flags: '--full', help: 'Show every change, however many there are' },
    { flags: '--logs', help: 'Compare what tasks wrote, without times and ids' },
    { flags: '--times', help: 'Compare how long tasks took and how often they were tried' },
    { flags: '--json', help: 'Print a JSON document (oxbow.diff/1)' },
    { flags: '--html <FILE>', help: 'Write an HTML page, one file that loads nothing; - is standard output' },
  ],
  act: (words, options, host) => diff(words, options as DiffWords, host),
};

async function diff(words: readonly string[], options: DiffWords, host: Host): Promise<number> {
  const { err } = host;
  if (options.html === '-' && options.json)
    throw new UsageError('--html - and --json both write to standard output: name a file for one of them.', [
      'flow diff A B --html diff.html --json',
    ]);
  const client = clientFor(options, { err });
  const { a, b, paths } = operands(words, client);
  const found = client.diff(a, b, { ...optionsOf(options), paths });
  await showAs(found, options, { client, host });
  for (const { path, problem } of found.damaged)
    err.write(text`flow diff: ${path} could not be compared: ${problem}\n`);
  const isNo = found.damaged.length > 0 || (options.exitCode && !found.same);
  return isNo ? EXIT.no : EXIT.ok;
}

interface Showing {
  readonly client: StoreClient;
  readonly host: Host;
}

async function showAs(
  found: Diff,
  options: DiffWords,
  { client, host: { out, err } }: Showing,
): Promise<void> {
  const ordered = () => inOrder(found.changes, stepsOf(found.b, client));
  if (options.html !== undefined) {
    const page = diffPage(found, ordered(), {
      ...out,
      isTerminal: false,
      paint: paintFor(false),
    });
    if (options.html === '-') {
      out.send(page);
      await out.drained?.();
      return;
    }
    writeFileSync(options.html, page);
    err.write(text`Wrote ${options.html}.\n`);
    if (!options.json) return;
  }
  if (options.json) return sendDocument(found, out);
  if (options.nameOnly || options.nameStatus) {
    const line = ({ status, path }: Change) => (options.nameStatus ? `${status}\t${path}\n` : `${path}\n`);
    return sendAll(found.changes.map(line), out);
  }
  const goals = goalsOf(found.b, options.goal ?? [], client);
  show(
    found,
    { isShort: options.stat === true, isFull: options.full === true, changes: ordered(), goals },
    out,
  );
}

interface Operands {
  readonly a: string;
  readonly b: string | undefined;
  readonly paths: readonly string[];
}

/** A range, or two addresses, or one; what follows are paths. Throws UsageError for a word that can be neither. */
function operands([a = '', ...rest]: readonly string[], client: StoreClient): Operands {
  const ends = rangeIn(a) ?? [a];
  const places = new Set(['parameters', 'constants', 'code', ...ends.flatMap((end) => stepsOf(end, client))]);
  const isPath = (word: string) => /[*?]/.test(word) || places.has(word.split('/', 1)[0] ?? '');
  const [second, ...others] = rest;
  const hasB = ends.length === 1 && second !== undefined && !isPath(second);
  if (hasB) for (const step of stepsOf(second, client)) places.add(step);
  const paths = hasB ? others : rest;
  const strange = paths.find((word) => !isPath(word));
  if (strange === undefined) return { a, b: hasB ? second : undefined, paths };
  throw new UsageError(
    `${JSON.stringify(strange)} is not a path within the run, and A and B are already given.`,
    ["flow diff A B 'train/*'", 'flow diff A B parameters/lr'],
  );
}

const rangeIn = (word: string): string[] | undefined => {
  const range = parseRange(word);
  return range && [printAddress(range.from), printAddress(range.to)];
};

/** Names of the steps of the run an address leads to. */
function stepsOf(address: string, client: StoreClient): string[] {
  const [flow = '', run = ''] = client.resolve(address).pathspec.split('/');
  return client.Run(`${flow}/${run}`).graph.steps.map(({ name }) => name);
}

function optionsOf({ rtol, atol, key, ignore, full, logs, times }: DiffWords): DiffOptions {
  const columns = key?.split(',').filter((name) => name !== '');
  if (columns?.length === 0) throw new UsageError('--key takes column names, such as --key id.');
  return {
    rtol: tolerance('--rtol', rtol),
    atol: tolerance('--atol', atol),
    key: columns,
    ignore,
    full,
    logs,
    times,
  };
}

function tolerance(option: string, word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const number = word.trim() === '' ? Number.NaN : Number(word);
  if (number >= 0 && Number.isFinite(number)) return number;
  throw new UsageError(`${option} takes a number from 0, but was given ${JSON.stringify(word)}.`, [
    `${option} 1e-6`,
  ]);
}

/** Lines below a change that a terminal shows unless all are wanted. */
const MOST_LINES = 20;

interface Look {
  readonly isShort: boolean;
  readonly isFull: boolean;
  /** The changes in the order in which they are shown. */
  readonly changes: readonly Change[];
  /** Whether less is better or more, by the name of a metric. */
  readonly goals: ReadonlyMap<string, 'min' | 'max'>;
}

function show(found: Diff, { isShort, isFull, changes, goals }: Look, out: Output): void {
  const { paint, glyphs, isTerminal } = out;
  const [a, b] = [paint.name(found.a), paint.name(found.b)];
  const isOneLine = !isTerminal || found.a.length + found.b.length + 4 <= out.columns;
  out.write(isOneLine ? text`${a} ${glyphs.arrow} ${b}\n` : text`${a}\n${glyphs.arrow} ${b}\n`);
  const width = Math.min(widestOf(changes.map(({ path }) => path)), Math.floor(out.columns / 2));
  /** Where a change was told, by what became what: a step hands on what it inherits. */
  const told = new Map<string, string>();
  for (const change of changes) {
    const known = told.get(identityOf(change));
    out.write(linesOf([line(change, { width, known, goal: goals.get(nameOf(change.path)), out })]));
    if (known === undefined && change.a && change.b) told.set(identityOf(change), change.path);
    if (isShort || known !== undefined) continue;
    const body = bodyOf(change, out);
    const most = isTerminal && !isFull ? MOST_LINES : body.length;
    const fit = (one: Text) => (isTerminal && !isFull ? cutEnd(one, out.columns, glyphs.ellipsis) : one);
    out.write(linesOf(body.slice(0, most).map((one) => fit(text`    ${one}`))));
    if (body.length > most)
      out.write(text`    ${paint.faint(`${glyphs.ellipsis} ${body.length - most} more lines: --full`)}\n`);
  }
  if (isTerminal) out.write(text`${paint.strong(summaryOf(found))}\n`);
}

const nameOf = (path: string): string => path.split('/').at(-1) ?? '';

/** What the flow declares as its metrics, and what was said on the command line. */
function goalsOf(address: string, words: readonly string[], client: StoreClient): Map<string, 'min' | 'max'> {
  const [flow = '', run = ''] = address.split('/');
  const all = [...metricsOf(client.Run(`${flow}/${run}`)), ...words.map(goalOf)];
  return new Map(all.flatMap(({ address: place, goal }) => (goal ? [[nameOf(place), goal]] : [])));
}

// Values that have nothing to do with each other may be equal: what is handed on keeps its name.
const identityOf = ({ path, a, b }: Change): string => `${path.split('/').at(-1)} ${a?.digest} ${b?.digest}`;

/** What goes in comes first, then what comes out, in the order in which steps run; each by path. */
function inOrder(changes: readonly Change[], steps: readonly string[]): Change[] {
  const folders = ['parameters', 'constants', 'code', ...steps];
  const rank = ({ path }: Change) => {
    const place = folders.indexOf(path.split('/', 1)[0] ?? '');
    return place < 0 ? folders.length : place;
  };
  return [...changes].sort((a, b) => rank(a) - rank(b));
}

/** Whether a metric got better or worse. */
function verdict({ kind, a, b }: Change, goal: 'min' | 'max' | undefined, { paint }: Output): Text | string {
  const better = kind === 'number' ? isBetter(a?.value, b?.value, goal) : undefined;
  if (better === undefined) return '';
  return better ? text`  ${paint.good('better')}` : text`  ${paint.bad('worse')}`;
}

interface LineLook {
  readonly width: number;
  /** The path of the same change, told before. */
  readonly known: string | undefined;
  readonly goal: 'min' | 'max' | undefined;
  readonly out: Output;
}

function line(change: Change, { width, known, goal, out }: LineLook): Text {
  const { paint, glyphs, isTerminal, columns } = out;
  const brush = { A: paint.good, D: paint.bad, M: paint.warn, T: paint.warn, C: paint.faint }[change.status];
  const path = pad(change.path, width);
  const whole = text`${brush(change.status)} ${paint.strong(path)}  ${known === undefined ? text`${headline(change, out)}${verdict(change, goal, out)}` : paint.faint(`as ${known}`)}`;
  return isTerminal ? cutEnd(whole, columns, glyphs.ellipsis) : whole;
}
