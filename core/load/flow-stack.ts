import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SourcePlace } from '../errors.ts';

/** What a flow file threw, as its author reads it. */
export interface FlowError {
  /** Name and message, then the frames that are the flow's own, by place in its sources. */
  readonly text: string;
  /** Where it was thrown, when the stack tells. */
  readonly place?: SourcePlace;
}

/** Reads an error that code of a compiled flow (`bundle`, its file) threw. Anything may have been thrown. */
export function flowError(error: unknown, bundle: string): FlowError {
  if (!(error instanceof Error)) return { text: String(error) };
  const lines = String(error.stack).split('\n');
  const first = lines.findIndex((line) => line.startsWith('    at '));
  const title = first < 0 ? [`${error.name}: ${error.message}`] : lines.slice(0, first);
  const frames = framesOf(lines.slice(Math.max(0, first)), bundle);
  const [top] = frames;
  return {
    text: [...title, ...frames.map(({ text }) => `    at ${text}`)].join('\n'),
    ...(top ? { place: { file: top.file, line: top.line } } : {}),
  };
}

interface Frame extends SourcePlace {
  readonly text: string;
}

const FRAME = /^ {4}at (?:(.*) \()?(.*?):(\d+):(\d+)\)?$/;

function framesOf(lines: readonly string[], bundle: string): Frame[] {
  const payload = JSON.parse(readFileSync(`${bundle}.map`, 'utf8')) as SourceMapPayload;
  const map = new SourceMap(payload);
  const sources = new Set(payload.sources.filter(isFileUrl).map((source) => fileURLToPath(source)));
  return lines.flatMap((line) => {
    const [, name, where = '', row, column] = FRAME.exec(line) ?? [];
    const at = { file: where, line: Number(row), column: Number(column) };
    // A process with source maps turned on has translated the frame already.
    const place = where === pathToFileURL(bundle).href ? originalOf(map, at) : at;
    if (!place || !sources.has(place.file)) return [];
    const position = `${place.file}:${place.line}:${place.column}`;
    const isNamed = name !== undefined && name !== '<anonymous>';
    return [{ file: place.file, line: place.line, text: isNamed ? `${name} (${position})` : position }];
  });
}

type Position = SourcePlace & { readonly column: number };

const isFileUrl = (source: string): boolean => source.startsWith('file:');

function originalOf(map: SourceMap, { line, column }: Position): Position | undefined {
  const entry = map.findEntry(line - 1, column - 1);
  if (!('originalSource' in entry) || !isFileUrl(entry.originalSource)) return undefined;
  const file = fileURLToPath(entry.originalSource);
  return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}
