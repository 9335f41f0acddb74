import { closest } from '#client';
import { TAG } from './commands/tag-commands.ts';
import { isFlowFile } from './flow-file.ts';
import { command, pathWord } from './plain/shell.ts';
import { UsageError } from './usage.ts';

/** What of an error of commander matters here. */
interface WordsError {
  readonly code: string;
  readonly message: string;
}

/**
 * What commander says of a command line, `error: unknown option '--foo'\n(Did you mean --bar?)`, as one of our own errors. `commands` are
 * those there are.
 */
export function usageErrorOf(
  error: WordsError,
  words: readonly string[],
  commands: readonly string[],
): UsageError {
  const text = error.message.replace(/^error: /, '').replace(/\s*\n\((.*)\)$/, '. $1');
  const message = ended(`${text.charAt(0).toUpperCase()}${text.slice(1)}`);
  const [first = '', action = ''] = words;
  if (first === 'tag') return tagError(error, message, action);
  if (first.startsWith('-')) return optionFirst(message, words, commands);
  if (error.code === 'commander.help') return unknownCommand(action, commands);
  if (error.code === 'commander.unknownCommand') return unknownCommand(first, commands);
  return new UsageError(message, [command`flow ${first} --help`]);
}

function unknownCommand(word: string, commands: readonly string[]): UsageError {
  const meant = closest(word, commands);
  const message = `Unknown command '${word}'.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
  if (isFlowFile(word)) return new UsageError(message, [`flow run ${pathWord(word)}`]);
  // What begins like the name of a flow or goes on like an address.
  const isAddress = meant === undefined && /^\p{Lu}\w*(?:$|[/~@])/u.test(word);
  return new UsageError(message, [isAddress ? command`flow show ${word}` : 'flow --help']);
}

/** Options follow the command they are of. */
function optionFirst(message: string, words: readonly string[], commands: readonly string[]): UsageError {
  const at = words.findIndex((word) => commands.includes(word));
  if (at < 0) return new UsageError(message, ['flow --help']);
  const [name = ''] = words.slice(at);
  const order = [name, ...words.slice(at + 1), ...words.slice(0, at)];
  return new UsageError(`The option ${words[0]} stands before its command.`, [command`flow ${order}`]);
}

function tagError(error: WordsError, message: string, action: string): UsageError {
  if (error.code === 'commander.help') {
    const all = TAG.map(({ name }) => name).join(', ');
    return new UsageError(`flow tag needs one of ${all}.`, ['flow tag --help']);
  }
  const known = TAG.some(({ name }) => name === action);
  return new UsageError(message, [`flow tag ${known ? `${action} ` : ''}--help`]);
}

const ended = (sentence: string): string => (/[.?!]$/.test(sentence) ? sentence : `${sentence}.`);
