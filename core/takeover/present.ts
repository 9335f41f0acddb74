import {
  ArtifactReader,
  artifactsByName,
  type Digest,
  type ObjectId,
  type Repository,
  type TreeEntry,
} from '#store';
import type { PlannedTask, TaskKey } from '../graph/plan.ts';
import { elementRead, readElement } from '../task/foreach-element.ts';
import { mergeDigest } from '../task/merge-digest.ts';

/** What a present is made of. */
export interface PresentSource {
  readonly repository: Repository;
  readonly parameters: ReadonlyMap<string, TreeEntry>;
  readonly constants: ReadonlyMap<string, TreeEntry>;
  /** The artifacts a task of this run has left; undefined when that is not known yet, as in a preview. */
  artifactsOf(task: TaskKey): ObjectId | undefined;
}

/** What a task would read if it were executed now. */
export class Present {
  readonly #source: PresentSource;
  readonly #digests = new Map<ObjectId, Digest>();
  /** The artifacts looked at last: siblings of a foreach share them. */
  #entries: { readonly of: ObjectId; readonly byName: ReadonlyMap<string, TreeEntry> } | undefined;

  constructor(source: PresentSource) {
    this.#source = source;
  }

  get parameters(): ReadonlyMap<string, TreeEntry> {
    return this.#source.parameters;
  }

  get constants(): ReadonlyMap<string, TreeEntry> {
    return this.#source.constants;
  }

  /** See {@link PresentSource.artifactsOf}. */
  artifactsOf(task: TaskKey): ObjectId | undefined {
    return this.#source.artifactsOf(task);
  }

  /** Artifacts by name. */
  entriesOf(artifacts: ObjectId): ReadonlyMap<string, TreeEntry> {
    if (this.#entries?.of !== artifacts) {
      this.#entries = { of: artifacts, byName: artifactsByName(this.#source.repository.tree(artifacts)) };
    }
    return this.#entries.byName;
  }

  /** The digest of what a name in a task's `reads` stands for now, or undefined when there is no such thing. */
  digestOf(name: string, planned: PlannedTask): Digest | undefined {
    if (name === '*') return this.#mergeDigest(planned);
    const element = readElement(name);
    const [place = '', second, third] = (element?.list ?? name).split('/');
    if (second === undefined) return this.#digestIn(planned.inputs[0], name);
    if (third !== undefined) return this.#digestIn({ step: place, task: second }, third);
    const entry = this.#sharedEntry(place, second, planned);
    return element ? this.#elementDigest(entry, element) : entry && this.#digest(entry);
  }

  /** A parameter, a constant, or the list of a foreach that a task stands in. */
  #sharedEntry(place: string, name: string, { levels }: PlannedTask): TreeEntry | undefined {
    if (place === 'parameters' || place === 'constants') return this[place].get(name);
    const level = levels.find(({ step, variable }) => step === place && variable !== undefined);
    const artifacts = level && this.artifactsOf(level);
    return artifacts && this.entriesOf(artifacts).get(name);
  }

  #digestIn(task: TaskKey | undefined, name: string): Digest | undefined {
    const artifacts = task && this.artifactsOf(task);
    const entry = artifacts && this.entriesOf(artifacts).get(name);
    return entry && this.#digest(entry);
  }

  #elementDigest(
    entry: TreeEntry | undefined,
    { list, index }: { readonly list: string; readonly index: number },
  ): Digest | undefined {
    const reader = entry && new ArtifactReader(this.#source.repository, entry);
    if (!reader || index >= (reader.length ?? 0)) return undefined;
    return elementRead(reader, { list, index, value: () => reader.element(index) }).digest;
  }

  #digest(entry: TreeEntry): Digest {
    let digest = this.#digests.get(entry.id);
    if (digest === undefined) {
      digest = new ArtifactReader(this.#source.repository, entry).digest;
      this.#digests.set(entry.id, digest);
    }
    return digest;
  }

  #mergeDigest({ inputs, closes }: PlannedTask): Digest | undefined {
    const trees = [...inputs, ...(closes ? [closes] : [])].map((task) => this.artifactsOf(task));
    return trees.some((tree) => tree === undefined) ? undefined : mergeDigest(trees.map(String));
  }
}
