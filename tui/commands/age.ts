import { UsageError } from '../usage.ts';

const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** An age as it is written on the command line (`90s`, `30min`, `12h`, `30d`, `8w`, `0`), in milliseconds. */
export function parseAge(option: string, text: string): number {
  const [, count, unit = 's'] = /^(\d+(?:\.\d+)?)(s|min|h|d|w)?$/.exec(text) ?? [];
  const scale = UNITS[unit];
  if (
    count === undefined ||
    scale === undefined ||
    (unit === 's' && !text.endsWith('s') && Number(count) > 0)
  ) {
    throw new UsageError(
      `--${option} takes an age such as 12h, 30d or 8w, but was given ${JSON.stringify(text)}.`,
    );
  }
  return Number(count) * scale;
}

/** A count as it is written on the command line. */
export function parseCount(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--${option} takes a whole number from 0, but was given ${JSON.stringify(text)}.`);
}
