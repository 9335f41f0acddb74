import { Scanner } from './scanner.ts';
import { printPath, scanPath, type ValuePath } from './value-path.ts';

/** Stands for every step, or for every task of a step. */
export const ANY = '*';

/** Which run of a flow: a kind of run or the beginning of an id, then how many runs to go back from there. */
export type RunSelector =
  /** `ok`: the latest that succeeded. `failed`: the latest that failed or crashed. */
  | { readonly at: 'latest' | 'ok' | 'failed'; readonly back: number }
  | { readonly at: 'tag'; readonly tag: string; readonly back: number }
  /** `id` may be cut to any unambiguous prefix. */
  | { readonly at: 'id'; readonly id: string; readonly back: number };

/** What is meant within the run. Step, task and the name of a parameter or constant may be {@link ANY}. */
export type Target =
  | { readonly kind: 'run' }
  | { readonly kind: 'step'; readonly step: string }
  | { readonly kind: 'task'; readonly step: string; readonly task: string }
  | { readonly kind: 'artifact'; readonly step: string; readonly task: string; readonly name: string }
  | { readonly kind: 'parameters' | 'constants'; readonly name: string };

/** A parsed address: `Flow/run/step/task/artifact#path` and its short forms. */
export interface Address {
  readonly flow: string;
  readonly run: RunSelector;
  readonly target: Target;
  /** The way into the artifact's value; empty unless the target is one. */
  readonly path: ValuePath;
}

/** The two ends of `A..B`. */
export interface AddressRange {
  readonly from: Address;
  readonly to: Address;
}

const EXAMPLE = 'ForeachFlow/latest/join/0/results#[-1]';
const RANGE_EXAMPLE = 'ForeachFlow~1..ForeachFlow';

const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$]*/uy;
const RUN = /latest(?![\w-])|\d[0-9A-Za-z]*(?:-[0-9A-Za-z]+)*-?/y;
const TASK = /\d+(?:\.\d+)*/y;
const TAG = /[\p{L}\p{N}_:+=,%$!&-]+(?:\.[\p{L}\p{N}_:+=,%$!&-]+)*/uy;
const COUNT = /\d+/y;

/** Reads one address. Throws {@link AddressError} naming the character where it stops being one. */
export function parseAddress(text: string): Address {
  const scanner = new Scanner(text, EXAMPLE);
  const address = scanAddress(scanner);
  if (!scanner.done) scanner.fail(continuation(address));
  return address;
}

/** Reads `A..B`; undefined when the text is a single address. Throws {@link AddressError} when it is neither. */
export function parseRange(text: string): AddressRange | undefined {
  const scanner = new Scanner(text, RANGE_EXAMPLE);
  const from = scanAddress(scanner);
  if (scanner.done) return undefined;
  if (!scanner.skip('..')) scanner.fail(`${continuation(from)} or ".."`);
  const to = scanAddress(scanner);
  if (!scanner.done) scanner.fail(continuation(to));
  return { from, to };
}

/** Reads what may stand after `Flow/run/`, such as `end/0/loss` or `parameters/lr`. Throws {@link AddressError}. */
export function parseTarget(text: string): Pick<Address, 'target' | 'path'> {
  const scanner = new Scanner(text, 'end/0/loss');
  const target = scanTarget(scanner);
  const path = scanSuffix(scanner, target);
  if (!scanner.done) scanner.fail('the end of the address');
  return { target, path };
}

/** The text of an address: parsing it gives an equal address. */
export function printAddress({ flow, run, target, path }: Address): string {
  const within = printTarget(target);
  const selected = printRun(run, within !== '');
  return printName(flow) + selected + within + (path.length > 0 ? `#${printPath(path)}` : '');
}

/** The text of a range. */
export const printRange = ({ from, to }: AddressRange): string =>
  `${printAddress(from)}..${printAddress(to)}`;

function scanAddress(scanner: Scanner): Address {
  const flow = scanName(scanner, 'the name of a flow');
  const run = scanRun(scanner, flow);
  const target: Target = scanner.skip('/') ? scanTarget(scanner) : { kind: 'run' };
  return { flow, run, target, path: scanSuffix(scanner, target) };
}

function scanRun(scanner: Scanner, flow: string): RunSelector {
  if (scanner.skip('@')) {
    const kind = scanTag(scanner);
    return { ...kind, back: scanBack(scanner) };
  }
  if (scanner.sees('~') || !scanner.skip('/')) return { at: 'latest', back: scanBack(scanner) };
  const id = scanner.take(RUN) ?? failRun(scanner, flow);
  const back = scanBack(scanner);
  return id === 'latest' ? { at: 'latest', back } : { at: 'id', id, back };
}

