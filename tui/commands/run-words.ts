import { isFlowFile } from '../flow-file.ts';
import { parseSize } from '../plain/size.ts';
import { UsageError } from '../usage.ts';
import { type InspectWords, inspectWords } from './inspect-words.ts';
import { optionsFor, type RunCommand, type RunOption, type RunOptionName } from './run-options.ts';

/** An option that `flow run` itself does not know: a parameter of a flow that is not loaded yet. */
export interface GivenParameter {
  /** As it was written, dashes included: `--num_components`. */
  readonly option: string;
  /** Undefined when no word followed that could be one. */
  readonly value: string | undefined;
}

/** The words after `flow run`, `flow resume` or `flow spin`, sorted. */
export interface RunWords {
  readonly command: RunCommand;
  readonly file: string | undefined;
  /** What to spin. */
  readonly address: string | undefined;
  /** Which code to spin. */
  readonly code: 'current' | 'recorded' | undefined;
  readonly inspect: InspectWords | undefined;
  readonly allUsers: boolean;
  /** The step to resume from. */
  readonly step: string | undefined;
  /** The address of the run to resume. */
  readonly origin: string | undefined;
  readonly cloneOnly: boolean;
  readonly dryRun: boolean;
  readonly reuse: boolean;
  readonly help: boolean;
  readonly quiet: boolean;
  readonly tags: readonly string[];
  readonly maxWorkers: number | undefined;
  readonly maxNumSplits: number | undefined;
  /** In bytes. */
  readonly maxLogSize: number | undefined;
  readonly runIdFile: string | undefined;
  readonly store: string | undefined;
  /** Files of configs, by name as given. */
  readonly configFiles: Readonly<Record<string, string>>;
  /** Values of configs as JSON, by name as given. */
  readonly configs: Readonly<Record<string, string>>;
  readonly parameters: readonly GivenParameter[];
}

/**
 * Sorts the words after `flow run` or `flow resume`. Which parameters there are is known only when the flow has been loaded, so options that
 * are not ours are collected: a word after one is its value, unless it begins with `--`. After a `--` all are names. Throws UsageError.
 */
export function readRunWords(words: readonly string[], command: RunCommand = 'run'): RunWords {
  const given = sort(words, command);
  return {
    command,
    file: fileOf(given),
    address: given.address,
    code: codeOf(given.own),
    inspect: inspectWords(given.own),
    allUsers: given.own.has('all-users'),
    step: given.step,
    origin: single(given.own, 'origin-run-id'),
    cloneOnly: given.own.has('clone-only'),
    dryRun: given.own.has('dry-run'),
    reuse: given.own.has('reuse'),
    help: given.own.has('help'),
    quiet: given.own.has('quiet'),
    tags: given.own.get('tag')?.map(checkTag) ?? [],
    maxWorkers: count(given.own, 'max-workers'),
    maxNumSplits: count(given.own, 'max-num-splits'),
    maxLogSize: size(given.own, 'max-log-size'),
    runIdFile: single(given.own, 'run-id-file'),
    store: single(given.own, 'store'),
    ...configWords(given.own),
    parameters: given.parameters,
  };
}

interface Sorted {
  readonly command: RunCommand;
  address: string | undefined;
  file: string | undefined;
  step: string | undefined;
  readonly own: Map<RunOptionName, string[]>;
  readonly parameters: GivenParameter[];
}

function sort(words: readonly string[], command: RunCommand): Sorted {
  const sorted: Sorted = {
    ...{ command, address: undefined, file: undefined, step: undefined },
    ...{ own: new Map(), parameters: [] },
  };
  const rest = [...words];
  let areNames = false;
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--' && sorted.file === undefined && rest.length > 0) areNames = true;
    else if (areNames) takeName(word, sorted);
    else if (word === '--') throw unexpected(word, sorted);
    else if (word.startsWith('--')) takeOption(word, rest, sorted);
    else if (word.startsWith('-') && word !== '-') takeShort(word, sorted);
    else takeName(word, sorted);
  }
  return sorted;
}

function takeName(word: string, sorted: Sorted): void {
  if (sorted.command === 'spin' && sorted.address === undefined) sorted.address = word;
  else if (sorted.file === undefined) sorted.file = word;
  else if (sorted.command === 'resume' && sorted.step === undefined) sorted.step = word;
  else throw unexpected(word, sorted);
}

function takeOption(word: string, rest: string[], sorted: Sorted): void {
  const equals = word.indexOf('=');
  const option = equals < 0 ? word : word.slice(0, equals);
  const inline = equals < 0 ? undefined : word.slice(equals + 1);
  const own = optionsFor(sorted.command).find(({ name }) => fold(name) === fold(option));
  if (!own) {
    sorted.parameters.push({ option, value: inline ?? nextValue(rest) });
    return;
  }
  const name = own.name as RunOptionName;
  const values = sorted.own.get(name) ?? [];
  const value = ownValue(own, inline, rest);
  sorted.own.set(name, [...values, ...(isNamed(own) ? namedValue(own, value, rest) : [value])]);
}

/** `--config NAME FILE` takes two words, or NAME=FILE. */
const isNamed = ({ value }: RunOption): boolean => value?.includes(' ') ?? false;

