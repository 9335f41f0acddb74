import { sliceBounds, type ValueView } from '#store';
import { positionIn, valueAt } from './value-at.ts';
import type { ValuePath } from './value-path.ts';

/**
 * The part of a stored value that a path leads to, as `valueAt` finds it, without reading more of the value than that part
 * where its place is known: a property, an element, a stretch, a column or some rows of one. Throws NotFoundError.
 */
export function lazyAt(root: ValueView, path: ValuePath, name: string): unknown {
  let view = root;
  for (let depth = 0; depth < path.length; depth++) {
    const inner = typeof path[depth] === 'string' ? view.field(path[depth] as string) : undefined;
    if (inner === undefined) {
      const step = lastStep(view, path, depth);
      // Whatever is left is found in what was read; or not, and then the value itself says what there is.
      return step ? valueAt(step.value, path, name, step.depth) : valueAt(view.load(), path, name, depth);
    }
    view = inner;
  }
  return view.load();
}

interface Step {
  readonly value: unknown;
  /** Moves made, this one included. */
  readonly depth: number;
}

/** The move from a value that is partly stored to one in memory. */
function lastStep({ elements }: ValueView, path: ValuePath, depth: number): Step | undefined {
  const part = path[depth];
  if (typeof part === 'string') {
    const { columns, length = 0 } = elements;
    if (!columns?.names.includes(part)) return undefined;
    const rows = boundsOf(path[depth + 1], length);
    if (rows === undefined) return { value: columns.column(part, 0, length), depth: depth + 1 };
    const column = columns.column(part, ...rows);
    if (typeof path[depth + 1] === 'object') return { value: column, depth: depth + 2 };
    return { value: (column as { get(row: number): unknown }).get(0), depth: depth + 2 };
  }
  const { length } = elements;
  const bounds = length === undefined ? undefined : boundsOf(part, length);
  if (bounds === undefined) return undefined;
  const value = typeof part === 'number' ? elements.element(bounds[0]) : elements.slice(...bounds);
  return { value, depth: depth + 1 };
}

/** Which of `length` elements a move is about; undefined when it is about none, or about something else. */
function boundsOf(
  part: ValuePath[number] | undefined,
  length: number,
): readonly [number, number] | undefined {
  if (typeof part === 'object') return sliceBounds(length, part.from, part.to);
  const position = typeof part === 'number' ? positionIn(length, part) : undefined;
  return position === undefined ? undefined : [position, position + 1];
}
