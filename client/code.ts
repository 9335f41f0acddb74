import { type GitRecord, LAYOUT, type ObjectId, RecordError, type RunReader } from '#store';
import { NotFoundError } from './errors.ts';
import type { Code } from './objects.ts';

/** See {@link Code}. */
export class CodeOfRun implements Code {
  readonly entry: string;
  readonly class: string;
  readonly git: GitRecord | null;
  readonly #run: RunReader;
  #files: ReadonlyMap<string, ObjectId> | undefined;

  constructor(run: RunReader) {
    this.entry = run.record.code.entry;
    this.class = run.record.code.class;
    this.git = run.record.code.git ?? null;
    this.#run = run;
  }

  /** The blobs of all files by path: equal ids mean equal files. */
  ids(): ReadonlyMap<string, ObjectId> {
    return this.#byPath();
  }

  files(): string[] {
    return [...this.#byPath().keys()].sort();
  }

  read(path: string = this.entry): string {
    const id = this.#byPath().get(path);
    if (id) return this.#run.repository.blob(id).toString();
    const sentence = `The code of run ${this.#run.name} has no file ${JSON.stringify(path)}.`;
    throw new NotFoundError({ kind: 'file', wanted: path, sentence, known: { 'Its files': this.files() } });
  }

  contents(): ReadonlyMap<string, Buffer> {
    const byPath = this.#byPath();
    return new Map(
      this.files().map((path) => [path, this.#run.repository.blob(byPath.get(path) as ObjectId)]),
    );
  }

  #byPath(): ReadonlyMap<string, ObjectId> {
    this.#files ??= new Map(this.#run.code ? filesBelow(this.#run, this.#run.code) : []);
    return this.#files;
  }
}

/** Longest path of a file of a flow, in characters; and most folders and files. Whoever made the store may have meant harm. */
const MAX_PATH = 4096;
const MAX_ENTRIES = 100_000;

function filesBelow(run: RunReader, root: ObjectId): [string, ObjectId][] {
  const files: [string, ObjectId][] = [];
  const folders: [string, ObjectId][] = [['', root]];
  let entries = 0;
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    const [path, tree] = folder;
    for (const { mode, name, id } of run.repository.tree(tree)) {
      entries += 1;
      if (entries > MAX_ENTRIES || path.length > MAX_PATH) {
        throw new RecordError(
          `${run.name}/${LAYOUT.code}`,
          'holds more files, or deeper ones, than a flow has.',
        );
      }
      const isFile = mode === '100644' || mode === '100755';
      // Nobody writes such a thing; who follows it may end up elsewhere.
      if ((!isFile && mode !== '40000') || /[\\:]/.test(name)) {
        throw new RecordError(
          `${run.name}/${LAYOUT.code}`,
          `holds ${JSON.stringify(path + name)}, which is no path of a flow's file.`,
        );
      }
      if (mode === '40000') folders.push([`${path}${name}/`, id]);
      else files.push([path + name, id]);
    }
  }
  return files;
}