/** A step where the run should be: the commonest mistake, whose remedy is known. */
function failRun(scanner: Scanner, flow: string): never {
  const rest = scanner.text.slice(scanner.position);
  if (isWhole(NAME, rest.split('/', 1)[0] ?? '')) scanner.suggest(`${printName(flow)}/latest/${rest}`);
  return scanner.fail('a run id, the beginning of one, or "latest"');
}

function scanTag(scanner: Scanner): { at: 'ok' | 'failed' } | { at: 'tag'; tag: string } {
  const quoted = scanner.quoted();
  if (quoted !== undefined) return { at: 'tag', tag: quoted };
  const word =
    scanner.take(TAG) ?? scanner.fail('"ok", "failed" or a tag, in quotes when it holds other characters');
  return word === 'ok' || word === 'failed' ? { at: word } : { at: 'tag', tag: word };
}

function scanBack(scanner: Scanner): number {
  if (!scanner.skip('~')) return 0;
  const start = scanner.position;
  const back = Number(scanner.take(COUNT) ?? 1);
  return Number.isSafeInteger(back) ? back : scanner.fail('a number below 2^53', start);
}

function scanTarget(scanner: Scanner): Target {
  const word = scanner.sees('"') ? '' : scanner.take(/(?:parameters|constants)(?![\p{ID_Continue}$])/uy);
  if (word === 'parameters' || word === 'constants') {
    const singular = word.slice(0, -1);
    scanner.exemplify(`${scanner.text.slice(0, scanner.position)}/alpha`);
    if (!scanner.skip('/')) scanner.fail(`"/" and the name of a ${singular}`);
    return { kind: word, name: scanner.skip(ANY) ? ANY : scanName(scanner, `the name of a ${singular}`) };
  }
  const step = scanner.skip(ANY)
    ? ANY
    : scanName(scanner, 'the name of a step, "parameters", "constants" or "*"');
  if (!scanner.skip('/')) return { kind: 'step', step };
  const task = scanner.skip(ANY) ? ANY : (scanner.take(TASK) ?? failTask(scanner));
  if (!scanner.skip('/')) return { kind: 'task', step, task };
  return { kind: 'artifact', step, task, name: scanName(scanner, 'the name of an artifact') };
}

/** An artifact where the task should be: in Metaflow a step has the artifacts of its only task. */
function failTask(scanner: Scanner): never {
  const [before, rest] = [scanner.text.slice(0, scanner.position), scanner.text.slice(scanner.position)];
  if (isWhole(NAME, rest.split(/[/#]/, 1)[0] ?? '')) scanner.suggest(`${before}0/${rest}`);
  return scanner.fail('a task such as 0 or 2.0, or "*"');
}

function scanSuffix(scanner: Scanner, target: Target): ValuePath {
  if (!scanner.sees('#')) return [];
  if (!('name' in target))
    scanner.fail(
      `the name of an artifact before "#", which leads into its value (this names a ${target.kind})`,
    );
  scanner.skip('#');
  return scanPath(scanner);
}

function scanName(scanner: Scanner, expected: string): string {
  return scanner.quoted() ?? scanner.take(NAME) ?? scanner.fail(expected);
}

/** What may follow an address that ended too early. */
function continuation({ run, target, path }: Address): string {
  if (path.length > 0) return '".", "[" or the end of the address';
  if ('name' in target) return '"#" or the end of the address';
  if (target.kind !== 'run') return '"/" or the end of the address';
  return run.at === 'latest' && run.back === 0
    ? '"/", "~", "@" or the end of the address'
    : '"/" or the end of the address';
}

function printRun(run: RunSelector, more: boolean): string {
  const back = run.back > 0 ? `~${run.back}` : '';
  switch (run.at) {
    case 'id':
      return `/${run.id}${back}`;
    case 'tag':
      return `@${printTag(run.tag)}${back}`;
    case 'latest':
      return back || (more ? '/latest' : '');
    default:
      return `@${run.at}${back}`;
  }
}

function printTag(tag: string): string {
  return tag !== 'ok' && tag !== 'failed' && isWhole(TAG, tag) ? tag : JSON.stringify(tag);
}

function printTarget(target: Target): string {
  switch (target.kind) {
    case 'run':
      return '';
    case 'step':
      return `/${printStep(target.step)}`;
    case 'task':
      return `/${printStep(target.step)}/${target.task}`;
    case 'artifact':
      return `/${printStep(target.step)}/${target.task}/${printName(target.name)}`;
    default:
      return `/${target.kind}/${target.name === ANY ? ANY : printName(target.name)}`;
  }
}

function printStep(step: string): string {
  if (step === ANY) return step;
  return step === 'parameters' || step === 'constants' ? JSON.stringify(step) : printName(step);
}

/** A name as an address writes it: bare when it is an identifier, else as a JSON string. */
export const printName = (name: string): string => (isWhole(NAME, name) ? name : JSON.stringify(name));

function isWhole(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0;
  return pattern.exec(text)?.[0] === text;
}
