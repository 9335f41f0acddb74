/**
 * The environment variables and the working folder of this process, which all its tasks share: what one changes is put back
 * before the next. Made once the flow is loaded, whose own changes stay.
 */
export class TaskSurroundings {
  readonly #folder = process.cwd();
  readonly #variables = process.env;
  /** What variables that were changed had been before. */
  readonly #before = new Map<string, string | undefined>();

  constructor() {
    // Copying all variables for each task would take as long as a short task.
    process.env = new Proxy(this.#variables, {
      set: (target, name, value) => {
        this.#note(name);
        return Reflect.set(target, name, value);
      },
      deleteProperty: (target, name) => {
        this.#note(name);
        return Reflect.deleteProperty(target, name);
      },
      defineProperty: (target, name, descriptor) => {
        this.#note(name);
        return Reflect.defineProperty(target, name, descriptor);
      },
    });
  }

  /** Sets environment variables for the task at hand. */
  set(variables: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(variables)) process.env[name] = value;
  }

  /** Puts everything back. Throws when the working folder is gone. */
  restore(): void {
    for (const [name, value] of this.#before) {
      if (value === undefined) delete this.#variables[name];
      else this.#variables[name] = value;
    }
    this.#before.clear();
    if (currentFolder() !== this.#folder) process.chdir(this.#folder);
  }

  #note(name: string | symbol): void {
    if (typeof name === 'string' && !this.#before.has(name)) this.#before.set(name, this.#variables[name]);
  }
}

function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    // A step may have removed the folder it went to.
    return undefined;
  }
}
