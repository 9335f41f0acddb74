import { writeFileSync } from 'node:fs';
import {
  type Artifact,
  PLOT_KINDS,
  type Plot,
  type PlotKind,
  type PlotSpec,
  plot,
  type Span,
  type StoreClient,
  tableOfArtifact,
} from '#client';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { type Output, sendDocument } from '../output.ts';
import type { Brush, Paint } from '../plain/paint.ts';
import { linesOf, type Text, text } from '../plain/text.ts';
import type { ReadOptions } from '../read-options.ts';
import { UsageError } from '../usage.ts';
import type { CommandSpec } from './command-spec.ts';
import { nearest } from './nearest.ts';
import { clientFor } from './open.ts';

interface PlotWords extends ReadOptions {
  readonly kind?: string;
  readonly x?: string;
  readonly y?: string;
  readonly color?: string;
  readonly facet?: string;
  readonly where?: string;
  readonly log?: string;
  readonly bins?: string;
  readonly title?: string;
  readonly width?: string;
  readonly height?: string;
  readonly output?: string;
  readonly json?: true;
}

/** `flow plot`. */
export const PLOT: CommandSpec = {
  name: 'plot',
  summary: 'Draw runs, or artifacts',
  description:
    'Draws a picture: of the runs of a flow, with --x, --y and --color at places within the run such as end/0/loss, or of the numbers or the tables that artifacts are, several of them together. ' +
    'It is drawn in the terminal, or with -o to a file: .svg, .html or .vl.json (Vega-Lite).',
  argument: '<FLOW|ADDRESS...>',
  options: [
    { flags: '--kind <KIND>', help: `${PLOT_KINDS.join(', ')} (default: line)` },
    { flags: '--x <COLUMN>', help: 'Horizontal axis; of runs a place or startedAt, which is the default' },
    {
      flags: '--y <COLUMN>',
      help: 'Vertical axis; several, separated by commas, are drawn together; of parallel coordinates the axes',
    },
    { flags: '--color <COLUMN>', help: 'What tells series apart; of a heat map the value of its cells' },
    { flags: '--facet <COLUMN>', help: 'What has a panel of its own' },
    { flags: '--where <EXPRESSION>', help: 'Only runs that satisfy it' },
    { flags: '--log <AXES>', help: 'Logarithmic axes: x, y or xy' },
    { flags: '--bins <N>', help: 'Bins of a histogram' },
    { flags: '--title <TEXT>', help: 'A title above the picture' },
    { flags: '--width <N>', help: 'Width in columns, of a file in pixels' },
    { flags: '--height <N>', help: 'Height in lines, of a file in pixels' },
    { flags: '-o, --output <FILE>', help: 'Write .svg, .html or .vl.json' },
    { flags: '--json', help: 'Print a JSON document (oxbow.plot/1) with the Vega-Lite specification' },
  ],
  act: (words, options, host) => draw(words, options as PlotWords, host),
};

async function draw(words: readonly string[], options: PlotWords, { out, err }: Host): Promise<number> {
  const client = clientFor(options, { err });
  const picture = pictureOf(words, options, client);
  if (options.json) {
    await sendDocument({ schema: 'oxbow.plot/1', spec: picture.spec, vegaLite: picture.toVegaLite() }, out);
    return EXIT.ok;
  }
  if (options.output !== undefined) {
    write(picture, options.output);
    err.write(text`Wrote ${options.output}.\n`);
    return EXIT.ok;
  }
  const width = sizeOf('--width', options.width) ?? Math.min(out.columns, 120);
  const height = sizeOf('--height', options.height) ?? Math.max(10, Math.min(out.rows - 2, 24));
  const lines = picture.toTerminal({ width, height, ascii: out.glyphs.bar === '|' });
  out.write(linesOf(lines.map((spans) => lineOf(spans, out))));
  return EXIT.ok;
}

function write(picture: Plot, file: string): void {
  // Standard output takes SVG, as other programs that draw have it.
  if (file === '/dev/stdout') writeFileSync(file, picture.toSVG());
  else picture.write(file);
}

/** Colours of series in turn; glyphs tell them apart where there is none. */
const HUES: readonly (keyof Paint)[] = ['name', 'warn', 'good', 'bad', 'strong'];

const lineOf = (spans: readonly Span[], { paint }: Output): Text =>
  spans.reduce((line, span) => {
    const brush =
      span.series === undefined ? undefined : (paint[HUES[span.series % HUES.length] ?? 'name'] as Brush);
    return text`${line}${brush ? brush(span.text) : span.text}`;
  }, text``);

