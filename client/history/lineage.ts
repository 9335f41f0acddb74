import type { Digest, TaskReader } from '#store';
import { parseTarget } from '../address.ts';
import type { Connection } from '../connection.ts';
import { isDamage } from '../damage.ts';
import type { UntypedData } from '../data-types.ts';
import type { InnerArtifact, InnerFlow, InnerRun, InnerTask } from '../inner.ts';
import type { Found } from '../locate.ts';
import { locate } from '../locate.ts';
import type { Artifact, LineageNode, LineageOptions, Run, Task } from '../objects.ts';
import { orMissing } from '../or-missing.ts';
import { Inflow, type Seed, type Source } from './inflow.ts';
import { runOfArtifact, taskOfArtifact } from './place.ts';

/** No lineage is followed further than this many runs. */
const DEEPEST = 1000;

/** The artifacts of other runs that went into an artifact; what has been deleted is left out. */
export function usesOf(artifact: Artifact): Artifact[] {
  const own = runOfArtifact(artifact);
  return readSources(own, artifact).flatMap((address) => {
    const found = foundAt(own, address);
    return found?.kind === 'artifact' ? [found] : [];
  });
}

/** Addresses of what was read of other runs, also by the tasks that others were taken over from. */
function readSources(own: InnerRun, found: Found<unknown>): string[] {
  const addresses = inflowOf(found).sources.flatMap(({ address, how }) => {
    if (how === 'read') return [address];
    const origin = how === 'reused' ? foundAt(own, address) : undefined;
    return origin ? readSources(own, origin) : [];
  });
  return [...new Set(addresses)];
}

/** The tasks of other runs that read the value of an artifact, by flow and newest first. */
export function usedByOf(artifact: InnerArtifact): Task[] {
  const own = runOfArtifact(artifact);
  const { digest } = artifact.reader;
  const isMeant = (use: Use) => use.digest === digest && nameIn(use.address) === nameIn(artifact.pathspec);
  const uses = new RunUses(own.connection).of(own.pathspec).filter(isMeant);
  return readersOf(own, uses);
}

/** What something was made from: what of other runs went into it, what went into that, and so on. */
export const lineageUp = (found: Found<unknown>, options: LineageOptions = {}): LineageNode[] =>
  new Lineage(runOf(found), options).up(found);

/** Where something was used: the tasks of other runs that read it or what was made of it, those that read what they made, and so on. */
export const lineageDown = (found: Found<unknown>, options: LineageOptions = {}): LineageNode[] =>
  new Lineage(runOf(found), options).down(found);

/** The run that something is or is of. */
function runOf(found: Found<unknown>): InnerRun {
  switch (found.kind) {
    case 'run':
      return found as InnerRun;
    case 'step':
      return found.parent as InnerRun;
    case 'task':
      return found.parent.parent as InnerRun;
    default:
      return runOfArtifact(found);
  }
}

class Lineage {
  readonly #start: InnerRun;
  readonly #depth: number;
  readonly #seen = new Set<string>();
  readonly #uses: RunUses;

  constructor(start: InnerRun, { depth = DEEPEST }: LineageOptions) {
    this.#start = start;
    this.#depth = Math.min(depth, DEEPEST);
    this.#uses = new RunUses(start.connection);
  }

