/** How an SVG is coloured. */
export type Theme = 'auto' | 'light' | 'dark';

/** Okabe and Ito's colours, told apart by colour-blind readers; darker or lighter where the ground needs it. */
const HUES: readonly (readonly [light: string, dark: string])[] = [
  ['#0072b2', '#56b4e9'],
  ['#d55e00', '#ff8c42'],
  ['#009e73', '#2fd3a0'],
  ['#b8559a', '#e39bc9'],
  ['#a67c00', '#f0c94a'],
  ['#2f8fc4', '#8fd0ff'],
  ['#6b6b6b', '#b5b5b5'],
  ['#7a3e00', '#d49a6a'],
  ['#004d40', '#7fd8c8'],
];

const INKS = {
  ink: ['#222222', '#e6e6e6'],
  dim: ['#5c5c5c', '#a8a8a8'],
  grid: ['#e4e4e4', '#3a3a3a'],
  paper: ['#ffffff', '#1b1b1b'],
} as const;

/** Nine points of viridis (van der Walt and Smith 2015), which grows lighter evenly: it reads in grey, too. */
const SHADES = [
  [68, 1, 84],
  [71, 45, 123],
  [59, 82, 139],
  [44, 114, 142],
  [33, 145, 140],
  [40, 174, 128],
  [94, 201, 98],
  [173, 220, 48],
  [253, 231, 37],
] as const;

/** The part of them that would not be seen on a dark ground. */
const DARKEST = 0.15;

/** Colours of one theme, as values of style properties. */
export interface Colours {
  ink(name: keyof typeof INKS): string;
  /** The colour of a series. */
  hue(series: number): string;
}

/** Variables that a page can set, or plain colours for programs that have no CSS variables. */
export function coloursOf(theme: Theme): Colours {
  const one = (name: string, [light, dark]: readonly [string, string]): string =>
    theme === 'auto' ? `var(--ox-${name},${light})` : theme === 'light' ? light : dark;
  return {
    ink: (name) => one(name, INKS[name]),
    hue: (series) => one(`c${series % HUES.length}`, HUES[series % HUES.length] ?? HUES[0] ?? ['', '']),
  };
}

/** The ground that the colours of a theme are made for. */
export const paperOf = (theme: 'light' | 'dark'): string => INKS.paper[theme === 'light' ? 0 : 1];

/** The rule that sets the dark colours for readers who prefer them; print stays light. */
export function darkRule(id: string): string {
  const inks = Object.entries(INKS).map(([name, [, dark]]) => `--ox-${name}:${dark}`);
  const hues = HUES.map(([, dark], i) => `--ox-c${i}:${dark}`);
  return `@media screen and (prefers-color-scheme:dark){#${id}{${[...inks, ...hues].join(';')}}}`;
}

/** The colour of a part from 0 to 1. */
export function shadeColour(part: number): string {
  const hex = mixed(part).map((value) => Math.round(value).toString(16).padStart(2, '0'));
  return `#${hex.join('')}`;
}

/** Whether black is read better than white upon a shade. */
export function isLight(part: number): boolean {
  const [red, green, blue] = mixed(part);
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140;
}

function mixed(part: number): [number, number, number] {
  const place = (DARKEST + Math.min(1, Math.max(0, part)) * (1 - DARKEST)) * (SHADES.length - 1);
  const at = Math.min(SHADES.length - 2, Math.floor(place));
  const [low, high] = [SHADES[at] ?? SHADES[0], SHADES[at + 1] ?? SHADES[0]];
  return [0, 1, 2].map((i) => (low[i] ?? 0) + ((high[i] ?? 0) - (low[i] ?? 0)) * (place - at)) as [
    number,
    number,
    number,
  ];
}
