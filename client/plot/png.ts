import { createRequire } from 'node:module';
import { PlotError } from './plot-error.ts';

/** A picture as pixels: four bytes each (red, green, blue, alpha), row by row. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly png: Uint8Array;
}

interface Resvg {
  render(): { width: number; height: number; pixels: Uint8Array; asPng(): Uint8Array };
}

/**
 * Draws an SVG as pixels, `scale` of them for one of its own, on a ground. Letters are drawn with the fonts of the system. Throws PlotError when
 * @resvg/resvg-js is not installed.
 */
export function rasterOf(svg: string, scale: number, ground: string): Raster {
  const options = {
    background: ground,
    fitTo: { mode: 'zoom', value: scale },
    font: { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans' },
  };
  const drawn = new (loadResvg())(svg, options).render();
  return { width: drawn.width, height: drawn.height, pixels: drawn.pixels, png: drawn.asPng() };
}

function loadResvg(): new (svg: string, options: object) => Resvg {
  try {
    return createRequire(import.meta.url)('@resvg/resvg-js').Resvg;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new PlotError(
      'A picture of pixels needs a package that is not installed: npm install @resvg/resvg-js',
    );
  }
}
