/**
 * What a task wrote without what differs from run to run: times, process ids, ids of runs, other long hexadecimal numbers, ports and temporary paths.
 * Each becomes a word in angle brackets.
 */
export function masked(log: string): string {
  return MASKS.reduce((text, [pattern, word]) => text.replace(pattern, word), log);
}

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b\d{8}-\d{6}-\d{3}[0-9a-hjkmnp-tv-z]{2}\b/g, '<run>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\b/g, '<time>'],
  [/\b\d+(?:\.\d+)? ?(?:ms|µs|us|ns|s|sec|secs|seconds|min|minutes)\b/g, '<duration>'],
  [/\b(pid|PID|process)([ =:]+)\d+/g, '$1$2<pid>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b(?:0x[0-9a-f]+|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,})\b/gi, '<id>'],
  [/(\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])):\d+/g, '$1:<port>'],
  [/(?:\/tmp|\/var\/folders|\/private\/tmp|\/var\/tmp)\/[^\s'":)]*/g, '<temporary>'],
];
