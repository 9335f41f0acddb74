/** Signs that need more than ASCII, and their stand-ins. */
export interface Glyphs {
  readonly ok: string;
  readonly failed: string;
  readonly stopped: string;
  readonly running: string;
  /** Has not begun. */
  readonly waiting: string;
  readonly arrow: string;
  readonly ellipsis: string;
  readonly bar: string;
  readonly barFull: string;
  readonly barEmpty: string;
  readonly dot: string;
  readonly spinner: readonly string[];
}

const UNICODE: Glyphs = {
  ok: '✔',
  failed: '✘',
  stopped: '■',
  running: '●',
  waiting: '·',
  arrow: '→',
  ellipsis: '…',
  bar: '│',
  barFull: '━',
  barEmpty: '─',
  dot: '·',
  spinner: [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'],
};

const ASCII: Glyphs = {
  ok: 'ok',
  failed: 'FAIL',
  stopped: 'STOP',
  running: 'run',
  waiting: '-',
  arrow: '=>',
  ellipsis: '...',
  bar: '|',
  barFull: '#',
  barEmpty: '.',
  dot: '-',
  spinner: [...'|/-\\'],
};

/**
 * The signs a terminal's locale can show. Without any locale a Unix system is in the C locale, which knows ASCII; macOS and
 * Windows terminals are UTF-8 whatever the variables say.
 */
export function glyphsFor(
  environment: Readonly<Record<string, string | undefined>>,
  platform: string = process.platform,
): Glyphs {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG;
  if (!locale) return platform === 'linux' ? ASCII : UNICODE;
  return /utf-?8/i.test(locale) ? UNICODE : ASCII;
}
