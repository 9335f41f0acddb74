import { ArtifactReader } from '../artifact.ts';
import { artifactNameOf } from '../codec/artifact-name.ts';
import { OxbowError } from '../errors.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { LAYOUT } from '../history/layout.ts';
import { RunReader } from '../history/run-reader.ts';
import type { ObjectId } from '../ids.ts';
import type { OnProgress } from './events.ts';
import { walk } from './reach.ts';
import { allRefs, type OnDamaged } from './ref-table.ts';
import { Usage } from './usage.ts';

/** What something takes, in bytes. Its stored bytes are `exclusive + shared`, compressed and each object once. */
export interface Bytes {
  /** What nothing else holds: deleting this would free them. */
  readonly exclusive: number;
  /** What others hold too. */
  readonly shared: number;
  /** Of the values as they are, uncompressed; a value that several tasks have counts once. */
  readonly logical: number;
}

/** What a flow takes; `shared` is shared with other flows. */
export interface FlowBytes extends Bytes {
  readonly flow: string;
  readonly runs: number;
}

/** What a run takes; `shared` is shared with other runs. */
export interface RunUsage extends Bytes {
  readonly flow: string;
  readonly id: string;
}

/** What an artifact of a run takes, in all tasks of a step. What an earlier step of those measured has already counts there. */
export interface ArtifactUsage extends Bytes {
  /** Or `parameters`, `constants`. */
  readonly step: string;
  readonly artifact: string;
  /** How many tasks of the step have it. */
  readonly tasks: number;
}

/** What a store takes. */
export interface StoreUsage {
  readonly flows: readonly FlowBytes[];
  readonly runs: readonly RunUsage[];
  /** Bytes of all objects. */
  readonly stored: number;
  /** Bytes that only the trash holds, or nothing: what gc frees when the grace has ended. */
  readonly unused: number;
  readonly logical: number;
  /** What could not be read, by address or name: runs that are missing above, or refs. */
  readonly damaged: readonly { readonly pathspec: string; readonly error: Error }[];
}

/** Measures a whole store in one walk over all its runs. What is damaged is told, and left out. */
export function storeUsage(repository: Repository, onProgress?: OnProgress): StoreUsage {
  const damaged: { pathspec: string; error: Error }[] = [];
  const onDamaged: OnDamaged = (pathspec, error) => damaged.push({ pathspec, error });
  const usage = new Usage(repository, allRefs(repository, onDamaged), { onProgress, onDamaged });
  const sizes = new LogicalSizes(repository);
  const exclusive = usage.exclusiveByRun();
  const ofFlows = usage.exclusiveByFlow();
  const all = new Set<ObjectId>();
  const artifactsByFlow = new Map<string, Set<ObjectId>>(usage.flows.map((flow) => [flow, new Set()]));
  const runs = usage.runs.flatMap(({ flow, id, commit, reached, isDamaged }, index): RunUsage[] => {
    if (isDamaged) return [];
    const own = exclusive[index] ?? 0;
    try {
      const entries = sizes.ofRun(new RunReader(repository, `${flow}/${id}`, commit));
      for (const entry of entries) {
        all.add(entry);
        artifactsByFlow.get(flow)?.add(entry);
      }
      return [{ flow, id, exclusive: own, shared: reached - own, logical: sizes.sum(entries) }];
    } catch (error) {
      if (!(error instanceof OxbowError)) throw error;
      onDamaged(`${flow}/${id}`, error);
      return [];
    }
  });
  const flows = usage.flows.map((flow, index): FlowBytes => {
    const own = ofFlows[index] ?? 0;
    const shared = usage.reachedByFlow(flow) - own;
    const logical = sizes.sum(artifactsByFlow.get(flow) ?? []);
    return { flow, runs: runs.filter((run) => run.flow === flow).length, exclusive: own, shared, logical };
  });
  const stored = usage.objects.bytes;
  return { flows, runs, stored, unused: stored - usage.reachedBytes, logical: sizes.sum(all), damaged };
}

/** A run, or what of it is to be measured as if nothing else of the run were there. */
export interface MeasuredPart {
  readonly flow: string;
  readonly id: string;
  /** Or `parameters`, `constants`. */
  readonly step?: string | undefined;
  readonly task?: string | undefined;
  readonly artifact?: string | undefined;
}

