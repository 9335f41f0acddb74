import type { AttemptLog } from '#store';

/** One line a task wrote, without its line end. */
export interface LogLine {
  /** When its first byte arrived. */
  readonly time: Date;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** The bytes a task wrote, to be read piece by piece. */
export type TaskLog = AttemptLog;
