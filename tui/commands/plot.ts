import { basename } from 'node:path';
import {
  type Drawable,
  drawableOf,
  formOf,
  overlaid,
  PLOT_KINDS,
  type Plot,
  type PlotColumns,
  type PlotKind,
  type PlotSpec,
  plot,
  type StoreClient,
} from '#client';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { type Output, sendDocument } from '../output.ts';
import { PICTURES, type PictureProtocol, picture } from '../plain/picture.ts';
import { command } from '../plain/shell.ts';
import { joined, linesOf, text, textOf } from '../plain/text.ts';
import { type ReadOptions, sameStore } from '../read-options.ts';
import { UsageError } from '../usage.ts';
import type { CommandSpec } from './command-spec.ts';
import { nearest } from './nearest.ts';
import { clientFor } from './open.ts';
import { type RunWords, runColumnName, runColumns, splitWords } from './plot-runs.ts';

interface PlotWords extends RunWords {
  readonly kind?: string;
  readonly log?: string;
  readonly bins?: string;
  readonly title?: string;
  readonly width?: string;
  readonly height?: string;
  readonly theme?: string;
  readonly output?: string;
  readonly image?: string | true;
  readonly json?: true;
}

/** `flow plot`. */
export const PLOT: CommandSpec = {
  name: 'plot',
  summary: 'Draw runs or the values of artifacts',
  description:
    'Draws values of the runs of a flow: --x and --y name fields (startedAt, seconds, ...) or addresses within the run, NAME=ADDRESS gives them another ' +
    'name, and a name alone is a parameter or an artifact of the step end. Or draws artifacts: lists of numbers, tables, objects of numbers and ' +
    'lists of lists, several of them upon each other; then --x and --y name their columns.',
  argument: '<FLOW|ADDRESS...>',
  options: [
    { flags: '--x <COLUMN>', help: 'The horizontal axis' },
    { flags: '--y <COLUMNS>', help: 'The vertical axis; several, separated by commas, are a series each' },
    { flags: '--y2 <COLUMN>', help: 'The other edge of an area' },
    { flags: '--kind <KIND>', help: PLOT_KINDS.join(', ') },
    { flags: '--color <COLUMN>', help: 'A series, or a shade, for each of its values' },
    { flags: '--facet <COLUMN>', help: 'A panel for each of its values' },
    { flags: '--where <EXPRESSION>', help: 'Only runs that satisfy it' },
    { flags: '--tag <TAG>', help: 'Only runs with this tag; may be repeated', many: true },
    { flags: '--per-task <STEP>', help: 'The tasks of this step in place of runs' },
    { flags: '--log <AXES>', help: 'x, y or xy: these axes are logarithmic' },
    { flags: '--bins <N>', help: 'Bins of a histogram, or of each axis of a heat map' },
    { flags: '--title <TITLE>', help: 'A title' },
    { flags: '--width <N>', help: 'Pixels of a file, columns on a terminal' },
    { flags: '--height <N>', help: 'Pixels of a file, lines on a terminal' },
    {
      flags: '--theme <THEME>',
      help: 'Colours of a file or image: light or dark (default: as the reader prefers)',
    },
    {
      flags: '-o, --output <FILE>',
      help: 'Write a file: .svg, .html, .png or .vl.json (Vega-Lite); - is SVG on standard output',
    },
    {
      flags: '--image [PROTOCOL]',
      help: `Show a picture of pixels on a terminal: auto, ${PICTURES.join(', ')}`,
    },
    { flags: '--json', help: 'Print a JSON document with the columns (oxbow.plot/1)' },
  ],
  act: (words, options, host) => plotWords(words, options as PlotWords, host),
};

