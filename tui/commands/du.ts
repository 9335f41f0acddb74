import type { StoreClient } from '#client';
import {
  type ArtifactUsage,
  type MeasuredPart,
  openStore,
  runUsage,
  type StoreUsage,
  storeUsage,
} from '#core';
import type { Host } from '../host.ts';
import { sendAll, sendDocument } from '../output.ts';
import { drawTable } from '../plain/table.ts';
import { text } from '../plain/text.ts';
import { tsvLine } from '../plain/tsv.ts';
import { bytes, plural } from '../plain/words.ts';
import type { ReadOptions } from '../read-options.ts';
import { UsageError } from '../usage.ts';
import { Listing } from './listing-of.ts';
import { progressOn } from './maintenance-progress.ts';
import { clientFor, storeFor } from './open.ts';

/** Options of `flow du`. */
export interface DuOptions extends ReadOptions {
  readonly json?: true;
}

/** What one line tells. */
interface Row {
  readonly name: string;
  readonly exclusive: number;
  readonly shared: number;
  readonly logical: number;
}

/**
 * `flow du`: what flows take; `flow du FLOW`: its runs; `flow du ADDRESS` of a run, step, task or artifact: its artifacts. For programs a line
 * is: name, bytes on disk that nothing else holds, bytes that others hold too, uncompressed bytes of the values.
 */
export async function du(address: string | undefined, options: DuOptions, host: Host): Promise<number> {
  const progress = progressOn(host.err);
  const listing = new Listing(host.err);
  try {
    const found = measure(address, { options, host, onProgress: progress.onProgress });
    progress.end();
    if (options.json) {
      const { rows, summary } = found;
      await sendDocument({ schema: 'oxbow.du/1', rows, summary }, host.out);
    } else await tell(found, host);
    for (const one of found.damaged ?? []) listing.tell(one, one.error);
  } finally {
    progress.end();
  }
  return listing.code;
}

interface Measured {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly summary: string;
  /** What could not be measured. */
  readonly damaged?: StoreUsage['damaged'];
}

type OnProgress = ReturnType<typeof progressOn>['onProgress'];

interface Measuring {
  readonly options: DuOptions;
  readonly host: Host;
  readonly onProgress: OnProgress;
}

function measure(address: string | undefined, measuring: Measuring): Measured {
  const { options, host, onProgress } = measuring;
  const store = storeFor(options, host);
  if (
    address !== undefined &&
    !clientFor(options, host)
      .Flows()
      .some(({ id }) => id === address)
  ) {
    return measureRun(address, measuring);
  }
  const usage = storeUsage(store, onProgress);
  const { flows, stored, unused, damaged } = usage;
  if (address === undefined) {
    const rows = flows.map((flow) => ({ ...flow, name: flow.flow }));
    const waste = unused > 0 ? `, ${bytes(unused)} of it held by no run (flow gc frees that in time)` : '';
    return { title: 'FLOW', rows, damaged, summary: `${store.path}: ${bytes(stored)} on disk${waste}.` };
  }
  const runs = usage.runs.filter(({ flow }) => flow === address);
  const flow = flows.find((each) => each.flow === address);
  const rows = runs.map((run) => ({ ...run, name: `${run.flow}/${run.id}` }));
  const own = bytes(flow?.exclusive ?? 0);
  return {
    title: 'RUN',
    rows,
    damaged,
    summary: `${plural(runs.length, 'run')}, which together hold ${own} alone.`,
  };
}

function measureRun(address: string, { options, host, onProgress }: Measuring): Measured {
  const [found, ...more] = clientFor(options, host).resolveAll(address);
  if (found === undefined || more.length > 0) {
    const message = `flow du takes one run, step, task or artifact, but ${JSON.stringify(address)} names ${more.length + 1}.`;
    throw new UsageError(message);
  }
  const part = partOf(found);
  const usage = runUsage(openStore({ store: options.store }), part, onProgress);
  const artifacts = usage?.artifacts ?? [];
  const { exclusive, shared } = part.step === undefined ? (usage?.run ?? NOTHING) : sumOf(artifacts);
  const summary = `${found.pathspec}: ${bytes(exclusive)} alone, ${bytes(shared)} shared with other runs.`;
  return { title: 'ARTIFACT', rows: artifacts.map(artifactRow), summary };
}

function partOf(found: ReturnType<StoreClient['resolve']>): MeasuredPart {
  const [flow = '', id = '', step, ...rest] = found.pathspec.split('/');
  if (found.kind !== 'artifact') return { flow, id, step, task: rest[0] };
  return { flow, id, step, task: found.parent.kind === 'task' ? rest[0] : undefined, artifact: found.name };
}

const NOTHING = { exclusive: 0, shared: 0 };

const sumOf = (artifacts: readonly ArtifactUsage[]) =>
  artifacts.reduce(
    (sum, { exclusive, shared }) => ({ exclusive: sum.exclusive + exclusive, shared: sum.shared + shared }),
    NOTHING,
  );

const artifactRow = ({ step, artifact, ...rest }: ArtifactUsage): Row => ({
  name: `${step}/${artifact}`,
  ...rest,
});

async function tell({ title, rows, summary }: Measured, { out, err }: Host): Promise<void> {
  if (!out.isTerminal) {
    return sendAll(
      rows.map(({ name, exclusive, shared, logical }) =>
        tsvLine([name, String(exclusive), String(shared), String(logical)]),
      ),
      out,
    );
  }
  if (rows.length > 0) {
    const { text: drawn } = await drawTable(
      {
        columns: [
          { title, cut: 'middle' },
          { title: 'EXCLUSIVE', align: 'right' },
          { title: 'SHARED', align: 'right', drop: 2 },
          { title: 'VALUES', align: 'right', drop: 1 },
        ],
        rows: rows.map(({ name, exclusive, shared, logical }) => [
          { text: name, brush: out.paint.name },
          bytes(exclusive),
          bytes(shared),
          bytes(logical),
        ]),
      },
      out,
    );
    out.write(drawn);
  }
  err.write(text`${err.paint.faint(summary)}\n`);
}
