import { assertSound, cacheFolder, type LoadedFlow, loadFlow, previewRun, type RunOptions } from '#core';
import { EXIT } from '../exit.ts';
import { isFlowFile } from '../flow-file.ts';
import type { Host } from '../host.ts';
import { presenterFor } from '../live/presenter.ts';
import { pathWord, quoted } from '../plain/shell.ts';
import { listing } from '../plain/words.ts';
import { UsageError } from '../usage.ts';
import { performRun, readSource, writeRunId } from './perform-run.ts';
import { tellFailure } from './run-failure.ts';
import { runHelp } from './run-help.ts';
import type { RunCommand } from './run-options.ts';
import { type ParameterTexts, parametersFor } from './run-parameters.ts';
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
  if (command !== 'resume') return runWith(given, host);
  const { resumedCode } = await import('./resume-code.ts');
  const code = await resumedCode(given, host);
  try {
    const isUntold = given.file !== undefined && given.code === undefined;
    return await runWith({ ...given, file: code?.file, step: code?.step }, host, isUntold);
  } finally {
    code?.remove();
  }
}

/** `tellOrigin`: whether to say which code continues a run that somebody else made; else it has been asked, or answered. */
async function runWith(given: RunWords, host: Host, tellOrigin = false): Promise<number> {
  const { command, file } = given;
  if (file === undefined) return withoutFile(given, host);
  const loaded = await loadFlow(file, cacheFolder(), given);
  if (given.help) {
    const usage = host.commandLine(command, file);
    host.out.write(runHelp(loaded, { usage, command }, host.out));
    return EXIT.ok;
  }
  await assertSound(loaded);
  if (given.step !== undefined) await assertStep(given.step, loaded);
  const parameters = await parametersFor(loaded, given, host);
  const options = await optionsOf(loaded, given);
  if (options.resume && tellOrigin)
    (await import('./resume-code.ts')).tellForeignOrigin(options.resume.origin, given, host);
  if (given.dryRun) return foretell({ loaded, parameters, options, given, host });
  if (given.runIdFile !== undefined) writeRunId(given.runIdFile, '');
  return execute({ loaded, parameters, options, given, host });
}

/** Throws UsageError when the flow has no such step to resume from. */
async function assertStep(step: string, { graph }: LoadedFlow): Promise<void> {
  if (graph.steps.has(step)) return;
  const names = [...graph.steps.keys()];
  const meant = (await import('#client')).closest(step, names);
  throw new UsageError(
    `${graph.flow} has no step ${JSON.stringify(step)}. Its steps: ${listing(names, 20)}.` +
      (meant === undefined ? '' : ` Did you mean ${meant}?`),
  );
}

async function foretell({ loaded, parameters, options, given, host }: Execution): Promise<number> {
  const preview = await previewRun(loaded, parameters, options);
  await (await import('./preview.ts')).showPreview(preview, host.out);
  if (options.resume) {
    const changed = new (await import('./changed-code.ts')).ChangedCode();
    for (const task of preview.tasks) changed.note(task);
    changed.tell(loaded.graph, given, host);
  }
  return EXIT.ok;
}

async function withoutFile({ command, help, parameters }: RunWords, host: Host): Promise<number> {
  if (help) return (await import('../program.ts')).runProgram(['help', command], host);
  // It was taken for the value of the option before it.
  const taken = parameters.find(({ value }) => value !== undefined && isFlowFile(value));
  const name = `flow ${command}`;
  const hint =
    taken?.value !== undefined
      ? `Give the file first: ${name} ${pathWord(taken.value)} ${quoted(taken.option)}`
      : `${name} --help`;
  throw new UsageError(`${name} needs a FILE: ${name} FILE [--PARAMETER VALUE]...`, [hint]);
}

async function execute({ loaded, parameters, options, given, host }: Execution): Promise<number> {
  const presenter = presenterFor(loaded, host, given);
  const changed = options.resume ? new (await import('./changed-code.ts')).ChangedCode() : undefined;
  const { record, failed, isStopped } = await performRun({
    loaded,
    parameters,
    options,
    host,
    presenter,
    runIdFile: given.runIdFile,
    onTaken: ({ task, from, changed: code }) => changed?.note({ step: task.step, from, changed: code }),
  });
  changed?.tell(loaded.graph, given, host);
  const { tasks, taken = 0 } = record.totals;
  // To leave the rest is what was asked for.
  const isDone = record.status === 'successful' || (given.cloneOnly && !isStopped && taken === tasks);
  if (isDone) return EXIT.ok;
  const resume = host.commandLine('resume', given.file ?? '');
  tellFailure({ record, failed, store: given.store, sources: readSource, resume }, host.err);
  return record.status === 'interrupted' ? EXIT.interrupted : EXIT.no;
}

interface Execution {
  readonly loaded: LoadedFlow;
  readonly parameters: ParameterTexts;
  readonly options: RunOptions;
  readonly given: RunWords;
  readonly host: Host;
}

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
