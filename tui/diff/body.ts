import {
  type ArrayDetail,
  type BytesDetail,
  type Change,
  changedWords,
  type JsonDetail,
  type JsonOperation,
  printPath,
  type RowChange,
  type TableDetail,
  type TextDetail,
  type Words,
} from '#client';
import type { Output } from '../output.ts';
import type { Brush } from '../plain/paint.ts';
import { joined, type Text, text } from '../plain/text.ts';
import { cutEnd, cutMiddle, pad } from '../plain/width.ts';
import { formText, numberText } from './value-text.ts';

/** The lines below the one that names a change; none when that says all. */
export function bodyOf({ kind, status, detail }: Change, output: Output): Text[] {
  if (status === 'T' || detail === undefined) return [];
  switch (kind) {
    case 'text':
    case 'code':
      return hunkLines((detail as TextDetail).hunks, output);
    case 'json':
      return (detail as JsonDetail).operations.map((operation) => operationLine(operation, output));
    case 'array':
      return arrayLines(detail as ArrayDetail, output);
    case 'table':
      return tableLines(detail as TableDetail, output);
    case 'bytes':
    case 'file':
      return fileLines(detail as BytesDetail, output);
    default:
      return [];
  }
}

function fileLines({ members, dimensions, text: lines }: BytesDetail, output: Output): Text[] {
  const { paint, glyphs } = output;
  const [before = '', after = ''] = (dimensions ?? []).map((size) =>
    size ? size.join(' x ') : 'no picture',
  );
  return [
    ...(dimensions ? [text`${before} ${glyphs.arrow} ${after} pixels`] : []),
    ...(members?.added ?? []).map((name) => paint.good(`+ ${name}`)),
    ...(members?.removed ?? []).map((name) => paint.bad(`- ${name}`)),
    ...(members?.changed ?? []).map((name) => text`${paint.warn('~')} ${name}`),
    ...(lines ? hunkLines(lines.hunks, output) : []),
  ];
}

/** A terminal as wide as this shows both sides beside each other. */
const WIDE = 140;

function hunkLines(hunks: string, output: Output): Text[] {
  const { paint } = output;
  if (output.isTerminal && output.columns >= WIDE) return linesBeside(hunks, output);
  const lines = hunks.split('\n').slice(0, -1);
  const drawn: Text[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as string;
    if (line.startsWith('-')) {
      const removed = stretch(lines, at, '-');
      const added = stretch(lines, at + removed.length, '+');
      drawn.push(...changedLines(removed, added, output));
      at += removed.length + added.length;
      continue;
    }
    if (line.startsWith('+')) drawn.push(paint.good(line));
    else if (/^[@\\]/.test(line)) drawn.push(paint.faint(line));
    else drawn.push(text`${line}`);
    at += 1;
  }
  return drawn;
}

/** The old lines on the left, the new ones on the right. */
function linesBeside(hunks: string, output: Output): Text[] {
  const { paint, glyphs, columns } = output;
  const width = Math.floor((columns - 4 - 3) / 2);
  const fit = (line: Text | string): Text => pad(cutEnd(text`${line}`, width, glyphs.ellipsis), width);
  const row = (left: Text | string, right: Text | string): Text =>
    text`${fit(left)} ${paint.faint(glyphs.bar)} ${cutEnd(text`${right}`, width, glyphs.ellipsis)}`;
  const lines = hunks.split('\n').slice(0, -1);
  const drawn: Text[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as string;
    if (!/^[-+]/.test(line)) {
      drawn.push(line.startsWith(' ') ? row(line, line) : paint.faint(line));
      at += 1;
      continue;
    }
    const removed = stretch(lines, at, '-');
    const added = stretch(lines, at + removed.length, '+');
    const all = changedLines(removed, added, output);
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1) {
      const left = index < removed.length ? all[index] : undefined;
      const right = index < added.length ? all[removed.length + index] : undefined;
      drawn.push(row(left ?? '', right ?? ''));
    }
    at += removed.length + added.length;
  }
  return drawn;
}

/** The lines from a position on that begin with a sign. */
function stretch(lines: readonly string[], from: number, sign: string): string[] {
  const end = lines.findIndex((line, index) => index >= from && !line.startsWith(sign));
  return lines.slice(from, end < 0 ? lines.length : end);
}

