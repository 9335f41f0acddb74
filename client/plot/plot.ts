import { inspect } from 'node:util';
import { writeFileAtomically } from '#store';
import type { Span } from './canvas.ts';
import { paperOf } from './colours.ts';
import type { Figure } from './figure.ts';
import { figureOf } from './kinds.ts';
import { PlotError } from './plot-error.ts';
import { type Raster, rasterOf } from './png.ts';
import type { PlotData, PlotSpec } from './spec.ts';
import { escapeXml, type SvgOptions, toSvg } from './svg.ts';
import { plainText, type TerminalOptions, toTerminal } from './terminal.ts';
import { toVegaLite } from './vega-lite.ts';

/** How a picture of pixels is drawn. */
export interface RasterOptions {
  /** Colours and ground; `light` when not given. */
  readonly theme?: 'light' | 'dark';
  /** Pixels for each of the SVG, 2 when not given, up to 8. */
  readonly scale?: number;
}

/** A picture of data, which each back end draws from the same scales and marks. */
export interface Plot {
  readonly spec: PlotSpec;
  /** Lines of spans, which have no escape codes. */
  toTerminal(options?: TerminalOptions): Span[][];
  /** The picture with characters, as `toTerminal` draws it, without colours. */
  toText(options?: TerminalOptions): string;
  /** A standalone SVG. */
  toSVG(options?: SvgOptions): string;
  /** A page of HTML that loads nothing. */
  toHTML(options?: SvgOptions): string;
  /** A Vega-Lite 6 specification with the data. */
  toVegaLite(): Record<string, unknown>;
  /** The picture as pixels and as PNG. Throws PlotError when the package @resvg/resvg-js is not installed. */
  toRaster(options?: RasterOptions): Raster;
  /**
   * Writes `.svg`, `.html`, `.png` or `.vl.json`, by the end of the file's name. The file appears whole or not at all. Throws PlotError for another one, and what
   * the file system throws.
   */
  write(file: string, options?: SvgOptions): void;
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

  toHTML(options?: SvgOptions): string {
    return (
      '<!doctype html>\n<meta charset="utf-8">\n<meta name="color-scheme" content="light dark">\n' +
      '<meta name="viewport" content="width=device-width">\n' +
      `<title>${escapeXml(this.spec.title ?? 'Plot')}</title>\n${this.toSVG(options)}`
    );
  }

  toVegaLite(): Record<string, unknown> {
    return toVegaLite(this.#figure, this.spec, this.#width, this.#height);
  }

  toRaster({ theme = 'light', scale = 2 }: RasterOptions = {}): Raster {
    if (!(scale > 0 && scale <= 8))
      throw new PlotError(`scale is above 0 and at most 8, but it is ${scale}.`);
    return rasterOf(this.toSVG({ theme }), scale, paperOf(theme));
  }

  write(file: string, options: SvgOptions = {}): void {
    writeFileAtomically(file, this.#bytes(file, options));
  }

  #bytes(file: string, options: SvgOptions): Uint8Array {
    if (file.endsWith('.svg')) return Buffer.from(this.toSVG(options));
    if (file.endsWith('.html')) return Buffer.from(this.toHTML(options));
    if (file.endsWith('.png')) return this.toRaster(options.theme === 'dark' ? { theme: 'dark' } : {}).png;
    if (file.endsWith('.vl.json')) return Buffer.from(`${JSON.stringify(this.toVegaLite(), null, 2)}\n`);
    throw new PlotError(
      `A plot is written to .svg, .html, .png or .vl.json, but the file is ${JSON.stringify(file)}.`,
    );
  }

  [inspect.custom](): string {
    return this.toText();
  }

  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return { 'image/svg+xml': this.toSVG(), 'text/plain': this.toText() };
  }
}
