import { type Graph, stepBefore } from '#core';
import type { Host } from '../host.ts';
import { command } from '../plain/shell.ts';
import { linesOf, type Text, text } from '../plain/text.ts';
import { listing } from '../plain/words.ts';
import { sameStore } from '../read-options.ts';
import { hintLines } from './run-failure.ts';
import type { RunWords } from './run-words.ts';

/** A task that a resumed run takes over, as an event or a preview has it. */
export interface TakenTask {
  readonly step: string;
  /** `Flow/run`. */
  readonly from?: string | undefined;
  readonly changed?: 'step-code' | 'shared-code' | undefined;
}

/** Notes which steps of a resumed run are taken over although their code has changed since, and says how to execute them again. */
export class ChangedCode {
  readonly #ofSteps = new Set<string>();
  readonly #aroundSteps = new Set<string>();
  #from = '';

  note({ step, from = '', changed }: TakenTask): void {
    if (!changed) return;
    this.#from = from;
    (changed === 'step-code' ? this.#ofSteps : this.#aroundSteps).add(step);
  }

  /** Writes what has been noted; nothing when no code has changed. */
  tell(graph: Graph, given: RunWords, { err, commandLine }: Pick<Host, 'err' | 'commandLine'>): void {
    const steps = this.#ofSteps.size > 0 ? this.#ofSteps : this.#aroundSteps;
    if (steps.size === 0) return;
    const again = stepBefore(graph, steps);
    const shows =
      steps.size === 1 && steps.has(again)
        ? 'execute it again, and what follows it'
        : `execute ${steps.size === 1 ? 'it' : 'them'} again, from step ${again}`;
    const hint = { shows, command: resumeFrom(again, given, commandLine('resume', given.file ?? '')) };
    err.write(linesOf([err.paint.warn(this.#sentence([...steps])), ...hintLines([hint], err)]));
  }

  #sentence(steps: readonly string[]): Text {
    const names = listing(steps, 10);
    if (this.#ofSteps.size === 0)
      return text`Code outside the steps has changed since ${this.#from}, and this may concern what was reused of it: ${names}.`;
    const [which, what] = steps.length === 1 ? ['step', 'its'] : ['steps', 'their'];
    return text`The code of ${which} ${names} has changed since ${this.#from}, but ${what} finished tasks are reused as they were.`;
  }
}

/** The same resume from another step. */
function resumeFrom(
  step: string,
  { origin, store, parameters, configs, configFiles }: RunWords,
  resume: string,
): string {
  const options = [
    ...(origin === undefined ? [] : ['--origin-run-id', origin]),
    ...named('--config', configFiles),
    ...named('--config-value', configs),
    ...parameters.flatMap(({ option, value }) =>
      value === undefined ? [option] : value.startsWith('--') ? [`${option}=${value}`] : [option, value],
    ),
  ];
  const more = options.length === 0 ? '' : command` ${options}`;
  return `${resume}${command` ${step}`}${more}${sameStore({ store, allUsers: undefined })}`;
}

const named = (option: string, values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => [option, name, value]);
