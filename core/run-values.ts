import {
  ArtifactReader,
  artifactsByName,
  type Digest,
  type ObjectId,
  type Repository,
  type TreeEntry,
} from '#store';
import { ReadOnlyError } from './errors.ts';
import type { FlowClass } from './flow-spec.ts';

/** One element of a list that a foreach iterates: an artifact of the task that split, or a parameter. */
export interface ElementRef {
  /** The step of the task that split. */
  readonly step: string;
  /** Artifacts of the task that split. */
  readonly artifacts: ObjectId;
  readonly variable: string;
  readonly index: number;
}

/** A list that a foreach iterates, opened. */
interface OpenList {
  readonly key: string;
  /** How a task's record names it among what the task read. */
  readonly name: string;
  readonly reader: ArtifactReader;
}

/** What a run's values are made of. */
export interface RunValuesSource {
  readonly repository: Repository;
  /** Field of each parameter, by the name it was declared with. */
  readonly parameterFields: ReadonlyMap<string, string>;
  readonly parameters: ReadonlyMap<string, TreeEntry>;
  readonly constants: ReadonlyMap<string, TreeEntry>;
}

/**
 * The values all tasks of a run share: parameters, class constants and the lists of foreaches. Parameters and constants
 * load once per process and are frozen; of a list, only the element asked for is loaded.
 */
export class RunValues {
  readonly #source: RunValuesSource;
  readonly #loaded = new Map<string, { readonly value: unknown; readonly digest: Digest }>();
  #reads = new Map<string, Digest>();
  /** The list read last: siblings of one foreach follow each other in a worker. */
  #list: OpenList | undefined;

  constructor(source: RunValuesSource) {
    this.#source = source;
  }

  isParameter(field: string): boolean {
    return this.#source.parameters.has(field);
  }

  /** The value of the parameter declared under a name. */
  parameterNamed(name: string): unknown {
    const field = this.#source.parameterFields.get(name) ?? name;
    const entry = this.#source.parameters.get(field);
    return entry && this.#load(`parameters/${field}`, entry);
  }

  /** Makes the parameters read-only accessors of a flow instance. */
  bindParameters(flow: object): void {
    for (const [field, get] of this.parameterGetters()) define(flow, { name: field, kind: 'parameter', get });
  }

  /** A function per parameter that loads its value and notes the read. */
  parameterGetters(): Map<string, () => unknown> {
    const getters = new Map<string, () => unknown>();
    for (const [field, entry] of this.#source.parameters) {
      getters.set(field, () => this.#noteRead(`parameters/${field}`, entry));
    }
    return getters;
  }

  /** Makes the class's constants read-only and gives them the values the run recorded. */
  bindConstants(flow: FlowClass): void {
    for (const [name, entry] of this.#source.constants) {
      define(flow, { name, kind: 'constant', get: () => this.#noteRead(`constants/${name}`, entry) });
    }
  }

  /** What was read since the last call. */
  takeReads(): Map<string, Digest> {
    const reads = this.#reads;
    this.#reads = new Map();
    return reads;
  }

  /** One element of a list, and the list's name and digest as a task that read it records them. */
  element(ref: ElementRef): { readonly value: unknown; readonly name: string; readonly digest: Digest } {
    const key = `${ref.artifacts} ${ref.variable}`;
    if (this.#list?.key !== key) this.#list = { key, ...this.#openList(ref) };
    const { reader, name } = this.#list;
    return { value: reader.element(ref.index), name, digest: reader.digest };
  }

  #openList({ step, artifacts, variable }: ElementRef): Omit<OpenList, 'key'> {
    const { repository, parameters } = this.#source;
    const artifact = artifactsByName(repository.tree(artifacts)).get(variable);
    const entry = artifact ?? parameters.get(variable);
    // The engine counted this list's elements when it planned the task.
    if (!entry)
      throw new Error(`The list "${variable}" of a foreach is not among the artifacts ${artifacts}.`);
    const name = artifact ? `${step}/${variable}` : `parameters/${variable}`;
    return { name, reader: new ArtifactReader(repository, entry) };
  }

  #noteRead(key: string, entry: TreeEntry): unknown {
    const value = this.#load(key, entry);
    const digest = this.#loaded.get(key)?.digest;
    if (digest) this.#reads.set(key, digest);
    // Bytes cannot be frozen: each reader gets a copy, so that no task changes what the next one sees.
    if (Buffer.isBuffer(value)) return Buffer.from(value);
    return ArrayBuffer.isView(value) ? structuredClone(value) : value;
  }

  #load(key: string, entry: TreeEntry): unknown {
    let loaded = this.#loaded.get(key);
    if (!loaded) {
      const reader = new ArtifactReader(this.#source.repository, entry);
      loaded = { value: deepFreeze(reader.load()), digest: reader.digest };
      this.#loaded.set(key, loaded);
    }
    return loaded.value;
  }
}

function define(
  target: object,
  {
    name,
    kind,
    get,
  }: { readonly name: string; readonly kind: 'parameter' | 'constant'; readonly get: () => unknown },
): void {
  const set = () => {
    throw new ReadOnlyError(name, kind);
  };
  Object.defineProperty(target, name, { get, set, enumerable: false, configurable: true });
}

/** Freezes plain objects and arrays all the way down; other objects keep their own ways. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}
