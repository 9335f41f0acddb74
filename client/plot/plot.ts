import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import type { Span } from './canvas.ts';
import type { Figure } from './figure.ts';
import { figureOf } from './kinds.ts';
import { PlotError } from './plot-error.ts';
import type { PlotData, PlotSpec } from './spec.ts';
import { type SvgOptions, toSvg } from './svg.ts';
import { plainText, type TerminalOptions, toTerminal } from './terminal.ts';
import { toVegaLite } from './vega-lite.ts';

/** A picture of data, which each back end draws from the same scales and marks. */
export interface Plot {
  readonly spec: PlotSpec;
  /** Lines of spans, which have no escape codes. */
  toTerminal(options?: TerminalOptions): Span[][];
  /** The picture with characters, as `toTerminal` draws it, without colours. */
  toText(options?: TerminalOptions): string;
  /** A standalone SVG. */
  toSVG(options?: SvgOptions): string;
  /** A Vega-Lite 6 specification with the data. */
  toVegaLite(): Record<string, unknown>;
  /** Writes `.svg`, `.vl.json` or `.html`, by the end of the file's name. Throws PlotError for another one. */
  write(file: string): void;
}

/** Draws data as the spec says. Throws PlotError, which names the column or option that cannot be drawn. */
export function plot(data: PlotData, spec: PlotSpec = {}): Plot {
  return new DrawnPlot(figureOf(data, spec), spec);
}

class DrawnPlot implements Plot {
  readonly spec: PlotSpec;
  readonly #figure: Figure;
  readonly #width: number;
  readonly #height: number;

  constructor(figure: Figure, spec: PlotSpec) {
    this.spec = spec;
    this.#figure = figure;
    this.#width = spec.width ?? 640;
    this.#height = spec.height ?? 360;
  }

  toTerminal(options?: TerminalOptions): Span[][] {
    return toTerminal(this.#figure, options);
  }

  toText(options?: TerminalOptions): string {
    return plainText(this.toTerminal(options));
  }

  toSVG(options?: SvgOptions): string {
    return toSvg(this.#figure, this.#width, this.#height, options);
  }

  toVegaLite(): Record<string, unknown> {
    return toVegaLite(this.#figure, this.spec, this.#width, this.#height);
  }

  write(file: string): void {
    if (file.endsWith('.svg')) writeFileSync(file, this.toSVG());
    else if (file.endsWith('.vl.json'))
      writeFileSync(file, `${JSON.stringify(this.toVegaLite(), null, 2)}\n`);
    else if (file.endsWith('.html')) writeFileSync(file, page(this.toSVG()));
    else
      throw new PlotError(
        `A plot is written to .svg, .html or .vl.json, but the file is ${JSON.stringify(file)}.`,
      );
  }

  [inspect.custom](): string {
    return this.toText();
  }

  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return { 'image/svg+xml': this.toSVG(), 'text/plain': this.toText() };
  }
}

const page = (svg: string): string =>
  '<!doctype html>\n<meta charset="utf-8">\n<meta name="color-scheme" content="light dark">\n' +
  `<meta name="viewport" content="width=device-width">\n<title>Plot</title>\n${svg}`;
