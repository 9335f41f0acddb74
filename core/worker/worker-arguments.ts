/** Options of node that are about the script it was given, not about how code runs: a worker has a script of its own. */
const SCRIPT_OPTIONS =
  /^(-[ceip]|-pe|--(eval|print|check|interactive|input-type|run|inspect.*|watch.*|test.*|experimental-test.*))(=|$)/;

/** Options that load something first. */
const PRELOADS = /^(-r|--require|--import|--loader|--experimental-loader)(=|$)/;

/**
 * Options to start a worker with, out of those this process was started with. A flow reaches a worker compiled, so tsx, which
 * loaded it here, is left out there; it would cost each worker more than a short run takes. With `keepLoaders` it stays:
 * the worker's own module is not compiled.
 */
export function workerArguments(words: readonly string[], keepLoaders: boolean): string[] {
  const kept: string[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    const next = words[i + 1];
    const takesNext = !word.includes('=') && next !== undefined && !next.startsWith('-');
    const all = takesNext ? [word, next] : [word];
    if (takesNext) i += 1;
    if (SCRIPT_OPTIONS.test(word)) continue;
    if (!keepLoaders && PRELOADS.test(word) && all.some((one) => /[\\/=]tsx([\\/]|$)|^tsx(\/|$)/.test(one)))
      continue;
    kept.push(...all);
  }
  return kept;
}
