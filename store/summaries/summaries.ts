import { errorCode } from '../atomic-file.ts';
import { OxbowError } from '../errors.ts';
import type { Repository } from '../git/repository.ts';
import { RunReader } from '../history/run-reader.ts';
import type { ObjectId } from '../ids.ts';
import { StoreEntryError } from '../plain-files.ts';
import { SideFolder } from '../side-folder.ts';
import { briefOf, isBrief, type RunBrief } from './brief.ts';
import { type Known, SummaryColumn } from './column.ts';

/** The column of {@link RunBrief}s. */
const BRIEFS = 'runs';

/** What is kept of many runs so that lists of them, conditions and tables do not read each run anew. */
export class Summaries {
  readonly #repository: Repository;
  /** By flow, then by name. */
  readonly #columns = new Map<string, Map<string, SummaryColumn>>();

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  /** What the record of a run says in short, read through `open` where it is not known. Throws what reading it throws. */
  brief(
    { flow, id, commit }: { readonly flow: string; readonly id: string; readonly commit: ObjectId },
    open = () => new RunReader(this.#repository, `${flow}/${id}`, commit),
  ): RunBrief {
    const column = this.#column(flow, BRIEFS);
    const known = column.get(commit)?.value;
    if (isBrief(known, id)) return known;
    const brief = briefOf(open());
    if (brief.status !== 'running') column.add(commit, brief);
    return brief;
  }

  /**
   * The value at a place in a run that ended, such as `end/0/loss`, found out by `read` where it is not known. Only what JSON can carry and is short is
   * kept.
   */
  value(
    run: { readonly flow: string; readonly commit: ObjectId },
    place: string,
    read: () => unknown,
  ): unknown {
    const column = this.#column(run.flow, ` ${place}`);
    const known: Known | undefined = column.get(run.commit);
    if (known) return known.value;
    const value = read();
    if (isKept(value)) column.add(run.commit, value);
    return value;
  }

  /** Says that lists will ask about many runs of a flow. */
  expectMany(flow: string): void {
    this.#column(flow, BRIEFS).expectMany();
  }

  /** Writes what was found out and waits to be written. */
  write(): void {
    for (const columns of this.#columns.values()) for (const column of columns.values()) column.write();
  }

  #column(flow: string, name: string): SummaryColumn {
    let columns = this.#columns.get(flow);
    if (!columns) {
      columns = new Map();
      this.#columns.set(flow, columns);
    }
    let column = columns.get(name);
    if (!column) {
      column = new SummaryColumn(this.#repository.path, flow, name);
      columns.set(name, column);
    }
    return column;
  }
}

/** Longest text that is kept. */
const LONGEST = 200;

function isKept(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return value.length <= LONGEST && value.isWellFormed();
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'boolean':
    case 'undefined':
      return true;
    default:
      return value === null;
  }
}

/** Removes all that is kept of runs, of all flows or of one; it is found out again by those who ask. Where that is not allowed, nothing happens. */
export function dropSummaries(store: string, flow?: string): void {
  const folder = new SideFolder(store, 'oxbow-cache');
  try {
    for (const name of flow === undefined ? folder.folders() : [flow]) {
      for (const file of folder.files(name)) folder.removeFile(name, file);
      folder.removeEmpty(name);
    }
    folder.removeEmpty();
  } catch (error) {
    // What another user keeps is theirs; a store that cannot be written keeps what it has.
    if (!(error instanceof StoreEntryError) && errorCode(error) === '') throw error;
  }
}

/** Makes what lists tell of runs anew from their records: what was kept may have been damaged. Runs that cannot be read are left out. */
export function rebuildSummaries(
  repository: Repository,
  runs: readonly { readonly flow: string; readonly id: string; readonly commit: ObjectId }[],
): void {
  dropSummaries(repository.path);
  const summaries = new Summaries(repository);
  for (const run of runs) {
    try {
      summaries.brief(run);
    } catch (error) {
      if (!(error instanceof OxbowError)) throw error;
    }
  }
  summaries.write();
}
