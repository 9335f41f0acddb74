/** A mark on an axis. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Places values of an axis between 0 (its start) and 1 (its end). */
export interface Scale {
  readonly type: 'linear' | 'log' | 'time' | 'band';
  readonly domain: readonly [number, number];
  place(value: number): number;
  /** About this many marks, ascending. */
  ticks(count: number): Tick[];
}

const DAY = 86_400_000;
/** Milliseconds of the steps of a time axis below a month. */
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((s) => s * 1000),
  ...[1, 2, 5, 10, 15, 30].map((m) => m * 60_000),
  ...[1, 2, 3, 6, 12].map((h) => h * 3_600_000),
  ...[1, 2, 7, 14].map((d) => d * DAY),
];
/** Most marks of an axis, whatever its domain. */
const MOST = 60;

/** How many marks fit into a room: numbers take `usual` of it, names as much as the longest of them and a gap. */
export function ticksThatFit(
  scale: Scale,
  room: number,
  usual: number,
  widthOf: (label: string) => number,
): number {
  if (scale.type !== 'band') return Math.max(2, Math.floor(room / usual));
  const names = scale.ticks(Number.MAX_SAFE_INTEGER).map(({ label }) => widthOf(label));
  return Math.max(2, Math.floor(room / names.reduce((widest, width) => Math.max(widest, width), 1)));
}

/** A scale with equal distances. */
export function linearScale(low: number, high: number): Scale {
  const [a, b] = widened(low, high);
  return { type: 'linear', domain: [a, b], place: placing(a, b), ticks: (count) => linearTicks(a, b, count) };
}

/** A scale with equal ratios; both ends are positive. */
export function logScale(low: number, high: number): Scale {
  const [a, b] = high / low < 1 + 1e-9 ? [low / 2 || low, Math.min(high * 2, Number.MAX_VALUE)] : [low, high];
  const within = placing(Math.log10(a), Math.log10(b));
  return {
    type: 'log',
    domain: [a, b],
    place: (value) => within(Math.log10(value)),
    ticks: (count) => logTicks(a, b, count),
  };
}

/** A scale of milliseconds since 1970, marked by the calendar (UTC). */
export function timeScale(low: number, high: number): Scale {
  const [a, b] = low === high ? [low - 1000, high + 1000] : [low, high];
  return { type: 'time', domain: [a, b], place: placing(a, b), ticks: (count) => timeTicks(a, b, count) };
}

/** A scale of names: the name i has the stretch from i − 0.5 to i + 0.5. */
export function bandScale(names: readonly string[]): Scale {
  const domain = [-0.5, Math.max(names.length, 1) - 0.5] as const;
  return {
    type: 'band',
    domain,
    place: placing(...domain),
    ticks: (count) => {
      const every = Math.max(1, Math.ceil(names.length / Math.max(count, 1)));
      return names.map((label, value) => ({ value, label })).filter(({ value }) => value % every === 0);
    },
  };
}

// Halves, because the difference of the largest numbers overflows.
const placing =
  (a: number, b: number) =>
  (value: number): number =>
    (value / 2 - a / 2) / (b / 2 - a / 2);

// A domain that is narrower than doubles can divide into marks is widened as one of a single value is.
function widened(low: number, high: number): [number, number] {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (high / 2 - low / 2 > Math.max(largest * 1e-11, 1e-305)) return [low, high];
  const half = largest === 0 ? 1 : Math.max(largest * 0.1, 1e-300);
  return [Math.max(low - half, -Number.MAX_VALUE), Math.min(high + half, Number.MAX_VALUE)];
}

function linearTicks(a: number, b: number, count: number): Tick[] {
  const rough = (b / 2 - a / 2) / (Math.max(count, 1) / 2);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((m) => m * power >= rough * 0.75) ?? 10) * power;
  if (!(step > 0) || !Number.isFinite(step)) return [a, b].map((value) => ({ value, label: String(value) }));
  const first = Math.ceil(a / step - 1e-9);
  const ticks: Tick[] = [];
  for (let i = 0; i < MOST; i += 1) {
    const value = Number(((first + i) * step).toPrecision(15)) + 0;
    if (!(value <= Math.min(b + step * 1e-9, Number.MAX_VALUE))) break;
    ticks.push({ value, label: numberLabel(value, step, Math.max(Math.abs(a), Math.abs(b))) });
  }
  return ticks;
}

function numberLabel(value: number, step: number, largest: number): string {
  if (value === 0) return '0';
  if (largest >= 1e6 || largest < 1e-3) {
    const digits = Math.floor(Math.log10(Math.abs(value))) - Math.floor(Math.log10(step) + 1e-9);
    return value.toExponential(Math.max(0, Math.min(digits, 11))).replace('e+', 'e');
  }
  return value.toFixed(Math.max(0, Math.min(20, -Math.floor(Math.log10(step) + 1e-9))));
}

function logTicks(a: number, b: number, count: number): Tick[] {
  const from = Math.ceil(Math.log10(a) - 1e-9);
  const to = Math.floor(Math.log10(b) + 1e-9);
  // Less than two decades: the marks of the linear scale say more.
  if (to - from < 1) return linearTicks(a, b, count).filter(({ value }) => value > 0);
  const every = Math.max(1, Math.ceil((to - from + 1) / Math.max(count, 1)));
  const ticks: Tick[] = [];
  // Where decades are wide, 2 and 5 are marked between them.
  const between = (to - from + 1) * 3 <= count * 1.5 ? [1, 2, 5] : [1];
  for (let power = from - 1; power <= to; power += 1)
    for (const digit of (power - from) % every === 0 ? between : []) {
      const value = Number(`${digit}e${power}`);
      if (value < a * (1 - 1e-9) || value > b * (1 + 1e-9)) continue;
      ticks.push({ value, label: power >= -3 && power <= 5 ? String(value) : `${digit}e${power}` });
    }
  return ticks;
}

function timeTicks(a: number, b: number, count: number): Tick[] {
  const rough = (b - a) / Math.max(count, 1);
  const step = STEPS.find((ms) => ms >= rough);
  const values: number[] = [];
  if (step !== undefined) {
    for (let at = Math.ceil(a / step) * step; at <= b && values.length < MOST; at += step) values.push(at);
    return values.map((value) => ({ value, label: timeLabel(value, step) }));
  }
  const months = rough / (30.44 * DAY);
  const years = months / 12;
  const power = 10 ** Math.floor(Math.log10(Math.max(years, 1)));
  const every =
    [1, 3, 6].find((m) => m >= months) ?? 12 * ([1, 2, 5, 10].find((m) => m * power >= years) ?? 10) * power;
  const start = new Date(a);
  const first = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / every) * every;
  for (let i = 0; i < MOST; i += 1) {
    const date = new Date(0);
    date.setUTCFullYear(0, first + i * every, 1);
    if (!(date.getTime() <= b)) break;
    if (date.getTime() >= a) values.push(date.getTime());
  }
  return values.map((value) => ({
    value,
    label: new Date(value).toISOString().slice(0, every >= 12 ? -20 : -17),
  }));
}

function timeLabel(value: number, step: number): string {
  const iso = new Date(value).toISOString();
  if (step >= DAY) return iso.slice(0, -14);
  const isMidnight = value % DAY === 0;
  if (step >= 60_000) return isMidnight ? iso.slice(-19, -14) : iso.slice(-13, -8);
  return step >= 1000 ? iso.slice(-13, -5) : iso.slice(-10, -1);
}
