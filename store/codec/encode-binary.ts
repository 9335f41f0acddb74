import { types } from 'node:util';
import { INLINE_BYTES } from './limits.ts';
import type { PartWriter } from './part-write.ts';
import type { PathStep } from './path.ts';
import { className, isBuiltinPrototype } from './prototypes.ts';
import type { Scribe } from './scribe.ts';
import type { Node } from './skeleton.ts';
import { hasExtraProperties } from './survey.ts';
import { elementText, isTypedArrayName } from './typed-array.ts';

/**
 * Typed arrays, Buffers, DataViews and ArrayBuffers. Their bytes are stored when the walk is over, because only then it
 * is known which of them look at the same memory. A view alone stores what it shows and nothing around it: a Buffer is
 * often a window on a pool full of other people's bytes.
 */
export class BinaryEncoder {
  readonly #parts: PartWriter;
  readonly #newId: () => number;
  readonly #windows = new Map<ArrayBufferLike, Window[]>();

  constructor(parts: PartWriter, newId: () => number) {
    this.#parts = parts;
    this.#newId = newId;
  }

  /** The node of a binary value, filled later, or undefined when the value is none. */
  encode(value: object, scribe: Scribe): Node | undefined {
    const name = binaryName(value);
    if (name === undefined) return undefined;
    if (name === 'unknown')
      return scribe.fail(
        `is an instance of ${className(value)}, which extends a typed array: registerCodec can make it storable`,
      );
    const node: Record<string, Node> = {};
    const tag = name === 'SharedArrayBuffer' ? '$ArrayBuffer' : `$${name}`;
    node[tag] = null;
    const isView = ArrayBuffer.isView(value);
    const { buffer, byteOffset, byteLength } = isView ? shownBy(value) : wholeOf(value as ArrayBufferLike);
    refuseExtra(value, name, scribe);
    const window: Window = {
      node,
      tag,
      isView,
      pooled: name === 'Buffer' && buffer.byteLength === Buffer.poolSize,
      start: byteOffset,
      end: byteOffset + byteLength,
      steps: [...scribe.steps],
    };
    new Uint8Array(buffer); // Throws for a buffer that was transferred away.
    const others = this.#windows.get(buffer) ?? [];
    this.#windows.set(buffer, others);
    others.push(window);
    scribe.onTakeBack(() => others.pop());
    return node;
  }

  /** Fills the nodes. `identify` gives the id of an ArrayBuffer that is a value itself. */
  finish(identify: (buffer: object) => number | undefined, scribe: Scribe): void {
    for (const [buffer, windows] of this.#windows) {
      // Something that was read meanwhile may have cut the buffer short or given it away.
      const lost = windows.find(({ end }) => end > buffer.byteLength);
      if (lost !== undefined) scribe.fail('lost bytes while it was being stored', lost.steps);
      for (const region of regionsOf(windows)) {
        const [only] = region.windows;
        if (only !== undefined && region.windows.length === 1)
          only.node[only.tag] = this.#content(buffer, only);
        else this.#share(buffer, region, identify);
      }
    }
  }

  #share(buffer: ArrayBufferLike, region: Region, identify: (buffer: object) => number | undefined): void {
    const bytes = { node: {}, tag: '$ArrayBuffer', isView: false, start: region.start, end: region.end };
    let id: number | undefined;
    for (const { node, tag, isView, start, end } of region.windows) {
      if (!isView && id === undefined) {
        node[tag] = this.#content(buffer, bytes);
        id = identify(buffer);
      } else if (!isView) {
        delete node[tag];
        node.$ref = id ?? 0;
      } else {
        const target: Node =
          id === undefined
            ? { $def: [this.#newId(), { $ArrayBuffer: this.#content(buffer, bytes) }] }
            : { $ref: id };
        if (id === undefined) id = (target.$def as [number, Node])[0];
        node[tag] = { buffer: target, offset: start - region.start, bytes: end - start };
      }
    }
  }

  // Text when short, else the number of a part.
  #content(buffer: ArrayBufferLike, { tag, start, end }: Pick<Window, 'tag' | 'start' | 'end'>): Node {
    const shown = new Uint8Array(buffer, start, end - start);
    // Another thread may write to shared memory at any time: what is summed must be what is stored.
    const bytes = types.isSharedArrayBuffer(buffer) ? Uint8Array.from(shown) : shown;
    const name = tag.slice(1);
    if (!isTypedArrayName(name)) return this.#parts.place(bytes, 'bytes');
    const text = bytes.length <= INLINE_BYTES ? elementText(name, bytes) : undefined;
    return text ?? this.#parts.add(bytes, NUMERIC.test(name) ? 'numeric' : 'bytes');
  }
}

