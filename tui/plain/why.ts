import type { RunEvent } from '#core';

/** Why a task was executed. */
export type Why = NonNullable<Extract<RunEvent, { type: 'task-started' }>['why']>;

/** Why a task is executed, as the end of a sentence that begins with `because`. */
export function whyWords({ kind, name = '', of = '' }: Why): string {
  // `Flow/run`, and the place within it.
  const run = of.split('/').slice(0, 2).join('/');
  switch (kind) {
    case 'asked':
      return `you asked to run again from "${name}"`;
    case 'never-ran':
      return run === '' ? 'no earlier run has it' : `it did not run in ${run}`;
    case 'failed':
      return `it failed in ${run}`;
    case 'killed':
      return `it was killed in ${run} before it had finished`;
    case 'caught':
      return `its error was caught in ${run}, and it may do better now`;
    case 'parameter':
      return `parameter "${last(name)}", which it reads, differs from ${run}`;
    case 'constant':
      return `constant "${last(name)}", which it reads, differs from ${run}`;
    case 'artifact':
      return name === '*'
        ? `it merged inputs that differ from those in ${run}`
        : `${name}, which it reads, differs from ${run}`;
    case 'names':
      return `artifact ${name} exists in only one of this run and ${run}`;
    case 'inputs':
      return `its input tasks differ from those in ${run}: ${name}`;
    case 'step-code':
      return `the code of its step has changed since ${run}`;
    case 'shared-code':
      return `code of the flow outside its steps has changed since ${run}`;
    case 'transition':
      return `the step's transition has changed since ${run}`;
    case 'uses':
      return `it read ${name} in ${run}, and there may be a newer run`;
    case 'damaged':
      return `what ${run} recorded of it is damaged`;
    case 'opted-out':
      return 'its step is never reused';
  }
}

const last = (name: string): string => name.slice(name.indexOf('/') + 1);
