import type { StoreClient, Task } from '#client';
import { assertSound, cacheFolder, type LoadedFlow, loadFlow } from '#core';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { type Presenter, presenterFor } from '../live/presenter.ts';
import { command } from '../plain/shell.ts';
import { text } from '../plain/text.ts';
import { listing } from '../plain/words.ts';
import { UsageError } from '../usage.ts';
import { clientFor } from './open.ts';
import { performRun, readSource, writeRunId } from './perform-run.ts';
import { tellFailure } from './run-failure.ts';
import { runHelp } from './run-help.ts';
import { parametersFor } from './run-parameters.ts';
import { type RunWords, readRunWords } from './run-words.ts';
import { type SpinCode, spinCode } from './spin-code.ts';
import { ifThere, showSpin } from './spin-result.ts';

/**
 * `flow spin ADDRESS [FILE] …`: executes one task of a run once more with the inputs it had, and says what came out different.
 * Resolves with the exit code, as `flow run` does.
 */
export async function spin(words: readonly string[], host: Host): Promise<number> {
  const given = readRunWords(words, 'spin');
  const { address, store, allUsers } = given;
  if (address === undefined) return withoutAddress(given, host);
  const client = clientFor(
    { ...(store === undefined ? {} : { store }), ...(allUsers ? { allUsers } : {}) },
    host,
  );
  const task = taskAt(client, address);
  const code = await spinCode(task.parent.parent, client.store, given, host);
  if (code.isFallback && !given.quiet)
    host.err.write(
      text`The file of ${task.parent.parent.parent.id} is not found from here: this is the code of the run.\n`,
    );
  try {
    return await spinTask({ task, code, client, given, host });
  } finally {
    code.remove();
  }
}

interface Spin {
  readonly task: Task;
  readonly code: SpinCode;
  readonly client: StoreClient;
  readonly given: RunWords;
  readonly host: Host;
}

async function spinTask({ task, code, client, given, host }: Spin): Promise<number> {
  const loaded = await loadFlow(code.name, cacheFolder(), given);
  if (given.help) {
    const usage = command`flow spin ${given.address ?? ''} ${given.file ?? '[FILE]'}`;
    host.out.write(runHelp(loaded, { usage, command: 'spin' }, host.out));
    return EXIT.ok;
  }
  await assertSound(loaded);
  const parameters = await parametersFor(loaded, given, host);
  const { configs, configFiles, inspect, runIdFile, maxLogSize } = given;
  const options = {
    ...{ configs, configFiles, store: client.store },
    ...(maxLogSize === undefined ? {} : { maxLogSize }),
    spin: { task: task.pathspec, inspect },
  };
  if (runIdFile !== undefined) writeRunId(runIdFile, '');
  const presenter = withoutEnd(presenterFor(loaded, host, { quiet: given.quiet, plain: true }));
  const { record, failed } = await performRun({ loaded, parameters, options, host, presenter, runIdFile });
  // Stopped before it began, it is not recorded.
  const spun = ifThere(() => client.Task(`${record.flow}/${record.id}/${task.parent.id}/${task.id}`));
  if (spun && !given.quiet)
    await showSpin({ spun, recorded: task, inputs: inputsOf(loaded), client }, host.out);
  if (record.status === 'successful') return EXIT.ok;
  tellFailure({ record, failed, store: given.store, sources: readSource, resume: undefined }, host.err);
  return record.status === 'interrupted' ? EXIT.interrupted : EXIT.no;
}

/** What is told instead of the end of a run is how its only task compares. */
const withoutEnd = (presenter: Presenter): Presenter => ({
  tell: (event) => (event.type === 'run-finished' ? undefined : presenter.tell(event)),
  talk: (text) => presenter.talk(text),
  close: () => presenter.close(),
});

function taskAt(client: StoreClient, address: string): Task {
  const found = client.resolve(address);
  if (found.kind === 'task') return found;
  const hint = (task: Task): readonly string[] => [command`flow spin ${task.pathspec}`];
  if (found.kind === 'step') {
    const tasks = found.tasks();
    const [only] = tasks;
    if (only && tasks.length === 1) return only;
    const failed = tasks.find((task) => !task.successful) ?? only;
    throw new UsageError(
      `${found.pathspec} has ${tasks.length} tasks: ${listing(tasks.map(({ id }) => id))}. Name one of them.`,
      failed ? hint(failed) : [],
    );
  }
  if (found.kind === 'artifact')
    throw new UsageError(`${found.pathspec} is an artifact, and flow spin takes the address of a task.`);
  const failure = found.metadata.failure?.task;
  const steps = found.steps();
  throw new UsageError(
    `${found.pathspec} is a run, and flow spin takes the address of a task. Its steps: ${listing(steps.map(({ id }) => id))}.`,
    failure === undefined ? [] : [command`flow spin ${`${found.pathspec}/${failure}`}`],
  );
}

/** What the task was given beside its inputs, by the folders of a run. */
const inputsOf = ({ parameters, configs, constants }: LoadedFlow): readonly string[] => [
  ...[...configs, ...parameters].map(({ field }) => `parameters/${field}`),
  ...[...constants.keys()].map((name) => `constants/${name}`),
];

async function withoutAddress({ help }: RunWords, host: Host): Promise<number> {
  if (help) return (await import('../program.ts')).runProgram(['help', 'spin'], host);
  throw new UsageError(
    'flow spin needs the ADDRESS of a task: flow spin ADDRESS [FILE] [--PARAMETER VALUE]...',
    ['flow spin --help'],
  );
}
