import { readFileSync, writeFileSync } from 'node:fs';
import { type LoadedFlow, type RunEvent, type RunOptions, runFlow } from '#core';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import type { Presenter } from '../live/presenter.ts';
import { isSystemError, systemSentence } from '../plain/system-error.ts';
import { UsageError } from '../usage.ts';
import type { RunRecord } from './run-failure.ts';
import type { ParameterTexts } from './run-parameters.ts';

/** What is run, and who is told. */
export interface Performance {
  readonly loaded: LoadedFlow;
  readonly parameters: ParameterTexts;
  readonly options: RunOptions;
  readonly host: Host;
  readonly presenter: Presenter;
  /** File the run's id is written to as soon as it exists. */
  readonly runIdFile?: string | undefined;
  /** Hears of each task that is taken over. */
  readonly onTaken?: (event: Extract<RunEvent, { type: 'task-taken' }>) => void;
}

/** How it went. */
export interface Performed {
  readonly record: RunRecord;
  /** Tasks that failed, as `step/task`. */
  readonly failed: readonly string[];
  /** Somebody interrupted it. */
  readonly isStopped: boolean;
}

/** Runs a flow, tells how it goes, and lets Ctrl-C stop it. Throws what `runFlow` throws. */
export async function performRun(given: Performance): Promise<Performed> {
  const { loaded, parameters, options, host, presenter } = given;
  const interruption = interruptionOf(host, (text) => presenter.talk(text));
  const failed: string[] = [];
  try {
    const record = await runFlow(loaded, parameters, {
      ...options,
      signal: interruption.stop,
      killSignal: interruption.kill,
      onEvent: (event) => {
        if (event.type === 'run-started') {
          interruption.begin();
          noteRunId(given, event.runId);
        }
        if (event.type === 'task-failed') failed.push(`${event.task.step}/${event.task.task}`);
        if (event.type === 'task-taken') given.onTaken?.(event);
        const taken = presenter.tell(event);
        if (event.type === 'run-stopping' && event.reason === 'interrupted' && event.active > 0) {
          presenter.talk('Press Ctrl-C again to kill them now.');
        }
        return taken;
      },
    });
    return { record, failed, isStopped: interruption.stop.aborted };
  } finally {
    presenter.close();
    interruption.end();
  }
}

/** Emptied before the run begins: an id of an earlier run must not be taken for this one's, and a wrong path be told early. */
export function writeRunId(file: string, id: string): void {
  try {
    writeFileSync(file, id);
  } catch (cause) {
    const reason = isSystemError(cause) ? systemSentence(cause) : String(cause);
    throw new UsageError(`The file of --run-id-file cannot be written. ${reason}`);
  }
}

/** The run has begun: a disk that takes nothing more does not end it. */
function noteRunId({ runIdFile, presenter }: Performance, id: string): void {
  if (runIdFile === undefined) return;
  try {
    writeRunId(runIdFile, id);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    presenter.talk(`Warning: ${error.message}`);
  }
}

interface Interruption {
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  /** The run exists: from now on it must be recorded how it ends. */
  begin(): void;
  end(): void;
}

/** Ctrl-C once lets running tasks finish, twice kills them, a third time does not wait for anything. */
function interruptionOf(host: Host, talk: (text: string) => void): Interruption {
  const stop = new AbortController();
  const kill = new AbortController();
  let begun = false;
  const end = host.guard((interruptions) => {
    if (!begun || interruptions > 2) host.exit(EXIT.interrupted);
    if (interruptions === 2) {
      talk('Killing the running tasks.');
      kill.abort();
      return;
    }
    stop.abort();
  });
  const begin = (): void => {
    begun = true;
  };
  return { stop: stop.signal, kill: kill.signal, begin, end };
}

/** The flow has just been run from these files. */
export function readSource(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