  up(found: Found<unknown>, depth = this.#depth): LineageNode[] {
    const sources = new Map<string, Source>();
    for (const source of inflowOf(found).sources)
      if (!sources.has(source.address)) sources.set(source.address, source);
    return [...sources.values()].map((source) => {
      const { address, how, by } = source;
      if (how === 'file') return { ...this.#leaf(address), how, by };
      const found = damageOr(() => ({ from: foundAt(this.#start, address) }));
      if (found instanceof Error) return { ...this.#leaf(address), how, by, problem: found.message };
      const { from } = found;
      const node = this.#node(address, depth, () => (from ? this.up(from, depth - 1) : []));
      return { ...node, how, by, isGone: from === undefined };
    });
  }

  down(found: Found<unknown>, depth = this.#depth): LineageNode[] {
    const run = runOf(found);
    const readers = [...usesByRun(this.#uses.of(run.pathspec))].flatMap(([name, uses]) => {
      const tasks = damageOr(() =>
        readersOf(
          run,
          uses.filter((use) => this.#isMadeOf(run, use, found)),
        ),
      );
      if (tasks instanceof Error) return [{ ...this.#leaf(name), problem: tasks.message }];
      return tasks.map((task) => this.#node(task.pathspec, depth, () => this.down(task, depth - 1)));
    });
    const reused = this.#uses.takenBy(run.pathspec).flatMap((name) => {
      const there = sameIn(run, name, found);
      if (there === undefined) return [];
      const node = this.#node(there.pathspec, depth, () => this.down(there, depth - 1));
      return [{ ...node, how: 'reused' as const, isGone: false }];
    });
    return [...readers, ...reused];
  }

  /** Whether what was read of a run is something of it, or was made of that within the run. */
  #isMadeOf(run: InnerRun, use: Use, found: Found<unknown>): boolean {
    if (found.kind === 'run') return true;
    const read = foundAt(run, use.address);
    if (read === undefined) return false;
    const { tasks, artifacts } = inflowOf(read);
    switch (found.kind) {
      case 'step':
        return [...tasks].some((task) => task.startsWith(`${found.id}/`));
      case 'task':
        return tasks.has(`${found.parent.id}/${found.id}`);
      default: {
        const { pathspec, name } = found as Artifact;
        const [, , step = '', task = ''] = pathspec.split('/');
        return artifacts.has(`${step}/${task}/${name}`);
      }
    }
  }

  #leaf(address: string): LineageNode {
    return this.#node(address, 0, () => []);
  }

  #node(address: string, depth: number, beyond: () => LineageNode[]): LineageNode {
    const isRepeated = this.#seen.has(address);
    this.#seen.add(address);
    const node = { address, how: 'read' as const, isGone: false, isRepeated, children: [] };
    if (isRepeated) return node;
    try {
      const children = depth <= 1 ? [] : beyond();
      return { ...node, children };
    } catch (error) {
      // What is damaged is told where it stands; the rest is followed all the same.
      if (!isDamage(error)) throw error;
      return { ...node, problem: error.message };
    }
  }
}

/** What flowed into something within its run. */
function inflowOf(found: Found<unknown>): Inflow {
  const { connection } = runOf(found);
  return new Inflow(seedsOf(found), (flow, id) => connection.run(flow, id));
}

function seedsOf(found: Found<unknown>): Seed[] {
  switch (found.kind) {
    case 'run':
      return (found as InnerRun).reader
        .stepNames()
        .flatMap((step) => (found as InnerRun).reader.tasks(step).map((task) => ({ task })));
    case 'step':
      return found.tasks().map((task) => ({ task: (task as InnerTask).reader }));
    case 'task':
      return [{ task: (found as InnerTask).reader }];
    default: {
      const task = taskOfArtifact(found as Artifact) as InnerTask | undefined;
      return task ? [{ task: task.reader, name: (found as Artifact).name }] : [];
    }
  }
}

/** What is at an address that was recorded; undefined when it is there no more. */
function foundAt(own: InnerRun, address: string): Found<unknown> | undefined {
  const [flow = '', id = '', ...rest] = address.split('/');
  if (own.connection.run(flow, id) === undefined) return undefined;
  const run = (own.parent as InnerFlow).sibling(flow).run(id);
  return orMissing(() => locate(run, parseTarget(rest.join('/'))));
}

/** What an action gives; of damage the error. */
function damageOr<T>(action: () => T): T | Error {
  try {
    return action();
  } catch (error) {
    if (isDamage(error)) return error;
    throw error;
  }
}

function usesByRun(uses: readonly Use[]): Map<string, Use[]> {
  const byRun = new Map<string, Use[]>();
  for (const use of uses) put(byRun, use.by, use);
  return byRun;
}

/** The tasks that read something of a run, newest run first. */
function readersOf(own: InnerRun, uses: readonly Use[]): Task[] {
  const byRun = new Map<string, Set<string>>();
  for (const { by, address } of uses) byRun.set(by, (byRun.get(by) ?? new Set()).add(address));
  return [...byRun].flatMap(([name, addresses]) => {
    const [flow = '', id = ''] = name.split('/');
    const run = (own.parent as InnerFlow).sibling(flow).run(id) as Run<UntypedData>;
    return run
      .steps()
      .flatMap((step) => step.tasks())
      .filter((task) => Object.keys(task.metadata.uses ?? {}).some((address) => addresses.has(address)));
  });
}

/** The same in a run that took tasks over, when it took over this one. */
function sameIn(run: InnerRun, name: string, found: Found<unknown>): Found<unknown> | undefined {
  const [flow = '', id = ''] = name.split('/');
  if (found.kind === 'run' || found.kind === 'step') return undefined;
  const rest = found.pathspec.split('/').slice(2).join('/');
  const task = found.kind === 'task' ? found : taskOfArtifact(found as Artifact);
  if (!task) return undefined;
  const reader: TaskReader | undefined = run.connection.run(flow, id)?.task(task.parent.id, task.id);
  const isTakenOver =
    reader !== undefined &&
    (reader.tree === (task as InnerTask).reader.tree || reader.record.madeFrom === task.pathspec);
  return isTakenOver ? foundAt(run, `${name}/${rest}`) : undefined;
}

/** An artifact that a run read of another. */
interface Use {
  readonly address: string;
  readonly digest: Digest;
  /** The run that read it, as `Flow/id`. */
  readonly by: string;
}

/** What the runs of a store read of others and took over from them, by what their records say in short. */
class RunUses {
  readonly #connection: Connection;
  #known: { readonly uses: Map<string, Use[]>; readonly takenBy: Map<string, string[]> } | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** What was read of a run, by flow and newest first. */
  of(run: string): readonly Use[] {
    return this.#all().uses.get(run) ?? [];
  }

  /** The runs that took over tasks of a run. */
  takenBy(run: string): readonly string[] {
    return this.#all().takenBy.get(run) ?? [];
  }

  #all() {
    if (this.#known) return this.#known;
    const uses = new Map<string, Use[]>();
    const takenBy = new Map<string, string[]>();
    const connection = this.#connection;
    for (const flow of connection.flows()) {
      for (const { id, commit } of connection.visibleRuns(flow)) {
        const by = `${flow}/${id}`;
        connection.holds(by, () => {
          const brief = connection.brief(flow, id, commit);
          for (const { address, digest } of brief?.uses ?? [])
            put(uses, address.split('/', 2).join('/'), { address, digest, by });
          for (const run of brief?.takenFrom ?? []) put(takenBy, run, by);
          return true;
        });
      }
    }
    this.#known = { uses, takenBy };
    return this.#known;
  }
}

function put<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** The name of the artifact in an address, as it is printed there. */
const nameIn = (address: string): string => /[^/]*$/.exec(address.split('#', 1)[0] ?? '')?.[0] ?? '';
