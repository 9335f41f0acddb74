import type { ArtifactReader, Digest, TreeEntry } from '#store';
import { printName } from './address.ts';
import type { UntypedData } from './data-types.ts';
import { blameOf, historyOf } from './history/history.ts';
import { lineageDown, lineageUp, usedByOf, usesOf } from './history/lineage.ts';
import { bytesText, DISPLAY, display, INSPECT, orDamage, type Picture, picture, preview } from './inspect.ts';
import type { Artifact, LineageNode, LineageOptions, Run, Task } from './objects.ts';
import { Scanner } from './scanner.ts';
import { StoredArtifact, type ValueSource } from './stored-artifact.ts';
import { printPath, type Stretch, scanPath, type ValuePath } from './value-path.ts';

/** Where an artifact lies: its tree entry and the folder that holds it. */
export interface ArtifactPlace {
  readonly name: string;
  readonly entry: TreeEntry;
  readonly source: ValueSource;
  /** Address of the folder. */
  readonly folder: string;
  /** Asked for only when it is wanted: the task's record may be damaged where its artifacts are not. */
  readonly createdAt: () => Date;
}

/** See {@link Artifact}. */
export class ArtifactObject implements Artifact {
  readonly kind = 'artifact';
  readonly parent: Task | Run;
  readonly path: ValuePath;
  readonly #place: ArtifactPlace;
  readonly #stored: StoredArtifact;

  constructor(parent: Task<unknown> | Run<unknown>, place: ArtifactPlace, path: ValuePath = []) {
    this.parent = parent as Task | Run;
    this.path = path;
    this.#place = place;
    this.#stored = new StoredArtifact(place.source, place.entry, `${place.folder}/${printName(place.name)}`);
  }

  get id(): string {
    return this.#place.name;
  }

  get name(): string {
    return this.#place.name;
  }

  get pathspec(): string {
    return this.#stored.address + (this.path.length > 0 ? `#${printPath(this.path)}` : '');
  }

  /** What is stored of it, the whole artifact whatever the path. */
  get reader(): ArtifactReader {
    return this.#stored.reader;
  }

  get data(): UntypedData[string] {
    return this.#valueAt(this.path);
  }

  get digest(): Digest {
    return this.#stored.reader.digest;
  }

  get size(): number {
    return this.#stored.reader.size;
  }

  get storedSize(): number {
    return this.#stored.reader.storedSize;
  }

  get type(): string {
    return this.#stored.reader.type;
  }

  get createdAt(): Date {
    return this.#place.createdAt();
  }

  at(path: string): UntypedData[string] {
    const scanner = new Scanner(path, 'opt.lr');
    const parsed = scanPath(scanner);
    if (!scanner.done) scanner.fail('".", "[" or the end of the path');
    return this.#valueAt([...this.path, ...parsed]);
  }

  slice(from?: number, to?: number): UntypedData[string] {
    return this.#valueAt([...this.path, stretch(from, to)]);
  }

  column(name: string, from?: number, to?: number): UntypedData[string] {
    const isWhole = from === undefined && to === undefined;
    return this.#valueAt([...this.path, name, ...(isWhole ? [] : [stretch(from, to)])]);
  }

  history(): Artifact[] {
    return historyOf(this);
  }

  blame(): Artifact {
    return blameOf(this);
  }

  uses(): Artifact[] {
    return usesOf(this);
  }

  usedBy(): Task[] {
    return usedByOf(this);
  }

  lineageUp(options?: LineageOptions): LineageNode[] {
    return lineageUp(this, options);
  }

  lineageDown(options?: LineageOptions): LineageNode[] {
    return lineageDown(this, options);
  }

  toString(): string {
    return this.pathspec;
  }

  [INSPECT](_depth: number, options: object, inspect: Picture['inspect']): string {
    return picture(
      `Artifact ${this.pathspec}`,
      orDamage(() => ({
        type: this.type,
        size: bytesText(this.size),
        digest: this.digest.slice(0, 12),
        value: preview(this.reader),
      })),
      { options, inspect },
    );
  }

  [DISPLAY](): ReturnType<typeof display> {
    return display(this);
  }

  #valueAt(path: ValuePath): unknown {
    return path.length === 0 ? this.#stored.load() : this.#stored.at(path);
  }
}

const stretch = (from?: number, to?: number): Stretch => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
});
