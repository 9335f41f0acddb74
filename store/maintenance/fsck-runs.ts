import { artifactNameOf } from '../codec/artifact-name.ts';
import { OxbowError } from '../errors.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { LAYOUT } from '../history/layout.ts';
import { outputOf } from '../history/outputs.ts';
import { RecordError } from '../history/read-record.ts';
import { RunReader, type TaskReader } from '../history/run-reader.ts';
import { taskTrees } from '../history/task-tree.ts';
import type { ObjectId } from '../ids.ts';
import type { Hit } from './damage.ts';
import { type ArtifactProblem, checkArtifact } from './fsck-artifact.ts';
import { NOTE, type ObjectTable } from './object-table.ts';

/** What is wrong with a run's records and artifacts. */
export interface RunFindings {
  readonly hits: readonly Hit[];
  /** Artifacts that this process lacks something to decode. */
  readonly undecoded: readonly Hit[];
  /** Artifacts verified for the first time. */
  readonly verified: readonly number[];
}

/** Makes sure that what a run says its tasks came to is what they left: who compares runs goes by it. Throws a RecordError. */
function checkOutputs(run: RunReader, step: string, tasks: readonly TaskReader[]): void {
  const recorded = run.outputTree(step);
  if (recorded === undefined) return;
  const outputs = taskTrees(run.repository, recorded);
  const wrong = tasks.find((task) => {
    const artifacts = task.entries.get(LAYOUT.artifacts)?.id;
    return outputs.get(task.task) !== outputOf(task.record, task.tree, artifacts);
  });
  if (wrong === undefined && outputs.size === tasks.length) return;
  const culprit = wrong ? `what task ${wrong.task} left` : 'the tasks there are';
  throw new RecordError(`${run.name}/${LAYOUT.outputs}/${step}`, `does not agree with ${culprit}.`);
}

/**
 * Checks the records and artifacts of runs, each distinct task and artifact once however many runs have it. An artifact that is damaged is
 * told once for each run, at the first of its tasks that has it.
 */
export class RunCheck {
  /** How many distinct artifacts have been checked. */
  artifactCount = 0;
  readonly #repository: Repository;
  readonly #objects: ObjectTable;
  readonly #values: boolean;
  readonly #problems = new Map<number, ArtifactProblem>();

  constructor(
    repository: Repository,
    { objects, values }: { readonly objects: ObjectTable; readonly values: boolean },
  ) {
    this.#repository = repository;
    this.#objects = objects;
    this.#values = values;
  }

  /** Checks a run, named `Flow/id`. */
  check(name: string, commit: ObjectId): RunFindings {
    const findings = { hits: [] as Hit[], undecoded: [] as Hit[], verified: [] as number[] };
    const told = new Set<number>();
    const attempt = <T>(address: string, read: () => T): T | undefined => {
      try {
        return read();
      } catch (error) {
        if (!(error instanceof OxbowError)) throw error;
        findings.hits.push({ address, problem: error.message });
        return undefined;
      }
    };
    const artifacts = (of: string, list: () => Iterable<TreeEntry>): void => {
      for (const entry of attempt(of, list) ?? []) {
        const { number, problem } = this.#artifact(entry, findings.verified);
        if (problem === undefined || told.has(number)) continue;
        told.add(number);
        const address = `${of}/${artifactNameOf(entry)}`;
        findings[problem.kind].push({ address, problem: problem.problem, id: entry.id });
      }
    };
    const task = (reader: TaskReader): void => {
      // Tasks that a resumed run took over are the same objects: what was found sound stays so.
      const number = this.#objects.numberOf(reader.tree);
      if (this.#objects.has(number, NOTE.taskSound)) return;
      const before = findings.hits.length + findings.undecoded.length;
      const attempts = new Set<ObjectId>();
      for (const each of attempt(`${reader.name}/${LAYOUT.attempts}`, () => reader.attempts()) ?? []) {
        if (attempts.has(each.tree)) continue;
        attempts.add(each.tree);
        attempt(`${each.name}/${LAYOUT.task}`, () => each.record);
        artifacts(each.name, () => each.artifacts().values());
      }
      // What has been told of this run would have to be told of the next.
      const isQuiet = findings.hits.length + findings.undecoded.length === before && told.size === 0;
      if (isQuiet) this.#objects.mark(number, NOTE.taskSound);
    };
    attempt(name, () => {
      const run = new RunReader(this.#repository, name, commit);
      attempt(`${name}/${LAYOUT.run}`, () => run.record);
      const graph = attempt(`${name}/${LAYOUT.graph}`, () => run.graph);
      artifacts(`${name}/${LAYOUT.parameters}`, () => run.parameters().values());
      artifacts(`${name}/${LAYOUT.constants}`, () => run.constants().values());
      if (graph === undefined) return;
      for (const step of run.stepNames()) {
        const tasks = attempt(`${name}/${step}`, () => run.tasks(step)) ?? [];
        for (const reader of tasks) task(reader);
        attempt(`${name}/${LAYOUT.outputs}/${step}`, () => checkOutputs(run, step, tasks));
      }
    });
    return findings;
  }

  /** Forgets what was found about a run that had gone meanwhile. */
  forget({ verified }: RunFindings): void {
    this.artifactCount -= verified.length;
    for (const number of verified) {
      this.#problems.delete(number);
      this.#objects.unmark(number, NOTE.verified);
    }
  }

  #artifact(
    entry: TreeEntry,
    verified: number[],
  ): { readonly number: number; readonly problem: ArtifactProblem | undefined } {
    const number = this.#objects.numberOf(entry.id);
    if (!this.#objects.has(number, NOTE.verified)) {
      this.#objects.mark(number, NOTE.verified);
      verified.push(number);
      this.artifactCount += 1;
      const found = checkArtifact(this.#repository, entry, this.#values);
      if (found !== undefined) this.#problems.set(number, found);
    }
    return { number, problem: this.#problems.get(number) };
  }
}
