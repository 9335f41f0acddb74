import { type Part, Text, textOf } from './text.ts';

/** Puts a part into a colour. Colour never carries a meaning alone: a word or a sign says the same. */
export type Brush = (part: Part) => Text;

/** The colours by what they are for; all of them are among the 16 that fit light and dark terminals. */
export interface Paint {
  readonly good: Brush;
  readonly bad: Brush;
  readonly warn: Brush;
  /** Names that can be copied into a command. */
  readonly name: Brush;
  readonly strong: Brush;
  /** What may be overlooked. */
  readonly faint: Brush;
  /** Tell series of a plot apart, beside their signs. */
  readonly series: readonly Brush[];
}

const brush =
  (on: number, off: number): Brush =>
  (part) => {
    const shown = String(textOf(part));
    return Text.trusted(shown === '' ? '' : `\x1b[${on}m${shown}\x1b[${off}m`);
  };

/** Leaves a part as it is. */
export const plain: Brush = textOf;

const COLOURS: Paint = {
  good: brush(32, 39),
  bad: brush(31, 39),
  warn: brush(33, 39),
  name: brush(36, 39),
  strong: brush(1, 22),
  faint: brush(2, 22),
  series: [34, 33, 32, 35, 36, 31].map((on) => brush(on, 39)),
};

const NONE: Paint = {
  good: plain,
  bad: plain,
  warn: plain,
  name: plain,
  strong: plain,
  faint: plain,
  series: [],
};

/** The colours, or none. */
export const paintFor = (isColoured: boolean): Paint => (isColoured ? COLOURS : NONE);
