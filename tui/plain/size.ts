/** Bytes of the units a size may have, in lower case; a number alone counts megabytes, as in Metaflow. */
const UNITS: Readonly<Record<string, number>> = {
  '': 1e6,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

/** The smallest size that makes sense, in bytes. */
const LEAST = 1000;

/** Bytes that a text such as `100MB`, `1.5G`, `512 KiB` or `10` (megabytes) means; undefined when it means none, or fewer than 1,000. */
export function parseSize(text: string): number | undefined {
  const [, number = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?\s*$/i.exec(text) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  const bytes = number === '' || factor === undefined ? Number.NaN : Math.round(Number(number) * factor);
  return Number.isSafeInteger(bytes) && bytes >= LEAST ? bytes : undefined;
}
