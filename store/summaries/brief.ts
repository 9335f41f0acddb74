import type { RunReader } from '../history/run-reader.ts';
import type { RunRecord, RunStatus } from '../history/schema.ts';
import type { Digest } from '../ids.ts';

/** What lists of runs tell of a run: a part of its record, and what it used of other runs. */
export interface RunBrief
  extends Pick<
    RunRecord,
    'id' | 'status' | 'createdAt' | 'finishedAt' | 'user' | 'systemTags' | 'origin' | 'takenFrom'
  > {
  readonly totals: Pick<RunRecord['totals'], 'tasks' | 'failed' | 'taken'>;
  /** Addresses of artifacts of other runs, each with its digest then. */
  readonly uses: readonly { readonly address: string; readonly digest: Digest }[];
}

/** What a run's record says in short. Throws what reading it throws. */
export function briefOf({ record, uses }: RunReader): RunBrief {
  const { id, status, createdAt, finishedAt, user, systemTags, origin, takenFrom, totals } = record;
  const { tasks, failed, taken } = totals;
  return {
    ...{ id, status, createdAt, user, systemTags, uses },
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(origin === undefined ? {} : { origin }),
    ...(takenFrom === undefined ? {} : { takenFrom }),
    totals: { tasks, failed, ...(taken === undefined ? {} : { taken }) },
  };
}

const ENDED: readonly RunStatus[] = ['successful', 'failed', 'interrupted'];
const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => Number.isSafeInteger(value);
const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isTime = (value: unknown): boolean => isText(value) && !Number.isNaN(Date.parse(value as string));

/** Whether a row of the cache is what {@link briefOf} gives of a run of this id that ended. */
export function isBrief(value: unknown, id: string): value is RunBrief {
  const brief = Object(value) as RunBrief;
  return (
    brief.id === id &&
    ENDED.includes(brief.status) &&
    isTime(brief.createdAt) &&
    (brief.finishedAt === undefined || isTime(brief.finishedAt)) &&
    isText(brief.user) &&
    areTexts(brief.systemTags) &&
    (brief.origin === undefined || isText(brief.origin)) &&
    (brief.takenFrom === undefined || areTexts(brief.takenFrom)) &&
    isCount(brief.totals?.tasks) &&
    isCount(brief.totals.failed) &&
    Array.isArray(brief.uses) &&
    brief.uses.every((use) => isText(use?.address) && isText(use.digest))
  );
}
