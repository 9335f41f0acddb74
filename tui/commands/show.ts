import { EXIT } from '../exit.ts';
import { isFlowFile } from '../flow-file.ts';
import type { Host } from '../host.ts';
import type { ReadOptions } from '../read-options.ts';

/** `flow show FILE` or `flow show ADDRESS`; of an address with `*`, everything it names. */
export async function show(what: string, options: ReadOptions, host: Host): Promise<number> {
  if (isFlowFile(what)) {
    const { showFlow } = await import('./show-flow.ts');
    return showFlow(what, options, host);
  }
  const { clientFor } = await import('./open.ts');
  for (const [index, found] of clientFor(options).resolveAll(what).entries()) {
    if (index > 0) host.out.write('\n');
    await showFound(found, options, host);
  }
  return EXIT.ok;
}

type Found = ReturnType<ReturnType<typeof import('./open.ts').clientFor>['resolveAll']>[number];

async function showFound(found: Found, options: ReadOptions, host: Host): Promise<void> {
  switch (found.kind) {
    case 'run':
      return (await import('./show-run.ts')).showRun(found, options, host.out);
    case 'step':
      return (await import('./show-step.ts')).showStep(found, host.out);
    case 'task':
      return (await import('./show-task.ts')).showTask(found, host.out);
    case 'artifact':
      return (await import('./show-artifact.ts')).showArtifact(found, host.out);
  }
}
