import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { SourcePlace } from '../errors.ts';
import type { StepMethod } from '../flow/steps.ts';
import type { SourceFinder } from '../graph/graph.ts';
import type { Bundle } from './bundle.ts';

/** A finder for the flow classes of one bundle; reads bundle, map and sources on first use. */
export function sourceFinder(bundle: Bundle, flow: { readonly prototype: object }): SourceFinder {
  let positions: Positions | undefined;
  const found = (): Positions => {
    positions ??= new Positions(bundle);
    return positions;
  };
  const place = (method: StepMethod, offset = 0) => found().placeOf(method, { offset, flow });
  return {
    place,
    doc(of) {
      const isClass = 'prototype' in of && of.prototype;
      return commentAbove(isClass ? found().placeOfText(of.toString()) : place(of as StepMethod));
    },
  };
}

class Positions {
  readonly #text: string;
  readonly #map: SourceMap;

  constructor({ file }: Bundle) {
    this.#text = readFileSync(file, 'utf8');
    this.#map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload);
  }

  placeOf(
    method: StepMethod,
    { offset, flow }: { readonly offset: number; readonly flow: { readonly prototype: object } },
  ): SourcePlace | undefined {
    const owner = ownerOf(method, flow);
    const from = owner ? Math.max(0, this.#text.indexOf(owner.toString())) : 0;
    return this.placeOfText(method.toString(), { from, offset });
  }

  /** Place of `offset` characters into a text of the bundle that begins at or after `from`. */
  placeOfText(text: string, { from = 0, offset = 0 } = {}): SourcePlace | undefined {
    const start = this.#text.indexOf(text, from);
    if (start < 0) return undefined;
    const before = this.#text.slice(0, start + offset);
    const line = before.split('\n').length - 1;
    const column = before.length - before.lastIndexOf('\n') - 1;
    const entry = this.#map.findEntry(line, column);
    if (!('originalSource' in entry) || !entry.originalSource.startsWith('file:')) return undefined;
    return { file: fileURLToPath(entry.originalSource), line: entry.originalLine + 1 };
  }
}

/** The class that defines the method: methods of two classes may have the same text. */
function ownerOf(method: StepMethod, flow: { readonly prototype: object }): object | undefined {
  for (let proto = flow.prototype; proto; proto = Object.getPrototypeOf(proto)) {
    const own = Object.getOwnPropertyDescriptor(proto, method.name)?.value === method;
    if (own) return (proto as { constructor?: object }).constructor;
  }
  return undefined;
}

/** The comment that ends just above a place, decorators between them aside. */
function commentAbove(place: SourcePlace | undefined): string | undefined {
  if (!place) return undefined;
  const source = readFileSync(place.file, 'utf8').split('\n');
  const lines = withoutDecorators(source.slice(0, place.line - 1));
  const last = lines.at(-1)?.trim() ?? '';
  const comment: string[] = [];
  if (last.startsWith('//')) {
    while (lines.at(-1)?.trim().startsWith('//'))
      comment.unshift((lines.pop() ?? '').trim().replace(/^\/\/\s?/, ''));
  } else if (last.endsWith('*/')) {
    for (let line = lines.pop(); line !== undefined; line = lines.pop()) {
      comment.unshift(
        line
          .trim()
          .replace(/^\/\*\*?|\*\/$/g, '')
          .replace(/^\s*\*\s?/, '')
          .trim(),
      );
      if (line.trim().startsWith('/*')) break;
    }
  }
  return comment.join('\n').trim() || undefined;
}

/** Drops decorators and blank lines from the end; the arguments of a decorator may take several lines. */
function withoutDecorators(lines: readonly string[]): string[] {
  let end = lines.length;
  let depth = 0;
  for (let at = end; at > 0; at -= 1) {
    const line = lines[at - 1]?.trim() ?? '';
    const isDecorator = line.startsWith('@');
    // What ends otherwise ends a member, be it one that a decorator begins.
    if (depth === 0 && line !== '' && !/\)$/.test(line) && !(isDecorator && /\w$/.test(line))) break;
    depth += count(line, /[)\]}]/g) - count(line, /[([{]/g);
    if (depth > 0) continue;
    if (!isDecorator && (line !== '' || at < end)) break;
    end = at - 1;
    depth = 0;
  }
  return lines.slice(0, end);
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
