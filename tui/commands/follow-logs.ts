import type { FeedItem, Run, Task } from '#client';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { text } from '../plain/text.ts';
import { tellException } from './log-exception.ts';
import { LONGEST_LINE, type LogStyle, LogWriter } from './log-writer.ts';

/** How often it is looked for more, in milliseconds. */
const PAUSE = 100;
/** Looking takes at most this part of the time. */
const SHARE = 0.2;

/** What is followed. */
export interface Followed {
  readonly run: Run;
  readonly step: string | undefined;
  readonly task: string | undefined;
  /** Opens the task, when it is one that is followed. Throws NotFoundError. */
  readonly openTask: (() => Task) | undefined;
  readonly stream: 'stdout' | 'stderr' | undefined;
  readonly tail: number | undefined;
  readonly style: LogStyle;
}

/**
 * Writes what tasks of a run write, as it comes, until the task or the run has ended. Resolves with the exit code that `flow run` would
 * give: of the one task that is followed, or of the run.
 */
export async function followLogs({ run, style, openTask, ...wanted }: Followed, host: Host): Promise<number> {
  const feed = run.logFeed({ ...wanted, longest: LONGEST_LINE });
  const writer = new LogWriter(host.out, style);
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  let isStopped = false;
  const end = host.guard(() => {
    isStopped = true;
    stop();
  });
  try {
    while (!isStopped) {
      const begun = performance.now();
      await Promise.race([stopped, writer.write(feed.poll(), (line) => nameOf(line as FeedItem))]);
      if (feed.isOver || host.out.isClosed) break;
      const pause = Math.max(PAUSE, (performance.now() - begun) * (1 / SHARE - 1));
      await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, pause))]);
    }
  } finally {
    end();
  }
  return isStopped ? EXIT.interrupted : codeOf(run, openTask, host);
}

const nameOf = ({ step, task }: FeedItem): string => `${step}/${task}`;

/** How what was followed ended, with a word on it when that was not well. */
function codeOf(run: Run, openTask: Followed['openTask'], { err }: Host): number {
  const { status } = run;
  if (status === 'crashed') {
    err.write(text`The run ${run.pathspec} crashed: its process is gone, and this is all its tasks wrote.\n`);
    return EXIT.no;
  }
  if (openTask) {
    const task = openTask();
    tellException(task, err);
    return task.successful ? EXIT.ok : EXIT.no;
  }
  if (status === 'successful') return EXIT.ok;
  err.write(text`The run ${run.pathspec} ${status === 'failed' ? 'failed' : 'was interrupted'}.\n`);
  return status === 'interrupted' ? EXIT.interrupted : EXIT.no;
}
