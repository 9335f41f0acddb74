import { isAbsolute, join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { runRef } from '../history/layout.ts';
import type { ObjectId } from '../ids.ts';
import { entryAt } from '../plain-files.ts';
import { rebuildSummaries } from '../summaries/summaries.ts';
import type { FileDamage, Hit } from './damage.ts';
import { type OnProgress, paced } from './events.ts';
import { scanFiles } from './fsck-files.ts';
import { scanObjects } from './fsck-objects.ts';
import { Reach, type Root, typeFor } from './fsck-reach.ts';
import { RunCheck, type RunFindings } from './fsck-runs.ts';
import { NOTE, type ObjectTable } from './object-table.ts';
import { type Target, targetsOf } from './reach.ts';
import { runsAmong } from './run-list.ts';

export type { FileDamage, Hit } from './damage.ts';

/** What fsck found. */
export interface FsckReport {
  readonly objects: number;
  readonly runs: number;
  /** Distinct artifacts that were checked. */
  readonly artifacts: number;
  /** Damaged files, whether anything needs them or not. */
  readonly damage: readonly FileDamage[];
  /**
   * What is hit by that, or is wrong in itself: each object once, under the first that needs it, and each artifact once for each run
   * that has it.
   */
  readonly hits: readonly Hit[];
  /** All runs that are hit, as `Flow/run`. */
  readonly damagedRuns: readonly string[];
  /** Artifacts whose bytes are right, but which this process cannot decode: what it lacks. Only when values were asked for. */
  readonly undecoded: readonly Hit[];
}

/** What {@link fsck} is asked. */
export interface FsckOptions {
  /** Whether to decode every artifact too. */
  readonly values?: boolean;
}

/** How often to look at a run or ref that others keep moving while it is checked. */
const ATTEMPTS = 5;

/**
 * Checks a store to the last byte: every object, pack, index and ref, that everything which is pointed at is there, that every
 * record parses, and the digests of every artifact and its parts; finds at least what `git fsck --strict` refuses. Reads only, beside
 * whatever else is at work: what has gone or moved while it was looked at is looked at again.
 */
export function fsck(
  repository: Repository,
  onProgress?: OnProgress,
  { values = false }: FsckOptions = {},
): FsckReport {
  const { objects, damage } = scanObjects(repository, onProgress);
  const files = scanFiles(repository);
  const reach = new Reach(repository, objects, files.grafts);
  const check = new Check(repository, { objects, reach, values });
  try {
    const runs = runsAmong(repository, files.refs);
    const tell = paced(onProgress, 'runs', runs.length);
    for (const [at, { flow, id, commit }] of runs.entries()) {
      const run = `${flow}/${id}`;
      check.ref(runRef(flow, id), { commit, run, isNamed: files.refs.has(runRef(flow, id)) });
      tell(at + 1);
    }
    const checked = new Set(runs.map(({ flow, id }) => runRef(flow, id)));
    for (const [name, commit] of files.refs) if (!checked.has(name)) check.ref(name, { commit });
    for (const root of files.roots) check.root(root);
    check.unreached();
    rebuildSummaries(repository, runs);
  } finally {
    reach.close();
  }
  return {
    objects: objects.wholeCount,
    runs: check.runCount,
    artifacts: check.runs.artifactCount,
    damage: [...files.damage, ...damage].filter((each) => isStillThere(repository, each)),
    hits: check.hits,
    damagedRuns: check.damagedRuns,
    undecoded: check.undecoded,
  };
}

interface Checked {
  readonly commit: ObjectId;
  readonly run?: string;
  /** Whether the ref is there. */
  readonly isNamed?: boolean;
}

class Check {
  readonly runs: RunCheck;
  readonly hits: Hit[] = [];
  readonly damagedRuns: string[] = [];
  readonly undecoded: Hit[] = [];
  runCount = 0;
  readonly #repository: Repository;
  readonly #objects: ObjectTable;
  readonly #reach: Reach;

  constructor(
    repository: Repository,
    { objects, reach, values }: { objects: ObjectTable; reach: Reach; values: boolean },
  ) {
    this.#repository = repository;
    this.#objects = objects;
    this.#reach = reach;
    this.runs = new RunCheck(repository, { objects, values });
  }

  /** Checks what a ref names; with `run`, that it is a run of that name, which in a bare clone has no ref of its own. */
  ref(name: string, { commit, run, isNamed = true }: Checked): void {
    let id: ObjectId | undefined = commit;
    for (let attempt = 0; id !== undefined && attempt < ATTEMPTS; attempt += 1) {
      const isBranch = name.startsWith('refs/heads/') || run !== undefined;
      const visit = this.#reach.visit({
        id,
        kind: 'unknown',
        address: run ?? name,
        ...(isBranch ? { type: 'commit' as const } : {}),
      });
      const found: RunFindings | undefined = run === undefined ? undefined : this.runs.check(run, id);
      const isSound: boolean = visit.isSound && (found?.hits.length ?? 0) === 0;
      const now: ObjectId | undefined = isSound || !isNamed ? id : this.#read(name);
      if (now === id) {
        if (run !== undefined) this.runCount += 1;
        this.hits.push(...visit.hits, ...(found?.hits ?? []));
        this.undecoded.push(...(found?.undecoded ?? []));
        if (!isSound && run !== undefined) this.damagedRuns.push(run);
        return;
      }
      // The run was deleted or went on, and somebody may have removed what only its old state needed.
      this.#reach.forget(visit);
      if (found) this.runs.forget(found);
      id = now;
    }
  }

  /** Checks what a file names beside refs. */
  root(root: Root): void {
    this.hits.push(...this.#reach.visit(root).hits);
  }

  /** What nothing needs may point at what is gone, but not at something of another type. */
  unreached(): void {
    const objects = this.#objects;
    for (let number = 0; number < objects.size; number += 1) {
      const type = objects.typeOf(number);
      if (type === undefined || type === 'blob' || objects.has(number, NOTE.sound | NOTE.hit)) continue;
      const id = objects.idAt(number);
      for (const target of this.#targetsOf(id)) {
        const wanted = typeFor(target);
        const actual = wanted === undefined ? undefined : objects.typeIfKnown(target.id);
        if (actual === undefined || actual === wanted) continue;
        const problem = `points at ${target.id} as a ${wanted}, which is a ${actual}`;
        this.hits.push({ address: `${type} ${id}`, problem, id });
      }
    }
  }

  #targetsOf(id: ObjectId): Target[] {
    try {
      return targetsOf(this.#repository, { id, kind: 'unknown' });
    } catch {
      return []; // Gone since, or damage that has been told.
    }
  }

  #read(name: string): ObjectId | undefined {
    try {
      return this.#repository.refs.read(name);
    } catch {
      return undefined; // Damage that has been told.
    }
  }
}

/** A file that others have removed is no damage; what it held is looked for elsewhere. */
function isStillThere({ path }: Repository, { file }: FileDamage): boolean {
  // Only objects come and go by themselves.
  return !file.startsWith('objects/') || entryAt(join(path, file)) !== undefined || isAbsolute(file);
}
