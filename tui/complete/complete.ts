import { readdirSync } from 'node:fs';
import { PLOT_KINDS, TABLE_FORMATS } from '#client';
import { ROW_FORMATS } from '../commands/send-rows.ts';
import { addresses, flowNames, type Where } from './addresses.ts';
import { splitLine } from './split-line.ts';

/** What completion needs to know of a command. */
export interface Command {
  name(): string;
  readonly commands: readonly Command[];
  readonly options: readonly {
    readonly long?: string | undefined;
    readonly short?: string | undefined;
    /** Whether a word has to follow it. */
    readonly required: boolean;
  }[];
}

/** What may stand for the word being typed at the end of a command line, which begins with the name of the command. Reads little and changes nothing. */
export function completions(line: string, program: Command): string[] {
  const [, ...words] = splitLine(line);
  const typed = words.pop() ?? '';
  const found = candidates(words, typed, program);
  return [...new Set(found.filter((one) => one.startsWith(typed)))];
}

function candidates(words: readonly string[], typed: string, program: Command): string[] {
  const [name, ...rest] = words;
  if (name === undefined)
    return [...program.commands.map((one) => one.name()), 'help', '--help', '--version'];
  if (name === 'help') return program.commands.map((one) => one.name());
  const top = program.commands.find((one) => one.name() === name);
  if (!top) return [];
  const inner = top.commands.find((one) => one.name() === rest[0]);
  if (top.commands.length > 0 && !inner) return top.commands.map((one) => one.name());
  const command = inner ?? top;
  const given = inner ? rest.slice(1) : rest;
  const before = given.at(-1);
  const option =
    before === undefined
      ? undefined
      : command.options.find((one) => one.long === before || one.short === before);
  if (option?.required) return valuesOf(option.long ?? '', name, typed);
  if (typed.startsWith('-')) return [...command.options.flatMap(({ long }) => long ?? []), '--help'];
  return argumentsOf({ name, given, typed });
}

const FORMATS: Readonly<Record<string, readonly string[]>> = {
  runs: ['table', 'tsv', 'csv', 'md', 'json', 'arrow', 'parquet'],
  export: TABLE_FORMATS,
  compare: ROW_FORMATS,
  query: ROW_FORMATS,
};

function valuesOf(option: string, command: string, typed: string): string[] {
  switch (option) {
    case '--format':
      return [...(FORMATS[command] ?? [])];
    case '--kind':
      return [...PLOT_KINDS];
    case '--log':
      return ['x', 'y', 'xy'];
    case '--store':
    case '--output':
    case '--html':
    case '--run-id-file':
      return files(typed, () => true);
    default:
      return [];
  }
}

interface Asked {
  readonly name: string;
  /** The words after the command. */
  readonly given: readonly string[];
  readonly typed: string;
}

const isFlowFile = (name: string): boolean => /\.[cm]?[jt]sx?$/.test(name) && !/\.d\.[cm]?ts$/.test(name);

function argumentsOf({ name, given, typed }: Asked): string[] {
  const where: Where = { store: wordAfter('--store', given), allUsers: given.includes('--all-users') };
  switch (name) {
    case 'init':
      return files(typed, () => false);
    case 'run':
    case 'resume':
    case 'check':
      return files(typed, isFlowFile);
    case 'runs':
    case 'gc':
      return flowNames(where);
    case 'completion':
      return ['bash', 'zsh', 'fish'];
    case 'fsck':
    case 'query':
      return [];
    case 'show':
    case 'spin':
      return [...files(typed, isFlowFile), ...addresses(typed, where)];
    default:
      return addresses(typed, where);
  }
}

function wordAfter(option: string, words: readonly string[]): string | undefined {
  const at = words.lastIndexOf(option);
  return at < 0 ? undefined : words[at + 1];
}

/** Folders, and files that are wanted, beside what has been typed. */
function files(typed: string, isWanted: (name: string) => boolean): string[] {
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true }).flatMap((entry) => {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
      if (entry.isDirectory()) return [`${folder}${entry.name}/`];
      return isWanted(entry.name) ? [`${folder}${entry.name}`] : [];
    });
  } catch {
    return [];
  }
}
