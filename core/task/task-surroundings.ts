import { type CurrentTask, taskAtHand } from '../flow/current.ts';
import { SharedProcessError } from './process-errors.ts';

type OwnVariables = Map<string | symbol, string | undefined>;

/** A task as far as its surroundings go. */
export interface Surrounded {
  /** Environment variables of its step. */
  readonly vars: Readonly<Record<string, string>>;
  /** Others of its step may run beside it. */
  readonly isShared: boolean;
}

/**
 * The environment variables and the working folder of this process, which all its tasks share: what one changes is put back
 * before the next. Where tasks run side by side, each changes variables for itself, and none can change the folder. Made once the
 * flow is loaded, whose own changes stay.
 */
export class TaskSurroundings {
  readonly #folder = process.cwd();
  readonly #variables = process.env;
  readonly #changeFolder = process.chdir.bind(process);
  /** What variables that were changed had been before. */
  readonly #before = new Map<string, string | undefined>();
  /** What tasks that run beside others have changed; undefined is deleted. Kept as long as something of the task goes on. */
  readonly #own = new WeakMap<CurrentTask, OwnVariables>();
  #inside = 0;

  constructor() {
    // Copying all variables for each task would take as long as a short task.
    process.env = new Proxy(this.#variables, {
      get: (target, name, receiver) => {
        const own = this.#ownOfTask();
        return own?.has(name) ? own.get(name) : Reflect.get(target, name, receiver);
      },
      has: (target, name) => {
        const own = this.#ownOfTask();
        return own?.has(name) ? own.get(name) !== undefined : Reflect.has(target, name);
      },
      ownKeys: (target) => keysOf(Reflect.ownKeys(target), this.#ownOfTask()),
      getOwnPropertyDescriptor: (target, name) => {
        const own = this.#ownOfTask();
        const value = own?.get(name);
        if (!own?.has(name)) return Reflect.getOwnPropertyDescriptor(target, name);
        return value === undefined
          ? undefined
          : { value, writable: true, enumerable: true, configurable: true };
      },
      set: (target, name, value) => this.#change(name, `${value}`) || Reflect.set(target, name, value),
      deleteProperty: (target, name) => this.#change(name, undefined) || Reflect.deleteProperty(target, name),
      defineProperty: (target, name, descriptor) =>
        this.#change(name, `${descriptor.value}`) || Reflect.defineProperty(target, name, descriptor),
    });
    process.chdir = (folder) => {
      const task = taskAtHand();
      if (task && this.#own.has(task)) throw new SharedProcessError(task.stepName);
      this.#changeFolder(folder);
    };
  }

  /** A task begins. Those that run beside each other are of one step, and have the same variables. */
  enter(task: CurrentTask, { vars, isShared }: Surrounded): void {
    this.#inside += 1;
    if (isShared) this.#own.set(task, new Map());
    for (const [name, value] of Object.entries(vars)) process.env[name] = value;
  }

  /** A task has ended: with the last one, everything is put back. Throws when the working folder is gone. */
  leave(): void {
    this.#inside -= 1;
    if (this.#inside > 0) return;
    for (const [name, value] of this.#before) {
      if (value === undefined) delete this.#variables[name];
      else this.#variables[name] = value;
    }
    this.#before.clear();
    if (currentFolder() !== this.#folder) this.#changeFolder(this.#folder);
  }

  /** What the task at hand has changed for itself, when it runs beside others. */
  #ownOfTask(): OwnVariables | undefined {
    const task = taskAtHand();
    return task && this.#own.get(task);
  }

  /** A variable changes: for the task at hand alone, which is then done and true, or for the process, where it is noted what was before. */
  #change(name: string | symbol, value: string | undefined): boolean {
    const own = this.#ownOfTask();
    if (own) own.set(name, value);
    else if (typeof name === 'string' && !this.#before.has(name))
      this.#before.set(name, this.#variables[name]);
    return own !== undefined;
  }
}

function keysOf(keys: readonly (string | symbol)[], own: OwnVariables | undefined): (string | symbol)[] {
  const all = new Set(keys);
  for (const [name, value] of own ?? []) {
    if (value === undefined) all.delete(name);
    else all.add(name);
  }
  return [...all];
}

function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    // A step may have removed the folder it went to.
    return undefined;
  }
}
