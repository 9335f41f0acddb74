import type { Environment } from './output.ts';
import { UsageError } from './usage.ts';

/** What the options that every command takes ask for. */
export interface Globals {
  /** The command line without them. */
  readonly words: readonly string[];
  /** The environment as they change it. */
  readonly environment: Environment;
  /** Width that is written for, in columns. */
  readonly columns: number | undefined;
  /** What is wrong with them. */
  readonly problem: UsageError | undefined;
}

/** A flow may have parameters of these names: here they stand before the command. */
const RUNS = new Set(['run', 'resume', 'spin']);
const WHEN = ['auto', 'always', 'never'];

/**
 * Takes `--width N`, `--ascii`, `--no-pager` and `--color auto|always|never` from a command line, wherever they stand; of `flow run`, `resume` and `spin` only those before the
 * command. `flow plot` has a width and a colour of its own. `--json` before a command is that of the command.
 */
export function globalOptions(words: readonly string[], environment: Environment): Globals {
  const rest: string[] = [];
  const changes: Record<string, string | undefined> = {};
  let columns: number | undefined;
  let problem: UsageError | undefined;
  let isJson = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const command = rest.find((one) => !one.startsWith('-'));
    if (word === '--' || (command !== undefined && RUNS.has(command))) {
      rest.push(...words.slice(at));
      break;
    }
    if (word === '--json' && command === undefined) {
      isJson = true;
      continue;
    }
    if (word === '--no-pager') {
      Object.assign(changes, { FLOW_PAGER: '' });
      continue;
    }
    const [, name, inline] = /^--(width|ascii|color)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined || (name !== 'ascii' && command === 'plot')) {
      rest.push(word);
      continue;
    }
    if (name === 'ascii') {
      Object.assign(changes, { LC_ALL: 'C', LC_CTYPE: 'C', LANG: 'C' });
      continue;
    }
    const value = inline ?? words[++at];
    if (name === 'width') {
      columns = Number(value);
      if (!(Number.isSafeInteger(columns) && columns >= 20)) {
        problem ??= new UsageError(`--width takes a whole number from 20, but was given ${shown(value)}.`);
        columns = undefined;
      }
    } else if (value === 'always') Object.assign(changes, { FORCE_COLOR: '1', NO_COLOR: undefined });
    else if (value === 'never') Object.assign(changes, { NO_COLOR: '1' });
    else if (value !== 'auto')
      problem ??= new UsageError(`--color takes one of ${WHEN.join(', ')}, but was given ${shown(value)}.`);
  }
  // Each command has an option of its own for it.
  if (isJson) rest.push('--json');
  return { words: rest, environment: { ...environment, ...changes }, columns, problem };
}

const shown = (value: string | undefined): string =>
  value === undefined ? 'nothing' : JSON.stringify(value);