function namedValue({ name, value }: RunOption, first: string, rest: string[]): [string, string] {
  const equals = first.indexOf('=');
  if (equals > 0) return [first.slice(0, equals), first.slice(equals + 1)];
  const second = nextValue(rest);
  if (second !== undefined) return [first, second];
  throw new UsageError(
    `The option --${name} takes two words, --${name} ${value}, but was given only ${first}.`,
  );
}

function configWords(own: Sorted['own']): Pick<RunWords, 'configFiles' | 'configs'> {
  const read = (option: 'config' | 'config-value', others: ReadonlySet<string>): Map<string, string> => {
    const words = own.get(option) ?? [];
    const byName = new Map<string, string>();
    const seen = new Set<string>();
    for (let at = 0; at < words.length; at += 2) {
      const [name = '', value = ''] = words.slice(at, at + 2);
      if (others.has(fold(name)))
        throw new UsageError(
          `The config ${name} was given both with --config and with --config-value. Give one of the two.`,
        );
      if (seen.has(fold(name))) throw new UsageError(`The config ${name} was given more than once.`);
      seen.add(fold(name));
      byName.set(name, value);
    }
    return byName;
  };
  const files = read('config', new Set());
  const values = read('config-value', new Set([...files.keys()].map(fold)));
  return { configFiles: Object.fromEntries(files), configs: Object.fromEntries(values) };
}

function ownValue(option: RunOption, inline: string | undefined, rest: string[]): string {
  if (option.value === undefined) {
    if (inline === undefined) return '';
    throw new UsageError(
      `The option --${option.name} takes no value, but was given ${JSON.stringify(inline)}.`,
    );
  }
  // What follows may be a FILE.
  if (option.alone) return inline ?? '';
  const value = inline ?? nextValue(rest);
  if (value !== undefined) return value;
  throw new UsageError(`The option --${option.name} needs a value: --${option.name} ${option.value}.`);
}

/** Takes the next word when it is a value. A value that begins with `--` has to be given as `--name=--value`. */
function nextValue(rest: string[]): string | undefined {
  const [next] = rest;
  return next === undefined || next.startsWith('--') || next === '-h' ? undefined : rest.shift();
}

function takeShort(word: string, sorted: Sorted): void {
  if (word !== '-h') {
    const command = `flow ${sorted.command}`;
    throw new UsageError(`Unknown option ${word}. Options of ${command} begin with two dashes.`, [
      `${command} --help lists them.`,
    ]);
  }
  sorted.own.set('help', ['']);
}

function unexpected(word: string, { command, address, file, step }: Sorted): UsageError {
  const takes = TAKES[command];
  const after = step ?? file ?? address ?? `flow ${command}`;
  const message = `Unexpected word ${JSON.stringify(word)} after ${after}: flow ${command} takes ${takes}.`;
  return new UsageError(message, ['Parameters are given as --name VALUE.']);
}

const TAKES: Readonly<Record<RunCommand, string>> = {
  run: 'one FILE',
  resume: 'one FILE and at most one STEP',
  spin: 'one ADDRESS and at most one FILE',
};

/** `--max-workers`, `--max_workers` and `--maxWorkers` are one option, as the spellings of a parameter are. */
const fold = (name: string): string => name.replace(/[-_]/g, '').toLowerCase();

function single(own: Sorted['own'], name: RunOptionName): string | undefined {
  const [value, other] = own.get(name) ?? [];
  if (other !== undefined) throw new UsageError(`The option --${name} was given more than once.`);
  if (value === '') throw new UsageError(`The option --${name} was given an empty value.`);
  return value;
}

function codeOf(own: Sorted['own']): RunWords['code'] {
  const value = single(own, 'code');
  if (value === 'current' || value === 'recorded') return value;
  if (value === undefined || isFlowFile(value)) return undefined;
  throw new UsageError(
    `The option --code takes current, recorded or a FILE, but was given ${JSON.stringify(value)}.`,
  );
}

/** `--code FILE` names the file as FILE does. */
function fileOf({ file, own }: Sorted): string | undefined {
  const code = single(own, 'code');
  if (code === undefined || codeOf(own) !== undefined) return file;
  if (file === undefined) return code;
  throw new UsageError(`Two files were given, ${file} and --code ${code}. Give one of them.`);
}

function size(own: Sorted['own'], name: RunOptionName): number | undefined {
  const text = single(own, name);
  if (text === undefined) return undefined;
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  throw new UsageError(
    `The option --${name} takes a size from 1 kB such as 100MB, 1.5G or 10 (MB), but was given ${JSON.stringify(text)}.`,
  );
}

function count(own: Sorted['own'], name: RunOptionName): number | undefined {
  const text = single(own, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new UsageError(
    `The option --${name} takes a whole number from 1, but was given ${JSON.stringify(text)}.`,
  );
}

function checkTag(tag: string): string {
  const { length } = [...tag];
  if (length > 0 && length <= LONGEST_TAG) return tag;
  const problem = tag === '' ? 'an empty one' : `one of ${length}`;
  throw new UsageError(`A tag has 1 to ${LONGEST_TAG} characters, but --tag was given ${problem}.`);
}

/** As in Metaflow. */
const LONGEST_TAG = 500;
