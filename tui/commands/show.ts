import type { StoreClient } from '#client';
import { isFlowFile } from '../flow-file.ts';
import type { Host } from '../host.ts';
import { documentOf } from '../json/show-documents.ts';
import { sendDocument } from '../output.ts';
import { text } from '../plain/text.ts';
import type { ReadOptions } from '../read-options.ts';
import { Listing } from './listing-of.ts';
import { clientFor } from './open.ts';
import { showArtifact } from './show-artifact.ts';
import { showFlow } from './show-flow.ts';
import { isInputs, showInputs } from './show-inputs.ts';
import { showRun } from './show-run.ts';
import { showStep } from './show-step.ts';
import { showTask } from './show-task.ts';

/** Options of `flow show`. */
export interface ShowOptions extends ReadOptions {
  readonly json?: true;
}

/** `flow show FILE` or `flow show ADDRESS`; of an address with `*`, everything it names. */
export async function show(what: string, options: ShowOptions, host: Host): Promise<number> {
  if (isFlowFile(what)) return showFlow(what, { isJson: options.json === true }, host);
  const listing = new Listing(host.err);
  if (options.json) {
    const address = isInputs(what) ? `${what.replace(/\/$/, '')}/*` : what;
    const all = clientFor(options, host).resolveAll(address);
    const shown = [...listing.read(all, (found) => documentOf(found, listing))];
    await sendDocument({ schema: 'oxbow.show/1', shown }, host.out);
    return listing.code;
  }
  if (isInputs(what)) {
    await showInputs(what, clientFor(options, host), host);
    return listing.code;
  }
  const all = clientFor(options, host).resolveAll(what);
  for (const [index, found] of all.entries()) {
    if (index > 0) host.out.write(text`\n`);
    try {
      await showFound(found, { options, host, listing });
    } catch (error) {
      if (all.length === 1) throw error;
      listing.tell(found, error);
    }
  }
  return listing.code;
}

type Found = ReturnType<StoreClient['resolveAll']>[number];

interface Showing {
  readonly options: ReadOptions;
  readonly host: Host;
  readonly listing: Listing;
}

async function showFound(found: Found, { options, host: { out }, listing }: Showing): Promise<void> {
  switch (found.kind) {
    case 'run':
      return showRun(found, { options, output: out, listing });
    case 'step':
      return showStep(found, { options, output: out, listing });
    case 'task':
      return showTask(found, out, listing);
    case 'artifact':
      return showArtifact(found, out);
  }
}
