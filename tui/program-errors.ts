import { TAG } from './commands/tag-commands.ts';
import { isFlowFile } from './flow-file.ts';
import { UsageError } from './usage.ts';

/** What of an error of commander matters here. */
interface WordsError {
  readonly code: string;
  readonly message: string;
}

/** What commander says of a command line, `error: unknown option '--foo'\n(Did you mean --bar?)`, as one of our own errors. */
export function usageErrorOf(error: WordsError, words: readonly string[]): UsageError {
  const text = error.message.replace(/^error: /, '').replace(/\s*\n\((.*)\)$/, '. $1');
  const message = ended(`${text.charAt(0).toUpperCase()}${text.slice(1)}`);
  const [command = '', action = ''] = words;
  if (command === 'tag') return tagError(error, message, action);
  if (error.code === 'commander.help') {
    return new UsageError(`Unknown command '${action}'.`, ['flow --help']);
  }
  if (error.code !== 'commander.unknownCommand') return new UsageError(message, [`flow ${command} --help`]);
  return new UsageError(message, [isFlowFile(command) ? `flow run ${command}` : 'flow --help']);
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
