import {
  ArtifactReader,
  abandonFiles,
  type Digest,
  FileIntake,
  type ObjectSink,
  type ObjectSource,
  PendingFilesError,
  storeValue,
  type TreeEntry,
} from '#store';
import { ArtifactNameError } from '../errors.ts';
import type { Secrets } from '../flow/secrets.ts';
import { secretGuard } from './secret-guard.ts';

const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Names of an artifact that could not be told from the flow's own members. */
const RESERVED = new Set([
  'next',
  'input',
  'index',
  'foreachStack',
  'mergeArtifacts',
  'constructor',
  '__proto__',
]);

/**
 * What one task sees and leaves as artifacts. Inherited ones are accessors on the flow instance that load on first touch;
 * what is never touched is handed on by id. A value that was touched is encoded again when the step ends, so that a change
 * made in place is saved; an unchanged one gets the ids it had.
 */
export class TaskArtifacts {
  /** Artifacts of this run that the task read: `name`, or `step/task/name` of an input, with their digests. */
  readonly reads = new Map<string, Digest>();
  /** Artifacts that were assigned without having been read and came out as they were inherited. */
  readonly assigned = new Set<string>();
  readonly #source: ObjectSource;
  readonly #flow: object;
  readonly #steps: ReadonlyMap<string, unknown>;
  /** Inherited or merged artifacts, each with the getter that stands for it as long as nobody has touched it. */
  readonly #inherited = new Map<string, { readonly entry: TreeEntry; readonly get: () => unknown }>();
  /** Bytes of the artifacts that were made here, by name. */
  readonly #made = new Map<string, number>();
  /** Inherited primitives that were read: equal at the end means unchanged. */
  readonly #read = new Map<string, { readonly value: unknown; readonly entry: TreeEntry }>();

  readonly #secrets: Secrets | undefined;

  constructor(source: ObjectSource, flow: object, steps: ReadonlyMap<string, unknown>, secrets?: Secrets) {
    this.#source = source;
    this.#secrets = secrets;
    this.#flow = flow;
    this.#steps = steps;
  }

  /** Bytes of what was saved, uncompressed, without what is still as it was inherited. */
  get logical(): number {
    let sum = 0;
    for (const size of this.#made.values()) sum += size;
    return sum;
  }

  /** Puts an artifact on the flow instance without loading it. */
  inherit(name: string, entry: TreeEntry): void {
    const get = () => this.#load(name, entry);
    this.#inherited.set(name, { entry, get });
    Object.defineProperty(this.#flow, name, {
      get,
      set: (value: unknown) => this.#define(name, value),
      enumerable: true,
      configurable: true,
    });
  }

  /** Length of an artifact for a foreach, found without loading an untouched one. */
  untouchedLength(name: string): number | undefined {
    const entry = this.#untouched(name);
    return entry && new ArtifactReader(this.#source, entry).length;
  }

  /**
   * Encodes what the step left and returns the entries of the task's artifacts tree. Waits for the streams among it, one
   * after the other, and for nothing else.
   */
  async save(sink: ObjectSink): Promise<TreeEntry[]> {
    let read = '';
    const intake = new FileIntake(secretGuard(sink, this.#secrets, () => secretIn(read)));
    const entries: TreeEntry[] = [];
    try {
      for (const name of this.#names()) {
        const entry = this.#saveUnlessPending(name, sink);
        if (entry instanceof PendingFilesError) {
          read = name;
          await intake.take(entry);
          entries.push(this.#store(name, entry.value, sink));
        } else entries.push(entry);
      }
      return entries;
    } finally {
      intake.end();
    }
  }

  #saveUnlessPending(name: string, sink: ObjectSink): TreeEntry | PendingFilesError {
    try {
      return this.#saveOne(name, sink);
    } catch (error) {
      if (error instanceof PendingFilesError) return error;
      throw error;
    }
  }

  /** As {@link save}, but leaves out what cannot be stored at once: what a failed task had assigned. */
  saveWhatCanBe(sink: ObjectSink): TreeEntry[] {
    return this.#names().flatMap((name) => {
      try {
        return [this.#saveOne(name, sink)];
      } catch (error) {
        // The task has failed already; this value is not the reason and must not hide it.
        if (error instanceof PendingFilesError) abandonFiles(error);
        return [];
      }
    });
  }

  #names(): string[] {
    // Parameters and the engine's own members are not enumerable.
    return Object.keys(this.#flow);
  }

  #saveOne(name: string, sink: ObjectSink): TreeEntry {
    const untouched = this.#untouched(name);
    if (untouched) return untouched;
    this.#checkName(name);
    const value = (this.#flow as Record<string, unknown>)[name];
    const read = this.#read.get(name);
    if (read && Object.is(read.value, value)) return read.entry;
    return this.#store(name, value, sink);
  }

  #store(name: string, value: unknown, sink: ObjectSink): TreeEntry {
    if (this.#secrets?.areIn(value) || this.#secrets?.areIn(name)) throw secretIn(name);
    const { entry, size } = storeValue(
      name,
      value,
      secretGuard(sink, this.#secrets, () => secretIn(name)),
    );
    if (entry.id !== this.#inherited.get(name)?.entry.id) this.#made.set(name, size);
    else if (!this.reads.has(name)) this.assigned.add(name);
    return entry;
  }

  /** The entry of an artifact that is still as it was inherited: neither read nor assigned, nor deleted and made anew. */
  #untouched(name: string): TreeEntry | undefined {
    const inherited = this.#inherited.get(name);
    const get = inherited && Object.getOwnPropertyDescriptor(this.#flow, name)?.get;
    return get && get === inherited.get ? inherited.entry : undefined;
  }

  #checkName(name: string): void {
    if (RESERVED.has(name))
      throw new ArtifactNameError(name, 'has a name that belongs to the flow. Use another name.');
    if (this.#steps.has(name)) throw new ArtifactNameError(name, 'has the name of a step. Use another name.');
    if (!NAME.test(name)) {
      throw new ArtifactNameError(
        name,
        'has a name that is not an identifier. Use letters, digits, _ and $.',
      );
    }
  }

  #load(name: string, entry: TreeEntry): unknown {
    const reader = new ArtifactReader(this.#source, entry);
    const value = reader.load();
    this.reads.set(name, reader.digest);
    this.#define(name, value);
    const isPrimitive = (typeof value !== 'object' && typeof value !== 'function') || value === null;
    if (isPrimitive) this.#read.set(name, { value, entry });
    return value;
  }

  #define(name: string, value: unknown): void {
    Object.defineProperty(this.#flow, name, { value, writable: true, enumerable: true, configurable: true });
  }
}

const secretIn = (name: string): ArtifactNameError =>
  new ArtifactNameError(
    name,
    'holds the value of a secret parameter, which must not be stored. Keep it in a variable, or in a private field such as #key.',
  );
