import type { RunEvent } from '#core';
import { shortTitleOf } from '../plain/exception.ts';
import { whyWords } from '../plain/why.ts';
import { duration, plural, shortDuration, storedText } from '../plain/words.ts';

/** One line of a run's log. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** What stands in brackets: `runId/step/task (pid N)`; absent for what concerns the whole run. */
  readonly source?: string;
  /** The same for a person: `step/task`. */
  readonly place?: string;
  readonly text: string;
  /** Who speaks: a task through its stdout or stderr, or the engine. */
  readonly from: 'stdout' | 'stderr' | 'engine';
  /** How the engine's lines are coloured. */
  readonly tone?: 'good' | 'bad' | 'warn';
}

/** What of a run the words for an event depend on. */
export interface LogContext {
  readonly runId: string;
}

const CODE_CHANGED = 'Task is reused as it was, but the code of its step has changed since.';

/** Of a task whose process ended, and that is not known to be the reason. */
const AGAIN = 'Task restarted: another task in the same process may have crashed it.';

/** The lines an event brings to the log, in words like Metaflow's. */
export function logLinesOf(event: RunEvent, { runId }: LogContext): LogLine[] {
  const { time } = event;
  const engine = (text: string, tone?: LogLine['tone']): LogLine[] => [
    {
      time,
      text,
      from: 'engine',
      ...('task' in event ? sourceOf(event, runId) : {}),
      ...(tone ? { tone } : {}),
    },
  ];
  switch (event.type) {
    case 'run-started':
      if (event.spinOf !== undefined) return engine(`Spinning ${event.spinOf} (run-id ${event.runId}):`);
      return engine(
        event.origin === undefined
          ? `Workflow starting (run-id ${event.runId}):`
          : `Workflow starting (run-id ${event.runId}), resuming ${event.origin}:`,
      );
    case 'inspector-listening':
      return engine(`Debugger listening on ${event.url}${event.waits ? ': attach to continue' : ''}`);
    case 'task-started':
      return engine(event.isAgain ? AGAIN : startText(event));
    case 'task-taken':
      // There may be ten thousand: they are told of together.
      return event.changed === 'step-code' ? engine(CODE_CHANGED, 'warn') : [];
    case 'task-output':
      return event.text
        .split('\n')
        .map((text) => ({ time, text, from: event.stream, ...sourceOf(event, runId) }));
    case 'task-open-line':
      return [{ time, text: event.text, from: event.stream, ...sourceOf(event, runId) }];
    case 'foreach-split':
      return engine(`Foreach yields ${plural(event.splits, 'child step')}.`);
    case 'task-finished':
      return event.caught
        ? engine(`Task failed; error caught: ${shortTitleOf(event.caught)}`, 'warn')
        : engine('Task finished successfully.', 'good');
    case 'task-failed':
      if (event.isStopped) return engine('Task was killed.', 'warn');
      return engine(`Task failed: ${shortTitleOf(event.exception)}`, 'bad');
    case 'task-retrying':
      return engine(`Task failed, ${retryText(event)}: ${shortTitleOf(event.exception)}`, 'warn');
    case 'run-stopping':
      return event.active > 0 ? engine(stoppingText(event), 'warn') : [];
    case 'run-trouble':
      // Presenters talk of it: it is not part of the log.
      return [];
    case 'run-finished':
      return [
        ...storedIn(event.record).flatMap((text) => engine(text)),
        ...engine(endOf(event.record), event.record.status === 'successful' ? 'good' : 'bad'),
      ];
    default:
      return unreachable(event);
  }
}

function sourceOf(
  event: Extract<RunEvent, { task: unknown }>,
  runId: string,
): Required<Pick<LogLine, 'source' | 'place'>> {
  const { step, task } = event.task;
  const pid = 'pid' in event ? ` (pid ${event.pid})` : '';
  const place = `${step}/${task}`;
  return { source: `${runId}/${place}${pid}`, place };
}

/** `retry 1 of 3 in 2 min`. */
function retryText({
  retry,
  retries,
  delayMilliseconds,
}: Extract<RunEvent, { type: 'task-retrying' }>): string {
  const wait = delayMilliseconds > 0 ? ` in ${shortDuration(delayMilliseconds)}` : ' follows';
  return `retry ${retry} of ${retries}${wait}`;
}

function startText({ task, why }: Extract<RunEvent, { type: 'task-started' }>): string {
  if (task.attempt > 0) return 'Task is starting (retry).';
  return why ? `Task is starting: ${whyWords(why)}.` : 'Task is starting.';
}

function stoppingText({ reason, active, graceSeconds }: Extract<RunEvent, { type: 'run-stopping' }>): string {
  const why = reason === 'failed' ? 'A task failed' : 'Interrupted';
  const wait = active > 0 ? ` ${plural(active, 'running task')} may finish within ${graceSeconds} s.` : '';
  return `${why}: no new tasks start.${wait}`;
}

type RunRecord = Extract<RunEvent, { type: 'run-finished' }>['record'];

function storedIn({ totals }: RunRecord): string[] {
  const text = storedText(totals);
  return text === undefined ? [] : [`Artifacts: ${text}.`];
}

function endOf({ status, createdAt, finishedAt, totals: { tasks, taken = 0 } }: RunRecord): string {
  const took =
    finishedAt === undefined ? '' : ` after ${duration(Date.parse(finishedAt) - Date.parse(createdAt))}`;
  if (status === 'successful') return 'Done!';
  if (taken > 0 && taken === tasks)
    return `${plural(taken, 'task was', 'tasks were')} reused, and none was executed.`;
  return status === 'interrupted' ? `Workflow interrupted${took}.` : `Workflow failed${took}.`;
}

function unreachable(event: never): never {
  throw new Error(`Unhandled event type ${JSON.stringify((event as RunEvent).type)}.`);
}