// Bytes are cut by content: they are files and pictures more often than numbers.
const NUMERIC = /^(?!Uint8)/;

/** A stretch of memory one value of the artifact looks at. */
interface Window {
  readonly node: Record<string, Node>;
  readonly tag: string;
  /** Not an ArrayBuffer itself. */
  readonly isView: boolean;
  /** Its memory is Node's pool, shared by chance. */
  readonly pooled: boolean;
  readonly start: number;
  readonly end: number;
  /** The way to it. */
  readonly steps: readonly PathStep[];
}

interface Region {
  readonly windows: Window[];
  start: number;
  end: number;
}

// Windows close together are stored as one stretch and share it again; those far apart in a large buffer are stored each
// for itself, unless the buffer itself is a value. The stretch starts at a multiple of 8: any element type may begin there.
function regionsOf(windows: readonly Window[]): Region[] {
  if (windows.length === 1) return windows.map((window) => ({ ...window, windows: [window] }));
  const regions: Region[] = [];
  for (const window of [...windows].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = regions.at(-1);
    if (last !== undefined && (window.pooled ? window.start < last.end : window.start <= last.end + NEAR)) {
      last.windows.push(window);
      last.end = Math.max(last.end, window.end);
    } else {
      regions.push({ windows: [window], start: window.start - (window.start % 8), end: window.end });
    }
  }
  for (const region of regions) region.windows.sort((a, b) => windows.indexOf(a) - windows.indexOf(b));
  return regions;
}

const NEAR = 4096;

function binaryName(value: object): string | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (Buffer.isBuffer(value) && prototype === Buffer.prototype) return 'Buffer';
  if (types.isArrayBuffer(value) && isBuiltinPrototype(prototype, 'ArrayBuffer')) return 'ArrayBuffer';
  if (types.isSharedArrayBuffer(value) && isBuiltinPrototype(prototype, 'SharedArrayBuffer'))
    return 'SharedArrayBuffer';
  if (types.isDataView(value) && isBuiltinPrototype(prototype, 'DataView')) return 'DataView';
  if (!types.isTypedArray(value)) return undefined;
  if (types.isUint8Array(value) && Reflect.get(value, '_isBuffer') === true) return 'Buffer'; // That of the package `buffer`.
  const name = String(own(TYPED_ARRAY, Symbol.toStringTag, value));
  return isTypedArrayName(name) && isBuiltinPrototype(prototype, name) ? name : 'unknown';
}

/** The memory a view shows, whatever properties of these names it has been given. */
function shownBy(view: ArrayBufferView): Pick<ArrayBufferView, 'buffer' | 'byteOffset' | 'byteLength'> {
  const maker = types.isDataView(view) ? DataView.prototype : TYPED_ARRAY;
  return {
    buffer: own(maker, 'buffer', view) as ArrayBufferLike,
    byteOffset: Number(own(maker, 'byteOffset', view)),
    byteLength: Number(own(maker, 'byteLength', view)),
  };
}

const wholeOf = (buffer: ArrayBufferLike) => ({ buffer, byteOffset: 0, byteLength: buffer.byteLength });

/** What all typed arrays inherit from. */
const TYPED_ARRAY: object = Object.getPrototypeOf(Uint8Array.prototype);

/** What a getter of the language says of a value. */
function own(prototype: object, name: string | symbol, value: object): unknown {
  const getter = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return getter && Reflect.apply(getter, value, []);
}

function refuseExtra(value: object, name: string, scribe: Scribe): void {
  const extra =
    ArrayBuffer.isView(value) && 'length' in value
      ? hasExtraProperties(value as Uint8Array)
      : Object.keys(value).length > 0;
  if (extra) scribe.fail(`has extra properties; only a plain ${name} can be stored`);
}