async function plotWords(words: readonly string[], options: PlotWords, host: Host): Promise<number> {
  const { out, err } = host;
  const isRuns = !words.some(isAddress);
  const given = specOf(options, isRuns ? runColumnName : (word) => word);
  const protocol = options.image === undefined ? undefined : protocolOf(options.image, out);
  const isFile = options.output !== undefined || protocol !== undefined || options.json === true;
  const client = clientFor(options, host);
  const { columns, spec: suited } = isRuns
    ? runColumns(client, words, options, given.kind)
    : artifactColumns(client, words, options);
  const { width, height, ...rest } = merged(suited, given);
  const spec: PlotSpec = isFile
    ? { ...rest, ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) }
    : rest;
  const drawn = plot(columns, spec);
  if (options.json) await sendDocument(documentOf(columns, spec), out);
  else if (options.output === '-' || options.output === '/dev/stdout')
    out.send(drawn.toSVG(themeOf(options)));
  else if (options.output !== undefined) {
    drawn.write(options.output, themeOf(options));
    err.write(text`Wrote ${basename(options.output)}.\n`);
  } else if (protocol !== undefined) {
    const { theme } = themeOf(options);
    out.write(picture(drawn.toRaster(theme === undefined ? {} : { theme }), protocol));
  } else writeText(drawn, { width, height }, out);
  return EXIT.ok;
}