/** Measures the artifacts of one run against all other runs, in the order of its steps. Undefined when there is no such run. */
export function runUsage(
  repository: Repository,
  part: MeasuredPart,
  onProgress?: OnProgress,
): { readonly run: RunUsage; readonly artifacts: readonly ArtifactUsage[] } | undefined {
  const { flow, id } = part;
  // Others that are damaged are none of this run's.
  const onDamaged: OnDamaged = (pathspec, error) => {
    if (pathspec === `${flow}/${id}`) throw error;
  };
  const usage = new Usage(repository, allRefs(repository, onDamaged), { onProgress, onDamaged });
  const index = usage.runs.findIndex((run) => run.flow === flow && run.id === id);
  const found = usage.runs[index];
  if (found === undefined) return undefined;
  const sizes = new LogicalSizes(repository);
  const reader = new RunReader(repository, `${flow}/${id}`, found.commit);
  const exclusive = usage.exclusiveByRun()[index] ?? 0;
  const logical = sizes.sum(sizes.ofRun(reader));
  return {
    run: { flow, id, exclusive, shared: found.reached - exclusive, logical },
    artifacts: artifactUsage(usage, reader, part),
  };
}

/** What each artifact of a run, or of a part of it, takes, in the order of its steps. */
export function artifactUsage(
  usage: Usage,
  run: RunReader,
  part: Omit<MeasuredPart, 'flow' | 'id'> = {},
): ArtifactUsage[] {
  const { repository, objects } = usage;
  const sizes = new LogicalSizes(repository);
  const rows = new Map<string, { -readonly [K in keyof ArtifactUsage]: ArtifactUsage[K] }>();
  const seen = new Set<number>();
  // The attempts of a task follow each other.
  const lastTask = new Map<string, string | undefined>();
  for (const { step, task, entry } of artifactsOf(run)) {
    const artifact = artifactNameOf(entry);
    if (!isWithin({ step, task, artifact }, part)) continue;
    const key = `${step}/${artifact}`;
    const row = rows.get(key) ?? { step, artifact, tasks: 0, exclusive: 0, shared: 0, logical: 0 };
    rows.set(key, row);
    if (task === undefined || lastTask.get(key) !== task) row.tasks += 1;
    lastTask.set(key, task);
    if (!seen.has(objects.numberOf(entry.id))) row.logical += sizes.of(entry);
    walk(repository, [entry.id], (id) => {
      const number = objects.numberOf(id);
      if (seen.has(number)) return false;
      seen.add(number);
      row[usage.isExclusive(id) ? 'exclusive' : 'shared'] += objects.bytesOf(number);
      return true;
    });
  }
  return [...rows.values()];
}

type Within = Pick<MeasuredPart, 'step' | 'task' | 'artifact'>;

const isWithin = (place: Within, part: Within): boolean =>
  (part.step ?? place.step) === place.step &&
  (part.task ?? place.task) === place.task &&
  (part.artifact ?? place.artifact) === place.artifact;

/** An artifact of a run, and where it lies; the task is absent for parameters and constants. */
interface PlacedEntry {
  readonly step: string;
  readonly task?: string;
  readonly entry: TreeEntry;
}

/** Every artifact entry of a run; parameters and constants first. */
function* artifactsOf(run: RunReader): Generator<PlacedEntry> {
  for (const entry of run.parameters().values()) yield { step: LAYOUT.parameters, entry };
  for (const entry of run.constants().values()) yield { step: LAYOUT.constants, entry };
  for (const step of run.stepNames()) {
    for (const attempt of run.tasks(step).flatMap((task) => task.attempts()))
      for (const entry of attempt.artifacts().values()) yield { step, task: attempt.task, entry };
  }
}

/** Uncompressed sizes of artifacts, each read once. A damaged one counts nothing: fsck tells of it. */
class LogicalSizes {
  readonly #repository: Repository;
  readonly #sizes = new Map<ObjectId, number>();

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  /** The distinct artifacts of a run, by the objects that hold them. */
  ofRun(run: RunReader): Set<ObjectId> {
    const entries = new Set<ObjectId>();
    for (const { entry } of artifactsOf(run)) {
      this.of(entry);
      entries.add(entry.id);
    }
    return entries;
  }

  of(entry: TreeEntry): number {
    const known = this.#sizes.get(entry.id);
    if (known !== undefined) return known;
    const size = this.#measure(entry);
    this.#sizes.set(entry.id, size);
    return size;
  }

  /** The sum of sizes measured before. */
  sum(entries: Iterable<ObjectId>): number {
    let sum = 0;
    for (const entry of entries) sum += this.#sizes.get(entry) ?? 0;
    return sum;
  }

  #measure(entry: TreeEntry): number {
    try {
      return new ArtifactReader(this.#repository, entry).size;
    } catch (error) {
      if (error instanceof OxbowError) return 0;
      throw error;
    }
  }
}
