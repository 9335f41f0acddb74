import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type StoredValue, storeValue } from '../artifact.ts';
import { FakeObjects } from './fake-objects.ts';
import { ArtifactFile } from './file.ts';
import { FileIntake, PendingFilesError } from './file-intake.ts';
import { PathContent } from './file-source.ts';

/** Gone after the tests. */
export const folder = mkdtempSync(join(tmpdir(), 'oxbow-file-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Bytes that do not shrink: several chunks. */
export const NOISE = randomBytes(5_000_000);
/** SHA-256 in hex. */
export const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Writes a file into the folder of the tests. */
export function written(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** A file of the folder, to be stored. */
export const onDisk = (name: string, bytes: string | Uint8Array): ArtifactFile =>
  new ArtifactFile({ name }, new PathContent(written(name, bytes)));

/** Stores a value that holds streams, as a task does. */
export async function storeWaiting(value: unknown, objects = new FakeObjects()): Promise<StoredValue> {
  const intake = new FileIntake(objects);
  let saved = value;
  try {
    for (;;) {
      try {
        return storeValue('x', saved, objects);
      } catch (error) {
        if (!(error instanceof PendingFilesError)) throw error;
        await intake.take(error);
        saved = error.value;
      }
    }
  } finally {
    intake.end();
  }
}

/** All that a stream gives. */
export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}
