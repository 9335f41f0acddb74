import { fsck } from '#core';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { sendDocument } from '../output.ts';
import { text } from '../plain/text.ts';
import { tsvLine } from '../plain/tsv.ts';
import { listing, plural } from '../plain/words.ts';
import type { ReadOptions } from '../read-options.ts';
import { progressOn } from './maintenance-progress.ts';
import { storeFor } from './open.ts';
import { tellStrangers } from './tell-strangers.ts';

/** Options of `flow fsck`. */
export interface FsckOptions extends Pick<ReadOptions, 'store'> {
  /** Decode every artifact. */
  readonly values?: true;
  readonly json?: true;
}

/**
 * `flow fsck`: checks the whole store. A line for each damaged file and for each thing that is hit: what, object, problem.
 * Exits with 1 when there is one. What this process only lacks something to decode is told as a warning.
 */
export async function fsckStore(options: FsckOptions, { out, err }: Host): Promise<number> {
  const store = storeFor(options, { err });
  tellStrangers(store, err);
  const progress = progressOn(err);
  let report: ReturnType<typeof fsck>;
  try {
    report = fsck(store, progress.onProgress, { values: options.values === true });
  } finally {
    progress.end();
  }
  const { damage, hits, damagedRuns, objects, runs, artifacts, undecoded } = report;
  if (options.json) {
    const isSound = damage.length + hits.length === 0;
    const counts = { objects, runs, artifacts };
    const document = {
      schema: 'oxbow.fsck/1',
      store: store.path,
      isSound,
      ...counts,
      damage,
      hits,
      damagedRuns,
      undecoded,
    };
    await sendDocument(document, out);
    return isSound ? EXIT.ok : EXIT.no;
  }
  const lines = [
    ...damage.map(({ file, id, problem }) => ({ what: file, id, problem })),
    ...hits.map(({ address, id, problem }) => ({ what: address, id, problem })),
  ];
  for (const { what, id = '', problem } of lines) {
    if (!out.isTerminal) out.send(tsvLine([what, id, problem]));
    else
      out.write(
        text`${out.paint.bad(out.glyphs.failed)} ${what}: ${id === '' ? '' : `object ${id}: `}${problem}\n`,
      );
  }
  for (const { address, problem } of undecoded)
    err.write(text`${err.paint.warn('warning:')} ${address}: ${problem}\n`);
  const looked = `${plural(objects, 'object')}, ${plural(runs, 'run')}, ${plural(artifacts, 'artifact')}${options.values ? ' decoded' : ''}`;
  if (lines.length === 0) {
    err.write(text`${err.paint.good(err.glyphs.ok)} ${store.path} is sound: ${looked}.\n`);
    return EXIT.ok;
  }
  const hit = damagedRuns.length > 0 ? `Affected runs: ${listing(damagedRuns)}.` : 'No runs are affected.';
  err.write(text`${err.paint.bad('The store is damaged.')} ${hit}\n`);
  return EXIT.no;
}
