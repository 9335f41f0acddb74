import type { StoreClient } from '#client';
import { EXIT } from '../exit.ts';
import { isFlowFile } from '../flow-file.ts';
import type { Host } from '../host.ts';
import type { ReadOptions } from '../read-options.ts';
import { clientFor } from './open.ts';
import { showArtifact } from './show-artifact.ts';
import { showFlow } from './show-flow.ts';
import { showRun } from './show-run.ts';
import { showStep } from './show-step.ts';
import { showTask } from './show-task.ts';

/** `flow show FILE` or `flow show ADDRESS`; of an address with `*`, everything it names. */
export async function show(what: string, options: ReadOptions, host: Host): Promise<number> {
  if (isFlowFile(what)) return showFlow(what, options, host);
  for (const [index, found] of clientFor(options).resolveAll(what).entries()) {
    if (index > 0) host.out.write('\n');
    await showFound(found, options, host);
  }
  return EXIT.ok;
}

type Found = ReturnType<StoreClient['resolveAll']>[number];

async function showFound(found: Found, options: ReadOptions, { out }: Host): Promise<void> {
  switch (found.kind) {
    case 'run':
      return showRun(found, options, out);
    case 'step':
      return showStep(found, out);
    case 'task':
      return showTask(found, out);
    case 'artifact':
      return showArtifact(found, out);
  }
}
