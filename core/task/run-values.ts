import {
  ArtifactReader,
  artifactsByName,
  type Digest,
  type ObjectId,
  type Repository,
  type TreeEntry,
} from '#store';
import { ReadOnlyError } from '../errors.ts';
import { lineOf } from '../flow/constants.ts';
import type { FlowClass } from '../flow/flow-spec.ts';
import { immutable } from '../flow/immutable.ts';
import { Secrets } from '../flow/secrets.ts';
import { type ElementRead, elementRead } from './foreach-element.ts';
import { taskAtWork, tasksAtWork } from './running-tasks.ts';

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

/** A parameter or constant, loaded. */
interface LoadedValue {
  readonly value: unknown;
  readonly digest: Digest;
  /** Whether nothing in it can be changed; else each task gets a copy of its own. */
  readonly isFrozen: boolean;
  readonly reader: ArtifactReader;
}

/** What one task sees of the values. */
interface View {
  /** Its own copies of what could not be frozen. */
  readonly copies: Map<string, unknown>;
  readonly reads: Map<string, Digest>;
}

/** What a run's values are made of. */
export interface RunValuesSource {
  readonly repository: Repository;
  /** Field of each config and parameter, by the name it was declared with. */
  readonly parameterFields: ReadonlyMap<string, string>;
  /** Which of those fields are configs. */
  readonly configs: ReadonlySet<string>;
  /** Which of those fields other field initialisers use. */
  readonly fieldReads: readonly string[];
  /** Values of configs and parameters, by field. */
  readonly parameters: ReadonlyMap<string, TreeEntry>;
  readonly constants: ReadonlyMap<string, TreeEntry>;
  /** Values of the secret parameters, by field: no store has them, and no record says that they were read. */
  readonly secrets?: ReadonlyMap<string, unknown>;
}

/**
 * The values all tasks of a run share: parameters, class constants and the lists of foreaches. Parameters and constants
 * load once per process and are frozen; of a list, only the element asked for is loaded.
 */
export class RunValues {
  readonly #source: RunValuesSource;
  readonly #loaded = new Map<string, LoadedValue>();
  /** What running tasks have looked at; that of no task is kept under this object itself. */
  readonly #views = new WeakMap<object, View>();
  /** The list read last: siblings of one foreach follow each other in a worker. */
  #list: OpenList | undefined;
  #secrets: Secrets | undefined;

  constructor(source: RunValuesSource) {
    this.#source = source;
  }

  /** What must not be stored or shown. */
  get secrets(): Secrets {
    this.#secrets ??= new Secrets(this.#source.secrets?.values() ?? []);
    return this.#secrets;
  }

  isParameter(field: string): boolean {
    return this.#source.parameters.has(field) || this.#source.secrets?.has(field) === true;
  }

