import type { RunEvent } from '#core';

/** Why a task was executed. */
export type Why = NonNullable<Extract<RunEvent, { type: 'task-started' }>['why']>;

/** Why a task is executed, as the end of a sentence that begins with `because`. */
export function whyWords({ kind, name = '', of = '' }: Why): string {
  // `Flow/run`, and the place within it.
  const run = of.split('/').slice(0, 2).join('/');
  switch (kind) {
    case 'asked':
      return `it was asked to run again from "${name}" on`;
    case 'never-ran':
      return run === '' ? 'no earlier run has it' : `it did not run in ${run}`;
    case 'failed':
      return `it failed in ${run}`;
    case 'killed':
      return `it was ended in ${run} before it had finished`;
    case 'caught':
      return `its error was caught in ${run}, and it may do better now`;
    case 'parameter':
      return `it read the parameter "${last(name)}", which is another than in ${run}`;
    case 'constant':
      return `it read the constant "${last(name)}", which is another than in ${run}`;
    case 'artifact':
      return name === '*'
        ? `it merged inputs that came out different from those in ${run}`
        : `it read ${name}, which came out different from that in ${run}`;
    case 'names':
      return `the artifact ${name} before it is there in only one of this run and ${run}`;
    case 'inputs':
      return `it continues from other tasks than in ${run}: ${name}`;
    case 'step-code':
      return `the code of its step has changed since ${run}`;
    case 'shared-code':
      return `code of the flow outside of its steps has changed since ${run}`;
    case 'transition':
      return `where it went in ${run}, its step does not go any more`;
    case 'uses':
      return `it read ${name} in ${run}, and there may be a newer run`;
    case 'opted-out':
      return 'its step is never reused';
  }
}

const last = (name: string): string => name.slice(name.indexOf('/') + 1);
