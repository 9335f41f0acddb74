import type { RunEvent } from '#core';
import type { Output } from '../output.ts';
import { titleText, traceOf } from '../plain/exception.ts';
import type { SourceReader } from '../plain/excerpt.ts';
import { command } from '../plain/shell.ts';
import { linesOf, type Text, text } from '../plain/text.ts';
import { listing, plural } from '../plain/words.ts';
import { sameStore } from '../read-options.ts';

/** A run's record. */
export type RunRecord = Extract<RunEvent, { type: 'run-finished' }>['record'];

/** A run that did not succeed, and what is to be said of it. */
export interface Failure {
  readonly record: RunRecord;
  /** All tasks that failed, as `step/task`. */
  readonly failed: readonly string[];
  /** The store when it was named on the command line, so that hints name it too. */
  readonly store: string | undefined;
  readonly sources: SourceReader;
  /** The command that continues the run, where one can. */
  readonly resume: string | undefined;
}

/** Says why a run failed: the first error with the user's own frames and source, what else failed, and where to look. */
export function tellFailure(failure: Failure, err: Output): void {
  const lines = [
    ...(failure.record.status === 'interrupted'
      ? interruptionLines(failure, err)
      : exceptionLines(failure, err)),
    ...hintLines(hintsFor(failure), err),
  ];
  err.write(linesOf(lines));
}

function interruptionLines({ failed }: Failure, err: Output): Text[] {
  const unfinished =
    failed.length === 0 ? '' : ` ${plural(failed.length, 'task')} did not finish: ${listing(failed)}.`;
  return [err.paint.warn(`The run was interrupted.${unfinished}`)];
}

function exceptionLines({ record, failed, sources }: Failure, err: Output): Text[] {
  const { task, exception } = record.failure ?? {};
  if (!exception) return [];
  const heading = task === undefined ? `${record.flow} failed:` : `${task} failed:`;
  const others = failed.filter((one) => one !== task);
  return [
    text`${err.paint.bad(heading)} ${err.paint.strong(titleText(exception, err))}`,
    ...traceOf(exception, sources, err),
    ...(others.length > 0 ? [text`${plural(others.length, 'more task')} failed: ${listing(others)}`] : []),
  ];
}

/** A command that helps, and what it does. */
export interface CommandHint {
  readonly command: string;
  /** `to debug it`. */
  readonly shows: string;
}

function hintsFor({ record, store, resume }: Failure): CommandHint[] {
  const run = `${record.flow}/${record.id}`;
  const where = sameStore({ store, allUsers: undefined });
  const task = record.failure?.task;
  return [
    ...(task === undefined
      ? []
      : [{ command: command`flow logs ${`${run}/${task}`}` + where, shows: 'to see what the task wrote' }]),
    record.spinOf === undefined
      ? { command: command`flow show ${run}` + where, shows: 'to see how far the run got' }
      : {
          command: `${command`flow spin ${record.spinOf}`}${where} --inspect-brk`,
          shows: 'to debug it',
        },
    ...(resume === undefined ? [] : [{ command: `${resume}${where}`, shows: 'to continue from there' }]),
  ];
}

/** Hints as lines: the command alone can be copied from its line. */
export const hintLines = (hints: readonly CommandHint[], { paint }: Output): Text[] =>
  hints.flatMap((hint) => [paint.faint(`hint: ${hint.shows}:`), text`  ${paint.name(hint.command)}`]);