  /** The value of the parameter declared under a name. */
  parameterNamed(name: string): unknown {
    const field = this.#source.parameterFields.get(name) ?? name;
    if (this.#source.secrets?.has(field)) return this.#source.secrets.get(field);
    const entry = this.#source.parameters.get(field);
    return entry && this.#valueOf(`parameters/${field}`, entry);
  }

  /** Makes the parameters read-only accessors of a flow instance. */
  bindParameters(flow: object): void {
    for (const [field, get] of this.parameterGetters()) {
      const kind = this.#source.configs.has(field) ? 'config' : 'parameter';
      define(flow, { name: field, kind, get });
    }
  }

  /** Notes what the flow's field initialisers have read, of which the task they count for tells. */
  noteFieldReads(): void {
    for (const field of this.#source.fieldReads) {
      const entry = this.#source.parameters.get(field);
      if (entry) this.#noteRead(`parameters/${field}`, entry);
    }
  }

  /** A function per parameter that loads its value and notes the read. */
  parameterGetters(): Map<string, () => unknown> {
    const getters = new Map<string, () => unknown>();
    for (const [field, entry] of this.#source.parameters) {
      getters.set(field, () => this.#noteRead(`parameters/${field}`, entry));
    }
    for (const [field, value] of this.#source.secrets ?? []) getters.set(field, () => value);
    return getters;
  }

  /** Makes the class's constants read-only and gives them the values the run recorded. */
  bindConstants(flow: FlowClass): void {
    for (const [name, entry] of this.#source.constants) {
      // On the class that declares it, where code may reach it by that class's name.
      const owner = [...lineOf(flow)].find((one) => Object.hasOwn(one, name)) ?? flow;
      define(owner, { name, kind: 'constant', get: () => this.#noteRead(`constants/${name}`, entry) });
    }
  }

  /** What the task at work has read since the last call. It has ended: another one gets fresh copies of what can be changed. */
  takeReads(): Map<string, Digest> {
    const task = taskAtWork() ?? this;
    const { reads } = this.#viewOf(task);
    this.#views.delete(task);
    return reads;
  }

  #viewOf(task: object): View {
    let view = this.#views.get(task);
    if (!view) {
      view = { copies: new Map(), reads: new Map() };
      this.#views.set(task, view);
    }
    return view;
  }

  /** One element of a list, which nobody else has, and what a task that touches it is said to have read. */
  element(ref: ElementRef): { readonly value: unknown; readonly read: ElementRead } {
    const { name: list, reader } = this.#listOf(ref);
    const { index } = ref;
    const value = reader.element(index);
    return { value, read: elementRead(reader, { list, index, value: () => value }) };
  }

  /** The list as a whole, as the read of a task that looks at more than its element. */
  wholeList(ref: ElementRef): ElementRead {
    const { name, reader } = this.#listOf(ref);
    return { name, digest: reader.digest };
  }

  #listOf(ref: ElementRef): OpenList {
    const key = `${ref.artifacts} ${ref.variable}`;
    if (this.#list?.key !== key) this.#list = { key, ...this.#openList(ref) };
    return this.#list;
  }

  #openList({ step, artifacts, variable }: ElementRef): Omit<OpenList, 'key'> {
    const { repository, parameters } = this.#source;
    const artifact = artifactsByName(repository.tree(artifacts)).get(variable);
    const entry = artifact ?? parameters.get(variable);
    // The engine counted this list's elements when it planned the task.
    if (!entry)
      throw new Error(`The list "${variable}" of a foreach is not among the artifacts ${artifacts}.`);
    const name = artifact ? `${step}/${variable}` : `parameters/${variable}`;
    const reader = new ArtifactReader(repository, entry);
    return { name, reader };
  }

  #noteRead(key: string, entry: TreeEntry): unknown {
    const { digest } = this.#load(key, entry);
    const tasks = tasksAtWork();
    for (const task of tasks.length > 0 ? tasks : [this]) this.#viewOf(task).reads.set(key, digest);
    return this.#valueOf(key, entry);
  }

  #valueOf(key: string, entry: TreeEntry): unknown {
    const { value, isFrozen, reader } = this.#load(key, entry);
    if (isFrozen) return value;
    const { copies } = this.#viewOf(taskAtWork() ?? this);
    if (!copies.has(key)) copies.set(key, this.#guarded(key, reader.load()));
    return copies.get(key);
  }

  /** A config, which says so when something tries to change it; other values as they are. */
  #guarded(key: string, value: unknown): unknown {
    const field = key.slice('parameters/'.length);
    const isConfig = key.startsWith('parameters/') && this.#source.configs.has(field);
    return isConfig ? immutable(value, field) : value;
  }

  #load(key: string, entry: TreeEntry): LoadedValue {
    let loaded = this.#loaded.get(key);
    if (!loaded) {
      const reader = new ArtifactReader(this.#source.repository, entry);
      const value = reader.load();
      const isFrozen = deepFreeze(value);
      loaded = { value: this.#guarded(key, value), digest: reader.digest, isFrozen, reader };
      this.#loaded.set(key, loaded);
    }
    return loaded;
  }
}

function define(
  target: object,
  {
    name,
    kind,
    get,
  }: {
    readonly name: string;
    readonly kind: 'parameter' | 'constant' | 'config';
    readonly get: () => unknown;
  },
): void {
  const set = () => {
    throw new ReadOnlyError(name, kind);
  };
  Object.defineProperty(target, name, { get, set, enumerable: false, configurable: true });
}

/** Freezes plain objects and arrays all the way down; false when something in it keeps its own ways, as a Map or bytes do. */
function deepFreeze(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const prototype = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return false;
  if (Object.isFrozen(value)) return true;
  Object.freeze(value);
  return Object.values(value).map(deepFreeze).every(Boolean);
}