const isAddress = (word: string): boolean => /[/@#~*]/.test(word);

/** What is asked for stands; what suits the data fills the rest, as long as the kind is the same. */
function merged(suited: PlotSpec, given: PlotSpec): PlotSpec {
  if (given.kind === undefined || given.kind === (suited.kind ?? 'line')) return { ...suited, ...given };
  const { color: _, kind: __, ...axes } = suited;
  if (given.kind === 'histogram') {
    const { x: ___, ...rest } = axes;
    return { ...rest, ...(given.x === undefined ? {} : { y: given.x }), ...without(given, 'x') };
  }
  if (given.kind === 'box' || given.kind === 'parallel') {
    const { x: ___, ...rest } = axes;
    return given.kind === 'parallel' ? { ...without(rest, 'y'), ...given } : { ...rest, ...given };
  }
  return { ...axes, ...given };
}

function without<K extends keyof PlotSpec>(spec: PlotSpec, key: K): Omit<PlotSpec, K> {
  const { [key]: _, ...rest } = spec;
  return rest;
}

const ALIASES: Readonly<Record<string, PlotKind>> = {
  hist: 'histogram',
  points: 'scatter',
  bars: 'bar',
  boxplot: 'box',
  heat: 'heatmap',
  'heat-map': 'heatmap',
  'heat map': 'heatmap',
  pcp: 'parallel',
  'parallel-coordinates': 'parallel',
  'parallel coordinates': 'parallel',
};

/** The spec that the options ask for; columns go by the names that they are given. */
function specOf(
  { x, y, y2, kind, color, facet, log, bins, title, width, height }: PlotWords,
  nameOf: (word: string) => string,
): PlotSpec {
  const known = kind === undefined ? undefined : (ALIASES[kind] ?? kindOf(kind));
  const numbers = {
    bins: wholeNumber('--bins', bins),
    width: wholeNumber('--width', width),
    height: wholeNumber('--height', height),
  };
  if (log !== undefined && log !== 'x' && log !== 'y' && log !== 'xy')
    nearest('--log takes one', log, ['x', 'y', 'xy']);
  const ys = splitWords(y).map(nameOf);
  const all = {
    kind: known,
    x: x === undefined ? undefined : nameOf(x),
    y: ys.length > 1 ? ys : ys[0],
    y2: y2 === undefined ? undefined : nameOf(y2),
    color: color === undefined ? undefined : nameOf(color),
    facet: facet === undefined ? undefined : nameOf(facet),
    log,
    title,
    ...numbers,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as PlotSpec;
}

const kindOf = (kind: string): PlotKind =>
  PLOT_KINDS.find((one) => one === kind) ?? nearest('--kind takes one', kind, PLOT_KINDS);

function wholeNumber(option: string, word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  if (/^\d{1,6}$/.test(word)) return Number(word);
  throw new UsageError(`${option} takes a whole number, but was given ${JSON.stringify(word)}.`);
}

/** The columns of one artifact, or of several with the column `source`. */
function artifactColumns(client: StoreClient, words: readonly string[], options: PlotWords): Drawable {
  const name = words.find((word) => !isAddress(word));
  if (name !== undefined)
    throw new UsageError(
      `flow plot takes the names of flows or the addresses of artifacts, but ${name} is a name and ${words.find(isAddress)} an address.`,
    );
  const given = { where: options.where, tag: options.tag, 'per-task': options.perTask };
  const odd = Object.entries(given).find(([, value]) => value !== undefined);
  if (odd) throw new UsageError(`--${odd[0]} is for the runs of a flow, but ${words[0]} is an address.`);
  const found = words.flatMap((word) => client.resolveAll(word));
  const parts = found.map((one) => {
    if (one.kind !== 'artifact')
      throw new UsageError(`${one.pathspec} is a ${one.kind}, not an artifact.`, [
        command`flow show ${one.pathspec}` + sameStore(options),
      ]);
    const { data } = one;
    const drawable = drawableOf(data);
    if (drawable) return { name: one.pathspec, drawable };
    throw notDrawable(one.pathspec, one.type, data, options);
  });
  const [first] = parts;
  if (parts.length === 1 && first) return first.drawable;
  const names = shortened(parts.map(({ name }) => name));
  const columns = overlaid(
    parts.map(({ drawable }, i) => ({ name: names[i] ?? '', columns: drawable.columns })),
  );
  const { kind = 'line', ...axes } = first?.drawable.spec ?? {};
  const { color: _, ...rest } = axes;
  return {
    columns,
    spec: kind === 'heatmap' ? { ...axes, kind, facet: 'source' } : { ...rest, kind, color: 'source' },
  };
}

function notDrawable(pathspec: string, type: string, data: unknown, options: ReadOptions): UsageError {
  const [flow = '', , ...rest] = pathspec.split('/');
  const isNumber = typeof data === 'number' || typeof data === 'bigint';
  return new UsageError(
    isNumber
      ? `${pathspec} is a single number. To draw it for all runs, name the flow.`
      : `${pathspec} cannot be drawn: it is ${type}, not a list of numbers, a table or an object of numbers.`,
    [
      (isNumber ? command`flow plot ${flow} --y ${rest.join('/')}` : command`flow show ${pathspec}`) +
        sameStore(options),
    ],
  );
}

/** Addresses without the parts that all of them have. */
function shortened(names: readonly string[]): string[] {
  const split = names.map((name) => name.split('/'));
  const [first = []] = split;
  const isShared = first.map((part, i) => split.every((parts) => parts[i] === part));
  return split.map((parts) => parts.filter((_, i) => !isShared[i]).join('/') || parts.join('/'));
}

function documentOf(columns: PlotColumns, spec: PlotSpec): object {
  const { x, y = [], y2, color, facet } = spec;
  const used = [x, y, y2, color, facet].flat();
  const isAll = spec.kind === 'parallel' && y.length === 0;
  const data = Object.entries(columns)
    .filter(([name]) => isAll || used.includes(name))
    .map(([name, cells]) => [name, Array.from(cells, (cell) => formOf(cell ?? null))]);
  return { schema: 'oxbow.plot/1', spec, data: Object.fromEntries(data) };
}

function themeOf({ theme }: PlotWords): { theme?: 'light' | 'dark' } {
  if (theme === undefined) return {};
  return theme === 'light' || theme === 'dark'
    ? { theme }
    : nearest('--theme takes one', theme, ['light', 'dark']);
}

function protocolOf(word: string | true, out: Output): PictureProtocol {
  if (!out.isTerminal) throw new UsageError('--image needs a terminal. Write a file instead: -o plot.png');
  if (word !== true && word !== 'auto')
    return PICTURES.find((one) => one === word) ?? nearest('--image takes one', word, ['auto', ...PICTURES]);
  if (out.pictures) return out.pictures;
  throw new UsageError(
    `This terminal does not say that it shows pictures. Name what it understands: --image ${PICTURES.join(', --image ')}.`,
  );
}

/** Lines that a plot takes on a terminal when nothing else is asked for. */
const LINES = 20;

function writeText(
  drawn: Plot,
  { width, height }: { readonly width: number | undefined; readonly height: number | undefined },
  out: Output,
): void {
  const lines = drawn.toTerminal({
    width: width ?? out.columns,
    height: height ?? (out.isTerminal ? Math.min(LINES, Math.max(10, out.rows - 2)) : LINES),
    ascii: out.glyphs.bar === '|',
  });
  const { series: brushes } = out.paint;
  out.write(
    linesOf(
      lines.map((line) => {
        const last = line.length - 1;
        const parts = line.map(({ text: words, series }, i) => {
          const shown = i === last ? words.trimEnd() : words;
          const brush = series === undefined ? undefined : brushes[series % brushes.length];
          return brush ? brush(shown) : textOf(shown);
        });
        return joined(parts, '');
      }),
    ),
  );
}
