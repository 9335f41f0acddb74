import { defaultNamespace, NotFoundError } from '#client';
import {
  asksForRuns,
  type GcPlan,
  type GcReport,
  gc,
  type KeptRuns,
  type PlannedRun,
  planGc,
  type RetentionPolicy,
  type RunState,
  selectableIn,
  undoGc,
} from '#core';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { type Output, sendDocument } from '../output.ts';
import { drawTable } from '../plain/table.ts';
import { type Text, text } from '../plain/text.ts';
import { tsvLine } from '../plain/tsv.ts';
import { ago, bytes, localTime, plural } from '../plain/words.ts';
import type { ReadOptions } from '../read-options.ts';
import { UsageError } from '../usage.ts';
import { parseAge, parseCount } from './age.ts';
import { progressOn } from './maintenance-progress.ts';
import { storeFor } from './open.ts';
import { statusSign } from './status.ts';
import { tellStrangers } from './tell-strangers.ts';

/** Options of `flow gc`, as they were written. */
export interface GcOptions extends ReadOptions {
  readonly keepLast?: string;
  readonly newerThan?: string;
  readonly tag?: readonly string[];
  readonly includeTagged?: true;
  readonly failed?: true;
  readonly crashed?: true;
  readonly interrupted?: true;
  readonly successful?: true;
  readonly dryRun?: true;
  readonly verbose?: true;
  readonly grace?: string;
  readonly undo?: true;
  readonly json?: true;
}

type Store = ReturnType<typeof storeFor>;

/**
 * `flow gc`: deletes runs and frees what nothing holds any more. For programs a deleted run is a line: address, status, start
 * (ISO 8601), and in a dry run exclusive and shared bytes; with -v its artifacts follow, their address, exclusive and shared.
 */
export async function collect(words: readonly string[], options: GcOptions, host: Host): Promise<number> {
  const policy = policyOf(words, options);
  const grace = options.grace === undefined ? undefined : parseAge('grace', options.grace);
  const store = storeFor(options, host);
  if (options.undo) return undo(words, store, host);
  assertKnown(words, options.tag ?? [], store);
  tellStrangers(store, host.err);
  const progress = progressOn(host.err);
  const { onProgress } = progress;
  try {
    if (options.dryRun) {
      const plan = planGc(store, policy, { artifacts: options.verbose === true, onProgress });
      progress.end();
      if (options.json) await sendDocument({ schema: 'oxbow.gc/1', isDryRun: true, ...plan }, host.out);
      else await tellPlan(plan, policy, host);
    } else {
      const report = gc(store, policy, { ...(grace === undefined ? {} : { grace }), onProgress });
      progress.end();
      if (options.json) await sendDocument({ schema: 'oxbow.gc/1', isDryRun: false, ...report }, host.out);
      else tellReport(report, policy, host);
    }
  } finally {
    progress.end();
  }
  return EXIT.ok;
}

/** Throws NotFoundError for a flow or a tag that is nowhere: it is misspelt, and nothing may happen. */
function assertKnown(flows: readonly string[], tags: readonly string[], store: Store): void {
  if (flows.length + tags.length === 0) return;
  const known = selectableIn(store);
  const [flow] = flows.filter((name) => !known.flows.includes(name));
  if (flow !== undefined) {
    const sentence = `There is no flow ${JSON.stringify(flow)} in ${store.path}.`;
    throw new NotFoundError({
      kind: 'flow',
      wanted: flow,
      sentence,
      known: { 'The flows are': known.flows },
    });
  }
  const [tag] = tags.filter((name) => !known.tags.includes(name));
  if (tag !== undefined) {
    const sentence = `No run in ${store.path} has the tag ${JSON.stringify(tag)}.`;
    throw new NotFoundError({ kind: 'tag', wanted: tag, sentence, known: { 'The tags are': known.tags } });
  }
}

const STATES = ['failed', 'crashed', 'interrupted', 'successful'] as const satisfies readonly RunState[];

function policyOf(flows: readonly string[], options: GcOptions): RetentionPolicy {
  const wrong = options.undo ? undefined : flows.find((flow) => flow.includes('/'));
  if (wrong !== undefined) {
    throw new UsageError(`flow gc takes names of flows, but was given ${JSON.stringify(wrong)}.`);
  }
  const states = STATES.filter((state) => options[state]);
  const { keepLast, newerThan, tag } = options;
  return {
    ...(flows.length > 0 ? { flows } : {}),
    ...(options.allUsers ? {} : { namespace: defaultNamespace() }),
    ...(states.length > 0 ? { states } : {}),
    ...(tag === undefined ? {} : { tags: tag }),
    ...(keepLast === undefined ? {} : { keepLast: parseCount('keep-last', keepLast) }),
    ...(newerThan === undefined ? {} : { newerThan: parseAge('newer-than', newerThan) }),
    ...(options.includeTagged ? { includeTagged: true } : {}),
  };
}

function undo(words: readonly string[], store: Store, { out, err }: Host): number {
  const back = undoGc(store, words);
  for (const { flow, id } of back) out.send(`${flow}/${id}\n`);
  err.write(
    back.length > 0 ? text`Brought back ${plural(back.length, 'run')}.\n` : text`The trash is empty.\n`,
  );
  return back.length > 0 ? EXIT.ok : EXIT.no;
}