function pictureOf(words: readonly string[], options: PlotWords, client: StoreClient): Plot {
  const [first = ''] = words;
  const isFlow = words.length === 1 && !/[/~@#]/.test(first);
  return isFlow ? ofRuns(first, options, client) : ofArtifacts(words, options, client);
}

/** What the options say of the look. */
function lookOf(options: PlotWords): PlotSpec {
  const { kind, log, title, output } = options;
  const known = PLOT_KINDS.find((one) => one === kind);
  if (kind !== undefined && known === undefined) nearest('--kind takes one', kind, PLOT_KINDS);
  if (log !== undefined && !['x', 'y', 'xy'].includes(log)) nearest('--log takes one', log, ['x', 'y', 'xy']);
  const bins = sizeOf('--bins', options.bins);
  const isFile = output !== undefined || options.json;
  const [width, height] = [sizeOf('--width', options.width), sizeOf('--height', options.height)];
  return {
    ...(known === undefined ? {} : { kind: known as PlotKind }),
    ...(log === undefined ? {} : { log: log as 'x' | 'y' | 'xy' }),
    ...(title === undefined ? {} : { title }),
    ...(bins === undefined ? {} : { bins }),
    ...(isFile && width !== undefined ? { width } : {}),
    ...(isFile && height !== undefined ? { height } : {}),
  };
}

function sizeOf(option: string, word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const size = Number(word);
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new UsageError(`${option} takes a whole number from 1, but was given ${JSON.stringify(word)}.`);
}

function listOf(word: string | undefined): string[] {
  return (word ?? '').split(',').filter((one) => one !== '');
}

function ofRuns(flow: string, options: PlotWords, client: StoreClient): Plot {
  const runs = client.Flow(flow).runs();
  const chosen = options.where === undefined ? runs : runs.where(options.where);
  const look = lookOf(options);
  const ys = listOf(options.y);
  const isHistogram = look.kind === 'histogram';
  if (ys.length === 0 && !(isHistogram && options.x !== undefined)) {
    throw new UsageError('A plot of runs needs --y, the place of a number within the run.', [
      'flow plot TrainFlow --y end/0/loss',
    ]);
  }
  const x = options.x ?? 'startedAt';
  const hasX = look.kind !== 'parallel' && (!isHistogram || ys.length === 0);
  const others = [options.color, options.facet].filter((place) => place !== undefined);
  const all = [...(hasX ? [x] : []), ...ys, ...others];
  // These are in every table of runs.
  const own = ['run', 'status', 'startedAt', 'seconds'];
  const table = chosen.table(
    Object.fromEntries(all.filter((place) => !own.includes(place)).map((place) => [place, place])),
  );
  const lacking = all.find((name) => [...(table.getChild(name) ?? [])].every((cell) => cell === null));
  if (lacking !== undefined && chosen.length > 0) {
    const sentence =
      chosen.length === 1 ? 'The only run has no value' : `None of the ${chosen.length} runs has a value`;
    throw new UsageError(`${sentence} at ${lacking}.`, [`flow show ${chosen[0]?.pathspec}`]);
  }
  return table.plot({ ...look, ...(hasX ? { x } : {}), ...axesOf(ys), ...groupsOf(options) });
}

const axesOf = (ys: readonly string[]): PlotSpec =>
  ys.length === 0 ? {} : { y: ys.length === 1 ? (ys[0] ?? '') : ys };

const groupsOf = ({ color, facet }: PlotWords): PlotSpec => ({
  ...(color === undefined ? {} : { color }),
  ...(facet === undefined ? {} : { facet }),
});

function ofArtifacts(words: readonly string[], options: PlotWords, client: StoreClient): Plot {
  if (options.where !== undefined) throw new UsageError('--where is for the runs of a flow.');
  const artifacts = words
    .flatMap((word) => client.resolveAll(word))
    .map((found): Artifact => {
      if (found.kind === 'artifact') return found;
      throw new UsageError(`${found.pathspec} is a ${found.kind}, not an artifact.`, [
        `flow show ${found.pathspec}`,
      ]);
    });
  const look = lookOf(options);
  const ys = listOf(options.y);
  const x = options.x === undefined ? {} : { x: options.x };
  const [only] = artifacts;
  if (artifacts.length === 1 && only)
    return tableOfArtifact(only).plot({ ...look, ...x, ...axesOf(ys), ...groupsOf(options) });
  const names = shortNames(artifacts.map(({ pathspec }) => pathspec));
  const rows = artifacts.flatMap((artifact, index) => {
    const table = tableOfArtifact(artifact);
    const read = (name: string) => [...(table.getChild(name) ?? [])];
    const y = ys[0] ?? 'value';
    const at = options.x === undefined ? undefined : read(options.x);
    return read(y).map((value, row) => ({
      [options.x ?? 'row']: at ? at[row] : row,
      [y]: value,
      series: names[index],
    }));
  });
  return plot(rows, { ...look, x: options.x ?? 'row', y: ys[0] ?? 'value', color: 'series' });
}

/** What tells addresses apart: without the beginning and the end that all of them have. */
function shortNames(addresses: readonly string[]): string[] {
  const parts = addresses.map((address) => address.split('/'));
  const isCommon = (place: (list: readonly string[]) => string | undefined) =>
    parts.every((list) => place(list) === place(parts[0] ?? []));
  let from = 0;
  while (from < 4 && isCommon((list) => list[from])) from += 1;
  let to = 1;
  while (to < 4 && isCommon((list) => list.at(-to))) to += 1;
  return parts.map((list) => list.slice(from, list.length - to + 1).join('/') || list.join('/'));
}
