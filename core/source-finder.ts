import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve } from 'node:path';
import type { Bundle } from './bundle.ts';
import type { SourcePlace } from './errors.ts';
import type { SourceFinder } from './graph.ts';
import type { StepMethod } from './steps.ts';

/** A finder for the flow classes of one bundle; reads bundle, map and sources on first use. */
export function sourceFinder(bundle: Bundle, flow: { readonly prototype: object }): SourceFinder {
  let positions: Positions | undefined;
  const place = (method: StepMethod, offset = 0): SourcePlace | undefined => {
    positions ??= new Positions(bundle);
    return positions.placeOf(method, { offset, flow });
  };
  return {
    place,
    doc(of) {
      const method = 'prototype' in of && of.prototype ? undefined : (of as StepMethod);
      if (method) return commentAbove(place(method));
      const start = (flow.prototype as { start?: StepMethod }).start;
      return commentAbove(classPlace(start && place(start), (of as { name: string }).name));
    },
  };
}

class Positions {
  readonly #text: string;
  readonly #map: SourceMap;
  readonly #folder: string;

  constructor({ file }: Bundle) {
    this.#text = readFileSync(file, 'utf8');
    this.#map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload);
    this.#folder = dirname(file);
  }

  placeOf(
    method: StepMethod,
    { offset, flow }: { readonly offset: number; readonly flow: { readonly prototype: object } },
  ): SourcePlace | undefined {
    const owner = ownerOf(method, flow);
    const from = owner ? Math.max(0, this.#text.indexOf(owner.toString())) : 0;
    const start = this.#text.indexOf(method.toString(), from);
    if (start < 0) return undefined;
    const before = this.#text.slice(0, start + offset);
    const line = before.split('\n').length - 1;
    const column = before.length - before.lastIndexOf('\n') - 1;
    const entry = this.#map.findEntry(line, column);
    if (!('originalSource' in entry)) return undefined;
    return { file: resolve(this.#folder, entry.originalSource), line: entry.originalLine + 1 };
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

function classPlace(near: SourcePlace | undefined, name: string): SourcePlace | undefined {
  if (!near) return undefined;
  const lines = readFileSync(near.file, 'utf8').split('\n');
  const line = lines.findIndex((text) =>
    new RegExp(`\\bclass\\s+${name.replace(/\W/g, '\\$&')}\\b`).test(text),
  );
  return line < 0 ? undefined : { file: near.file, line: line + 1 };
}

/** The comment that ends just above a place, decorators between them aside. */
function commentAbove(place: SourcePlace | undefined): string | undefined {
  if (!place) return undefined;
  const lines = readFileSync(place.file, 'utf8')
    .split('\n')
    .slice(0, place.line - 1);
  while (/^\s*(@.*)?$/.test(lines.at(-1) ?? 'x')) lines.pop();
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