async function tellPlan(plan: GcPlan, policy: RetentionPolicy, { out, err }: Host): Promise<void> {
  const { runs, freed, expired } = plan;
  tellDamaged(plan, err);
  if (!out.isTerminal) {
    for (const run of runs) {
      out.send(tsvLine([...wordsOf(run), String(run.exclusive), String(run.shared)]));
      for (const { step, artifact, exclusive, shared } of run.artifacts ?? []) {
        const address = `${run.flow}/${run.id}/${step}/${artifact}`;
        out.send(tsvLine([address, '', '', String(exclusive), String(shared)]));
      }
    }
  } else if (runs.length > 0) out.write(await planTable(runs, out));
  if (expired.length > 0)
    err.write(text`The grace of ${plural(expired.length, 'deleted run')} has ended: gone for good.\n`);
  err.write(
    runs.length > 0
      ? text`Would delete ${plural(runs.length, 'run')}, which together free ${bytes(freed)}.\n`
      : text`No run would be deleted.\n`,
  );
  tellKept(plan.kept, { policy, isAll: runs.length === 0 }, err);
}

const wordsOf = ({ flow, id, state, createdAt }: GcReport['deleted'][number]): string[] => [
  `${flow}/${id}`,
  state,
  new Date(createdAt).toISOString(),
];

async function planTable(runs: readonly PlannedRun[], output: Output): Promise<Text> {
  const { text: drawn } = await drawTable(
    {
      columns: [
        { title: 'RUN', cut: 'middle' },
        { title: 'STATUS', drop: 2 },
        { title: 'STARTED', align: 'right', drop: 1 },
        { title: 'FREES', align: 'right' },
        { title: 'SHARED', align: 'right', drop: 3 },
      ],
      rows: runs.flatMap((run) => {
        const { sign, brush } = statusSign(run.state, output);
        const head = [
          { text: `${run.flow}/${run.id}`, brush: output.paint.name },
          { text: `${sign} ${run.state}`, brush },
          ago(Date.now() - run.createdAt),
          bytes(run.exclusive),
          bytes(run.shared),
        ];
        const artifacts = run.artifacts ?? [];
        return [
          head,
          ...artifacts.map((each) => [
            `  ${each.step}/${each.artifact}`,
            '',
            '',
            bytes(each.exclusive),
            bytes(each.shared),
          ]),
        ];
      }),
    },
    output,
  );
  return drawn;
}

function tellReport(report: GcReport, policy: RetentionPolicy, { out, err }: Host): void {
  const { deleted, expired, trash, pruned } = report;
  tellDamaged(report, err);
  for (const obstacle of pruned.obstacles ?? [])
    err.write(text`${err.paint.warn('warning:')} nothing can be freed: ${obstacle}.\n`);
  for (const run of deleted) out.send(out.isTerminal ? `${run.flow}/${run.id}\n` : tsvLine(wordsOf(run)));
  const until = trash.find(({ flow, id }) =>
    deleted.some((run) => run.flow === flow && run.id === id),
  )?.until;
  if (deleted.length > 0) {
    err.write(text`Deleted ${plural(deleted.length, 'run')}.`);
    if (until !== undefined) err.write(text` flow gc --undo brings them back until ${localTime(until)}.`);
    err.write(text`\n`);
  } else if (asksForRuns(policy)) err.write(text`No run was deleted.\n`);
  tellKept(report.kept, { policy, isAll: deleted.length === 0 }, err);
  if (pruned.postponed && expired.length > 0) {
    err.write(
      text`Flows are running: the space of ${plural(expired.length, 'deleted run')} will be freed by the next flow gc.\n`,
    );
  } else if (pruned.objects > 0) err.write(text`Freed ${bytes(pruned.bytes)}.\n`);
  else if (!asksForRuns(policy)) err.write(text`There was nothing to free.\n`);
}

/** Says why runs stayed: the tagged ones always, for nobody may expect it; all others when none went. */
function tellKept(
  { running, newest, young, tagged, foreign }: KeptRuns,
  { policy, isAll }: { readonly policy: RetentionPolicy; readonly isAll: boolean },
  err: Output,
): void {
  if (!asksForRuns(policy)) return;
  const reasons: string[] = [];
  const say = (count: number, words: string): void => {
    if (count > 0) reasons.push(`${plural(count, 'run')} ${words}`);
  };
  say(tagged, tagged === 1 ? 'that has a tag (--include-tagged)' : 'that have tags (--include-tagged)');
  if (isAll) {
    say(newest, `among the newest ${policy.keepLast ?? 0} of ${newest === 1 ? 'its flow' : 'their flows'}`);
    say(young, `younger than --newer-than allows`);
    say(running, running === 1 ? 'that is running' : 'that are running');
    say(foreign, 'of other users (--all-users)');
  }
  if (reasons.length > 0) err.write(text`Kept: ${reasons.join(', ')}.\n`);
  else if (isAll) err.write(text`No run matches the options.\n`);
}

function tellDamaged({ damaged }: Pick<GcPlan, 'damaged'>, err: Output): void {
  if (damaged.length === 0) return;
  err.write(
    text`${err.paint.warn('warning:')} ${plural(damaged.length, 'run')} cannot be read and stay: run flow fsck.\n`,
  );
}
