import { artifactNameOf } from '../codec/artifact-name.ts';
import { OxbowError } from '../errors.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { LAYOUT } from '../history/layout.ts';
import { RunReader, type TaskReader } from '../history/run-reader.ts';
import type { ObjectId } from '../ids.ts';
import { type OnProgress, paced } from './events.ts';
import { verifyArtifact } from './fsck-artifact.ts';
import { type FileDamage, scanObjects } from './fsck-objects.ts';
import { type Target, targetsOf } from './reach.ts';
import { allRefs } from './ref-table.ts';
import { runsAmong } from './run-list.ts';

/** Something wrong with what a run or a ref needs. */
export interface Hit {
  /** `Flow/run/step/task/artifact`, as far as it is known; or the name of a ref. */
  readonly address: string;
  readonly problem: string;
  /** The object at fault, when it is one. */
  readonly id?: ObjectId;
}

/** What fsck found. */
export interface FsckReport {
  readonly objects: number;
  readonly runs: number;
  readonly artifacts: number;
  /** Damaged files, whether anything needs them or not. */
  readonly damage: readonly FileDamage[];
  /** What is hit by that, or is wrong in itself. */
  readonly hits: readonly Hit[];
  /** Runs that are hit, as `Flow/run`. */
  readonly damagedRuns: readonly string[];
}

/**
 * Checks a store to the last byte: every object, pack, index and ref, that everything which is pointed at is there, that every
 * record parses, and the digests of every artifact and its parts. Reads only.
 */
export function fsck(repository: Repository, onProgress?: OnProgress): FsckReport {
  const { whole, damage } = scanObjects(repository, onProgress);
  return new Check(repository, whole, onProgress).run(damage);
}

class Check {
  readonly #repository: Repository;
  readonly #whole: ReadonlySet<ObjectId>;
  readonly #onProgress: OnProgress | undefined;
  readonly #hits: Hit[] = [];
  readonly #damagedRuns = new Set<string>();
  /** Trees and commits below which everything is there. */
  readonly #sound = new Set<ObjectId>();
  /** What is wrong with an artifact, by the object that holds it; nothing is checked twice. */
  readonly #artifacts = new Map<ObjectId, string | undefined>();
  readonly #records = new Set<ObjectId>();

  constructor(repository: Repository, whole: ReadonlySet<ObjectId>, onProgress: OnProgress | undefined) {
    this.#repository = repository;
    this.#whole = whole;
    this.#onProgress = onProgress;
  }

  run(damage: readonly FileDamage[]): FsckReport {
    const refs = this.#refs();
    const runs = runsAmong(this.#repository, refs);
    const tell = paced(this.#onProgress, 'runs', runs.length);
    for (const [at, { flow, id, commit }] of runs.entries()) {
      const hits = this.#hits.length;
      this.#run(`${flow}/${id}`, commit);
      if (this.#hits.length > hits) this.#damagedRuns.add(`${flow}/${id}`);
      tell(at + 1);
    }
    for (const [name, id] of refs) if (!name.startsWith('refs/runs/')) this.#reach(id, name);
    return {
      objects: this.#whole.size,
      runs: runs.length,
      artifacts: this.#artifacts.size,
      damage,
      hits: this.#hits,
      damagedRuns: [...this.#damagedRuns],
    };
  }

  #refs(): Map<string, ObjectId> {
    try {
      return allRefs(this.#repository);
    } catch (error) {
      if (!(error instanceof OxbowError)) throw error;
    }
    // One damaged ref, or the table of them, must not hide the others.
    const refs = new Map<string, ObjectId>();
    for (const name of this.#try('refs', () => this.#repository.refs.names('refs/')) ?? []) {
      const id = this.#try(name, () => this.#repository.refs.read(name));
      if (id !== undefined) refs.set(name, id);
    }
    return refs;
  }

  #run(name: string, commit: ObjectId): void {
    this.#reach(commit, name);
    // The objects say what is hit, the artifacts say whose.
    this.#try(name, () => this.#tasks(name, commit));
  }

  #tasks(name: string, commit: ObjectId): void {
    const run = new RunReader(this.#repository, name, commit);
    this.#try(`${name}/${LAYOUT.run}`, () => run.record);
    if (this.#try(`${name}/${LAYOUT.graph}`, () => run.graph) === undefined) return;
    this.#artifactsOf(`${name}/${LAYOUT.parameters}`, () => run.parameters().values());
    this.#artifactsOf(`${name}/${LAYOUT.constants}`, () => run.constants().values());
    for (const step of run.stepNames()) {
      for (const task of this.#try(`${name}/${step}`, () => run.tasks(step)) ?? []) this.#task(task);
    }
  }

  #task(task: TaskReader): void {
    // Tasks that a resumed run took over are the same objects: what was found sound stays so.
    if (this.#records.has(task.tree)) return;
    const hits = this.#hits.length;
    for (const attempt of this.#try(`${task.name}/${LAYOUT.attempts}`, () => task.attempts()) ?? []) {
      this.#try(`${attempt.name}/${LAYOUT.task}`, () => attempt.record);
      this.#artifactsOf(attempt.name, () => attempt.artifacts().values());
    }
    if (this.#hits.length === hits) this.#records.add(task.tree);
  }

  #artifactsOf(name: string, list: () => Iterable<TreeEntry>): void {
    for (const entry of this.#try(name, list) ?? []) {
      if (!this.#artifacts.has(entry.id))
        this.#artifacts.set(entry.id, verifyArtifact(this.#repository, entry));
      const problem = this.#artifacts.get(entry.id);
      if (problem !== undefined) this.#hit(`${name}/${artifactNameOf(entry)}`, problem, entry.id);
    }
  }

  /** Whether all that an object reaches is whole; tells of what is not, once for each of its holders. */
  #reach(id: ObjectId, path: string, kind: Target['kind'] = 'unknown'): boolean {
    if (!this.#whole.has(id) && !this.#arrived(id)) {
      this.#hit(path, 'needs an object that is missing or damaged', id);
      return false;
    }
    if (kind === 'blob' || this.#sound.has(id)) return true;
    const targets = this.#try(path, () => targetsOf(this.#repository, { id, kind }));
    if (targets === undefined) return false;
    let isSound = true;
    for (const target of targets) isSound = this.#reach(target.id, path, target.kind) && isSound;
    if (isSound) this.#sound.add(id);
    return isSound;
  }

  /** A run that goes on may have written it since the objects were scanned. */
  #arrived(id: ObjectId): boolean {
    try {
      this.#repository.read(id);
      return true;
    } catch (error) {
      if (error instanceof OxbowError) return false;
      throw error;
    }
  }

  #try<T>(address: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof OxbowError)) throw error;
      this.#hit(address, error.message);
      return undefined;
    }
  }

  #hit(address: string, problem: string, id?: ObjectId): void {
    this.#hits.push({ address, problem, ...(id === undefined ? {} : { id }) });
  }
}
