const pad2 = (value: number): string => String(value).padStart(2, '0');

/** A time as people read it here: `2026-11-22 10:47:55`, local. */
export function localTime(time: Date | number): string {
  const at = new Date(time);
  const day = `${at.getFullYear()}-${pad2(at.getMonth() + 1)}-${pad2(at.getDate())}`;
  return `${day} ${pad2(at.getHours())}:${pad2(at.getMinutes())}:${pad2(at.getSeconds())}`;
}

/** The same with milliseconds, as log lines have it: `2026-11-22 10:47:55.006`. */
export const localTimeExact = (time: number): string =>
  `${localTime(time)}.${String(new Date(time).getMilliseconds()).padStart(3, '0')}`;

/** A duration for people: `4 ms`, `1.2 s`, `3 min 05 s`, `2 h 07 min`. */
export function duration(milliseconds: number): string {
  const all = Math.max(0, milliseconds);
  if (all < 1000) return `${Math.round(all)} ms`;
  if (all < 59_950) return `${(all / 1000).toFixed(1)} s`;
  const seconds = Math.round(all / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${pad2(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${pad2(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${pad2(hours % 24)} h`;
}

/** A duration somebody chose, as short as it can be said: `2 min`, `90 s` as `1 min 30 s`, `1.5 s`. */
export const shortDuration = (milliseconds: number): string =>
  duration(milliseconds)
    .replace(/\.0 s$/, ' s')
    .replace(/ 00 (?:s|min|h)$/, '')
    .replace(/ 0(\d)/, ' $1');

/** How long ago something was, for people: `12 s ago`, `3 min ago`, `5 d ago`. */
export function ago(milliseconds: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ] as const;
  for (const [size, unit] of units) {
    if (milliseconds >= size) return `${Math.floor(milliseconds / size)} ${unit} ago`;
  }
  return `${Math.max(0, Math.floor(milliseconds / 1000))} s ago`;
}

/** A duration for programs: seconds with three decimals. */
export const seconds = (milliseconds: number): string => (Math.max(0, milliseconds) / 1000).toFixed(3);

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A number of bytes for people, in powers of 1000: `512 B`, `1.5 MB`. */
export function bytes(count: number): string {
  let scaled = count;
  let unit = 0;
  // 999.5 would be rounded to 1000.
  while (scaled >= 999.5 && unit < UNITS.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${unit === 0 || scaled >= 9.95 ? Math.round(scaled) : scaled.toFixed(1)} ${UNITS[unit]}`;
}

/** What a run stored: `252 MB, 240 MB already stored; 12 MB written to disk (with metadata)`; undefined when nothing, or not counted. */
export function storedText({
  logicalBytes = 0,
  knownBytes = 0,
  newBytes = 0,
}: StoredBytes): string | undefined {
  if (logicalBytes === 0) return undefined;
  const known = knownBytes === 0 ? 'none' : knownBytes === logicalBytes ? 'all' : bytes(knownBytes);
  return `${bytes(logicalBytes)}, ${known} already stored; ${bytes(newBytes)} written to disk (with metadata)`;
}

/** The bytes of the totals of a run. */
interface StoredBytes {
  readonly logicalBytes?: number;
  readonly knownBytes?: number;
  readonly newBytes?: number;
}

/** `1 task`, `3 tasks`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** Names for a sentence: the first ten, and how many more of `all` there are. */
export function listing(names: readonly string[], most = 10, all = names.length): string {
  if (all === 0) return 'none';
  const more = all - Math.min(most, names.length);
  return names.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
