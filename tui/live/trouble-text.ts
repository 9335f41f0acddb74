import type { RunEvent } from '#core';

type Trouble = Extract<RunEvent, { type: 'run-trouble' }>;

/** What could not be done, and who does it later. */
const SENTENCES: Readonly<Record<Trouble['kind'], readonly [problem: string, remedy: string]>> = {
  branch: ['The branch of the flow was not moved to this run', 'The next successful run moves it.'],
  tags: ['A tag of this run could not be written', 'Set it with flow tag add.'],
  merge: ['The packs of this run could not be merged into one', 'flow gc merges them.'],
  'clean-up': ['Files this run no longer needs could not be removed', 'flow gc removes them.'],
  maintenance: ['Maintenance of the store could not start', 'The next run, or flow gc, does it.'],
};

/** One line about something that failed beside the tasks of a run: its result stands. */
export function troubleText({ kind, exception }: Trouble): string {
  const [problem, remedy] = SENTENCES[kind];
  const [reason = ''] = exception.message.split('\n', 1);
  return `Warning: ${problem}: ${reason}${/[.!?]$/.test(reason) ? '' : '.'} ${remedy}`;
}
