import { connect } from '#client';
import { isOwnCode } from '#core';
import { isFlowFile } from '../flow-file.ts';
import type { Host } from '../host.ts';
import { text } from '../plain/text.ts';
import { UsageError } from '../usage.ts';
import type { RunWords } from './run-words.ts';
import { sealedCode, spinCode } from './spin-code.ts';

/** What a resume executes. */
export interface ResumedCode {
  /** The flow's file, with its class where the run named it. */
  readonly file: string;
  readonly step: string | undefined;
  /** Removes what was written for this. */
  remove(): void;
}

/**
 * The code for `flow resume`: FILE; or, without one, that of the run at --origin-run-id, chosen as for a spin. Undefined when the command line
 * names neither. Throws UsageError.
 */
export async function resumedCode(given: RunWords, host: Host): Promise<ResumedCode | undefined> {
  const { file, step, code, origin, store } = given;
  // Where the code is that of the run, the word after the command is the step.
  const isStep = file !== undefined && code !== undefined && step === undefined && !isFlowFile(file);
  if (file !== undefined && !isStep) {
    if (code === 'recorded') throw new UsageError(`Give the file ${file} or --code recorded, not both.`, []);
    return { file, step, remove: () => {} };
  }
  if (origin === undefined && code === undefined) return undefined;
  if (origin === undefined || /^\d/.test(origin))
    throw new UsageError('Without a FILE, flow resume needs --origin-run-id FLOW/RUN.', []);
  const client = connect({ store, namespace: null });
  const { name, remove } = await spinCode(
    client.Run(origin),
    client.store,
    { command: 'resume', file: undefined, code },
    host,
  );
  return { file: name, step: file ?? step, remove };
}

/** Says which code continues a run that this user did not make here. `origin` is `Flow/run`. */
export function tellForeignOrigin(
  origin: string,
  { file, store, quiet }: Pick<RunWords, 'file' | 'store' | 'quiet'>,
  { err }: Host,
): void {
  if (quiet) return;
  const run = connect({ store, namespace: null }).Run(origin);
  if (isOwnCode(sealedCode(run), run.metadata.code.seal)) return;
  err.write(text`You did not make the run ${origin} here. What it lacks is executed with ${file ?? ''}.\n`);
}
