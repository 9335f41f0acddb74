import type { ObjectId, RunReader } from '#store';
import { NotFoundError } from './errors.ts';
import type { Code } from './objects.ts';

/** See {@link Code}. */
export class CodeOfRun implements Code {
  readonly entry: string;
  readonly class: string;
  readonly #run: RunReader;
  #files: ReadonlyMap<string, ObjectId> | undefined;

  constructor(run: RunReader) {
    this.entry = run.record.code.entry;
    this.class = run.record.code.class;
    this.#run = run;
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

  #byPath(): ReadonlyMap<string, ObjectId> {
    this.#files ??= new Map(this.#run.code ? filesBelow(this.#run, this.#run.code, '') : []);
    return this.#files;
  }
}

function* filesBelow(run: RunReader, folder: ObjectId, path: string): Generator<[string, ObjectId]> {
  for (const { mode, name, id } of run.repository.tree(folder)) {
    if (mode === '40000') yield* filesBelow(run, id, `${path}${name}/`);
    else yield [path + name, id];
  }
}