/** As many lines removed as added: each became the other, and the words that differ stand out. */
function changedLines(removed: readonly string[], added: readonly string[], { paint }: Output): Text[] {
  const isPaired = removed.length === added.length;
  const pairs = removed.map((line, index) =>
    isPaired ? changedWords(line.slice(1), added[index]?.slice(1) ?? '') : undefined,
  );
  const drawn = (lines: readonly string[], side: 'a' | 'b', brush: Brush) =>
    lines.map((line, index) => {
      const words = pairs[index]?.[side];
      return words ? brush(text`${line.slice(0, 1)}${wordsText(words, paint.strong)}`) : brush(line);
    });
  return [...drawn(removed, 'a', paint.bad), ...drawn(added, 'b', paint.good)];
}

const wordsText = (words: readonly Words[], strong: Brush): Text =>
  joined(
    words.map(({ text: part, isChanged }) => (isChanged ? strong(part) : part)),
    '',
  );

function operationLine({ op, path, from, old, value }: JsonOperation, output: Output): Text {
  const { paint, glyphs } = output;
  const where = wayOf(path);
  const shown = (form: unknown): string => fitted(formText(form), output);
  switch (op) {
    case 'add':
      return paint.good(text`+ ${where}  ${shown(value)}`);
    case 'remove':
      return paint.bad(text`- ${where}  ${shown(old)}`);
    case 'move':
      return text`${paint.warn('>')} ${wayOf(from ?? '')} ${glyphs.arrow} ${from === path ? 'the end' : wayOf(path)}`;
    default:
      return text`${paint.warn('~')} ${where}  ${paint.bad(shown(old))} ${glyphs.arrow} ${paint.good(shown(value))}`;
  }
}

/** A JSON pointer as an address goes on after the artifact: `#opt.lr`, `#layers[1].units`. */
function wayOf(pointer: string): string {
  const keys = pointer.split('/').slice(1);
  const path = keys.map((key) => (INDEX.test(key) ? Number(key) : unescaped(key)));
  return `#${printPath(path)}`;
}

/** A position in a list, as RFC 6901 writes it. */
const INDEX = /^(?:0|[1-9]\d{0,14})$/;

/** A key of a pointer as it was before RFC 6901 escaped it. */
const unescaped = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~');

/** A program gets all of a value, a person as much as a line holds. */
const fitted = (value: string, { isTerminal, columns, glyphs }: Output): string =>
  isTerminal ? String(cutMiddle(value, Math.max(20, Math.floor(columns / 3)), glyphs.ellipsis)) : value;

function arrayLines({ a, b, top }: ArrayDetail, output: Output): Text[] {
  const names = ['min', 'p50', 'mean', 'max', 'std', 'nan'] as const;
  const rows = [
    ['', ...names],
    ['a', ...names.map((name) => numberText(a[name]))],
    ['b', ...names.map((name) => numberText(b[name]))],
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padStart(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const { paint, glyphs } = output;
  const changes = top.map(
    ({ index, a: before, b: after }) =>
      text`${`[${index}]`}  ${paint.bad(numberText(before))} ${glyphs.arrow} ${paint.good(numberText(after))}`,
  );
  return [...lines.map((line, index) => (index === 0 ? paint.faint(line) : text`${line}`)), ...changes];
}

function tableLines({ sample, schema, keyProblem }: TableDetail, output: Output): Text[] {
  const { paint } = output;
  const of = (names: readonly string[]) => names.map((name) => (name === '' ? 'the table' : name)).join(', ');
  return [
    ...(keyProblem === undefined ? [] : [text`${paint.warn(keyProblem)}`]),
    ...(schema?.reordered ? [text`columns in another order`] : []),
    ...(schema && schema.nullable.length > 0 ? [text`nulls allowed or not in ${of(schema.nullable)}`] : []),
    ...(schema && schema.metadata.length > 0 ? [text`other metadata of ${of(schema.metadata)}`] : []),
    ...sample.map((row) => rowLine(row, output)),
  ];
}

function rowLine({ op, at, key, a = {}, b = {} }: RowChange, output: Output): Text {
  const { paint, glyphs, isTerminal, columns } = output;
  const cell = (form: unknown) => (typeof form === 'string' ? form : formText(form));
  const cells = (row: Readonly<Record<string, unknown>>) =>
    Object.entries(row).map(([name, value]) => `${name}=${cell(value)}`);
  const named = key ? cells(key).join(' ') : `row ${at[0] ?? at[1]}`;
  const changes = Object.keys(b).map((name) => `${name}=${cell(a[name])} ${glyphs.arrow} ${cell(b[name])}`);
  const lines = {
    added: paint.good(`+ ${cells(b).join('  ')}`),
    removed: paint.bad(`- ${cells(a).join('  ')}`),
    changed: text`${paint.warn('~')} ${named}  ${changes.join('  ')}`,
  };
  return isTerminal ? cutEnd(lines[op], Math.max(20, columns - 4), glyphs.ellipsis) : lines[op];
}
