import { OxbowError } from '#store';

/** A plot cannot be drawn from this data; the message names the column or option, and what to do. */
export class PlotError extends OxbowError {
  override readonly code = 'PlotError';
}
