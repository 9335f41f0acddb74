import { ArtifactReader, type StoredValue, storeValue } from '../artifact.ts';
import { FakeObjects } from './fake-objects.ts';
import type { Node } from './skeleton.ts';

/** A value stored in a database of its own, for tests. */
export interface Kept {
  readonly objects: FakeObjects;
  readonly stored: StoredValue;
  readonly reader: ArtifactReader;
}

/** Stores a value as the artifact `x`. */
export function keep(value: unknown, objects = new FakeObjects()): Kept {
  const stored = storeValue('x', value, objects);
  return { objects, stored, reader: new ArtifactReader(objects, stored.entry, stored.digest) };
}

/** The value as it comes back. */
export const roundTrip = (value: unknown): unknown => keep(value).reader.load();

/** What value.json of a stored tree says. */
export function valueFile({ objects, stored }: Kept): {
  codec: string;
  type: string;
  skeleton: Node;
  parts: Part[];
} {
  const file = objects.tree(stored.entry.id).find(({ name }) => name === 'value.json');
  if (file === undefined) throw new Error('The artifact is no tree with a value.json.');
  return JSON.parse(Buffer.from(objects.blob(file.id)).toString());
}

/** A reader of an artifact made of a value.json somebody wrote, without parts. */
export function readerOf(text: string): ArtifactReader {
  const objects = new FakeObjects();
  const id = objects.tree([{ mode: '100644', name: 'value.json', id: objects.blob(Buffer.from(text)) }]);
  return new ArtifactReader(objects, { mode: '40000', name: 'x', id });
}

/** The text of a value.json around a skeleton. */
export const valueText = (skeleton: unknown, parts: unknown[] = []): string =>
  JSON.stringify({ format: 1, codec: 'structured', type: 'test', skeleton, parts });

interface Part {
  readonly kind: string;
  readonly size: number;
  readonly digest: string;
}
