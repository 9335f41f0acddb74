import { UnreadableError } from './errors.ts';
import type { Scholar, TagDecoder } from './scholar.ts';
import type { Node } from './skeleton.ts';
import { isTypedArrayName, parseElements, typedArray } from './typed-array.ts';

/** Binary values: text in the skeleton, the number of a part, or a window on an ArrayBuffer. */
export const binaryTags: Record<string, TagDecoder> = {
  $ArrayBuffer: (payload, scholar) => scholar.claim(scholar.parts.content(payload).buffer),
  ...Object.fromEntries(
    [
      ...[
        'Int8',
        'Uint8',
        'Uint8Clamped',
        'Int16',
        'Uint16',
        'Int32',
        'Uint32',
        'Float16',
        'Float32',
        'Float64',
      ],
      ...['BigInt64', 'BigUint64'],
    ].map((name) => [`$${name}Array`, view(`${name}Array`)]),
  ),
  $Buffer: view('Buffer'),
  $DataView: view('DataView'),
};

function view(name: string): TagDecoder {
  return (payload, scholar) => {
    if (isTypedArrayName(name)) {
      if (typedArray(name) === undefined)
        throw new UnreadableError(scholar.artifact, name, 'Use a newer Node.');
      if (typeof payload === 'string')
        return scholar.claim(parseElements(name, payload) ?? scholar.corrupt(`has a broken ${name}`));
    }
    const window = typeof payload === 'object' ? sharedWindow(payload, scholar) : undefined;
    const buffer = window?.buffer ?? scholar.parts.content(payload).buffer;
    return scholar.claim(
      viewOf(
        name,
        { buffer, offset: window?.offset ?? 0, bytes: window?.bytes ?? buffer.byteLength },
        scholar,
      ),
    );
  };
}

interface Window {
  readonly buffer: ArrayBuffer;
  readonly offset: number;
  readonly bytes: number;
}

function sharedWindow(payload: Node, scholar: Scholar): Window {
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload))
    return scholar.corrupt('has a broken view');
  const { offset, bytes } = payload;
  const buffer = scholar.child(payload.buffer);
  if (!(buffer instanceof ArrayBuffer) || typeof offset !== 'number' || typeof bytes !== 'number')
    return scholar.corrupt('has a broken view');
  if (!(offset >= 0 && bytes >= 0 && offset + bytes <= buffer.byteLength))
    return scholar.corrupt('has a view beyond its buffer');
  return { buffer, offset, bytes };
}

function viewOf(name: string, { buffer, offset, bytes }: Window, scholar: Scholar): ArrayBufferView {
  if (name === 'Buffer') return Buffer.from(buffer, offset, bytes);
  if (name === 'DataView') return new DataView(buffer, offset, bytes);
  const maker = typedArray(name);
  if (maker === undefined) return scholar.corrupt(`has the unknown view ${name}`);
  const size = maker.BYTES_PER_ELEMENT;
  if (offset % size !== 0 || bytes % size !== 0)
    return scholar.corrupt(`has a ${name} of ${bytes} bytes at byte ${offset}`);
  return new maker(buffer, offset, bytes / size);
}
