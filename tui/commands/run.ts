import { readFileSync, writeFileSync } from 'node:fs';
import {
  assertSound,
  cacheFolder,
  type LoadedFlow,
  loadFlow,
  previewRun,
  runFlow,
  valueProblems,
} from '#core';
import { EXIT } from '../exit.ts';
import { isFlowFile } from '../flow-file.ts';
import type { Host } from '../host.ts';
import { presenterFor } from '../live/presenter.ts';
import { UsageError } from '../usage.ts';
import { type RunRecord, tellFailure } from './run-failure.ts';
import { runHelp } from './run-help.ts';
import type { RunCommand } from './run-options.ts';
import { matchParameters, type ParameterTexts } from './run-parameters.ts';
import { type RunWords, readRunWords } from './run-words.ts';

/**
 * `flow run FILE …` and `flow resume FILE [STEP] …`: runs a flow and tells how it goes. `words` are those after the command.
 * Resolves with the exit code.
 */
export async function run(
  words: readonly string[],
  host: Host,
  command: RunCommand = 'run',
): Promise<number> {
  const given = readRunWords(words, command);
  const { file } = given;
  if (file === undefined) return withoutFile(given, host);
  const loaded = await loadFlow(file, cacheFolder({ store: given.store }), given);
  if (given.help) {
    const usage = host.commandLine(command, file);
    host.out.write(runHelp(loaded, { usage, command }, host.out));
    return EXIT.ok;
  }
  await assertSound(loaded);
  const parameters = await parametersFor(loaded, given);
  const options = await optionsOf(loaded, given);
  if (given.dryRun) return foretell({ loaded, parameters, options, host });
  if (given.runIdFile !== undefined) writeRunId(given.runIdFile, '');
  return execute({ loaded, parameters, options, given, host });
}

async function foretell({ loaded, parameters, options, host }: Omit<Execution, 'given'>): Promise<number> {
  const preview = await previewRun(loaded, parameters, options);
  await (await import('./preview.ts')).showPreview(preview, host.out);
  return EXIT.ok;
}

/** What the words give to parameters. When some words are wrong, what else is wrong with the parameters is told with it. */
async function parametersFor(loaded: LoadedFlow, given: RunWords): Promise<ParameterTexts> {
  const { values, errors } = await matchParameters(loaded.parameters, given.parameters, given.command);
  const [first] = errors;
  if (!first) return values;
  const others = await valueProblems(loaded, values);
  if (errors.length + others.length === 1) throw first;
  const lines = [...errors, ...others].map(({ message }) => message);
  const hints = errors.flatMap((error) => (error instanceof UsageError ? error.hints : []));
  throw new UsageError(lines.join('\n'), hints);
}

async function withoutFile({ command, help, parameters }: RunWords, host: Host): Promise<number> {
  if (help) return (await import('../program.ts')).runProgram(['help', command], host);
  // It was taken for the value of the option before it.
  const taken = parameters.find(({ value }) => value !== undefined && isFlowFile(value));
  const name = `flow ${command}`;
  const hint = taken ? `Give the file first: ${name} ${taken.value} ${taken.option}` : `${name} --help`;
  throw new UsageError(`${name} needs a FILE: ${name} FILE [--PARAMETER VALUE]...`, [hint]);
}

interface Execution {
  readonly loaded: LoadedFlow;
  readonly parameters: ParameterTexts;
  readonly options: RunOptions;
  readonly given: RunWords;
  readonly host: Host;
}

async function execute({ loaded, parameters, options, given, host }: Execution): Promise<number> {
  const presenter = presenterFor(loaded, host, given);
  const interruption = interruptionOf(host, (text) => presenter.talk(text));
  const failed: string[] = [];
  let record: RunRecord;
  try {
    record = await runFlow(loaded, parameters, {
      ...options,
      signal: interruption.stop,
      killSignal: interruption.kill,
      onEvent: (event) => {
        if (event.type === 'run-started') {
          interruption.begin();
          if (given.runIdFile !== undefined) writeRunId(given.runIdFile, event.runId);
        }
        if (event.type === 'task-failed') failed.push(`${event.task.step}/${event.task.task}`);
        const taken = presenter.tell(event);
        if (event.type === 'run-stopping' && event.reason === 'interrupted' && event.active > 0) {
          presenter.talk('Press Ctrl-C again to kill them now.');
        }
        return taken;
      },
    });
  } finally {
    presenter.close();
    interruption.end();
  }
  const { tasks, taken = 0 } = record.totals;
  // To leave the rest is what was asked for.
  const isDone =
    record.status === 'successful' || (given.cloneOnly && !interruption.stop.aborted && taken === tasks);
  if (isDone) return EXIT.ok;
  const resume = host.commandLine('resume', given.file ?? '');
  tellFailure({ record, failed, store: given.store, sources: readSource, resume }, host.err);
  return record.status === 'interrupted' ? EXIT.interrupted : EXIT.no;
}

type RunOptions = NonNullable<Parameters<typeof runFlow>[2]>;

async function optionsOf(loaded: LoadedFlow, given: RunWords): Promise<RunOptions> {
  const {
    command,
    tags,
    maxWorkers,
    maxNumSplits,
    maxLogSize,
    store,
    configs,
    configFiles,
    reuse,
    step,
    cloneOnly,
  } = given;
  const resume =
    command === 'resume' ? { origin: await originFor(loaded, given), step, cloneOnly } : undefined;
  return {
    ...{ tags, configs, configFiles },
    ...(maxWorkers === undefined ? {} : { maxWorkers }),
    ...(maxNumSplits === undefined ? {} : { maxNumSplits }),
    ...(maxLogSize === undefined ? {} : { maxLogSize }),
    ...(store === undefined ? {} : { store }),
    ...(reuse ? { reuse } : {}),
    ...(resume ? { resume } : {}),
  };
}

const originFor = async ({ graph }: LoadedFlow, { origin: address, store }: RunWords): Promise<string> =>
  (await import('#client')).resumeOrigin(graph.flow, { store, address });

/** Emptied before the run begins: an id of an earlier run must not be taken for this one's, and a wrong path be told early. */
function writeRunId(file: string, id: string): void {
  try {
    writeFileSync(file, id);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`The file of --run-id-file cannot be written: ${reason}`);
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
function readSource(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
