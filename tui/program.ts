import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { version } from '#core';
import { type CatOptions, cat } from './commands/cat.ts';
import { check } from './commands/check.ts';
import { type CodeOptions, code } from './commands/code.ts';
import type { CommandSpec } from './commands/command-spec.ts';
import { COMPARE } from './commands/compare.ts';
import { DIFF } from './commands/diff.ts';
import { EXPORT } from './commands/export.ts';
import { HISTORY } from './commands/history-commands.ts';
import { init } from './commands/init.ts';
import { type LogsOptions, logs } from './commands/logs.ts';
import { MAINTENANCE } from './commands/maintenance-commands.ts';
import { nearest } from './commands/nearest.ts';
import { PLOT } from './commands/plot.ts';
import { QUERY } from './commands/query.ts';
import { optionsFor, type RunCommand } from './commands/run-options.ts';
import { type RunsOptions, runs } from './commands/runs.ts';
import { type ShowOptions, show } from './commands/show.ts';
import { TAG } from './commands/tag-commands.ts';
import { why } from './commands/why.ts';
import { completions } from './complete/complete.ts';
import { SCRIPTS } from './complete/scripts.ts';
import { EXIT } from './exit.ts';
import { ADDRESSES, EVERYWHERE, IN_JSON } from './help-texts.ts';
import type { Host } from './host.ts';
import { section } from './plain/help.ts';
import { Text } from './plain/text.ts';
import { usageErrorOf } from './program-errors.ts';
import type { ReadOptions } from './read-options.ts';

/** Runs any `flow` command line. Resolves with the exit code; throws UsageError when the words make no sense. */
export async function runProgram(words: readonly string[], host: Host): Promise<number> {
  const end = { code: EXIT.ok as number };
  const program = programFor(host, (code) => {
    end.code = code;
  });
  try {
    await program.parseAsync(asked(words), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageErrorOf(error, asked(words), namesOf(program));
  }
  return end.code;
}

/** Words as commander understands them. */
function asked(words: readonly string[]): string[] {
  const [first, second, third] = words;
  if (first === '--') return asked(words.slice(1));
  if (first === undefined) return ['help'];
  // What most tools know; on its own it can mean nothing else.
  if (first === '-v' && words.length === 1) return ['--version'];
  if (first !== 'help') return [...words];
  if (second === 'help') return ['help'];
  return second === 'tag' && third !== undefined ? ['tag', 'help', third] : [...words];
}

function programFor(host: Host, end: (code: number) => void): Command {
  const program = new Command('flow')
    .description('Runs flows and shows what they left.')
    .version(version, '-V, --version', 'Show the version')
    .helpOption('-h, --help', 'Show help')
    .helpCommand('help [command]', 'Show help of a command')
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      // Only help: words of ours, coloured below.
      writeOut: (help) => host.out.write(Text.trusted(help)),
      // Errors are thrown, and told where all errors are told.
      writeErr: () => {},
      outputError: () => {},
      getOutHelpWidth: () => host.out.columns,
      getOutHasColors: () => host.out.isColoured,
    })
    .configureHelp({
      styleTitle: (title) => String(host.out.paint.strong(title)),
      styleSubcommandTerm: (term) => String(host.out.paint.name(term)),
      minWidthToWrap: 20,
    })
    .addHelpText(
      'after',
      () =>
        `\n${section('With every command:', EVERYWHERE, host.out)}\n\n${section('FILE and ADDRESS:', ADDRESSES, host.out)}`,
    );
  for (const add of [
    addInit,
    addRun,
    addResume,
    addSpin,
    addShow,
    addCheck,
    addRuns,
    addCat,
    addLogs,
    addDiff,
    addHistory,
    addAnalysis,
    addWhy,
    addCode,
    addTag,
    addMaintenance,
    addCompletion,
  ])
    add(program, host, end);
  return program;
}

/** The commands, without aliases. */
const namesOf = (program: Command): string[] => program.commands.map((one) => one.name());

type AddCommand = (program: Command, host: Host, end: (code: number) => void) => void;

const addInit: AddCommand = (program, host, end) => {
  program
    .command('init')
    .summary('Make a new project')
    .description(
      'Makes a project with a flow and its test: in DIR, or in this folder. Files that exist stay as they are.',
    )
    .argument('[DIR]', 'Folder of the project', '.')
    .action(async (folder: string) => {
      end(await init(folder, host));
    });
};

/** Only for help: main.ts takes `flow run` before it comes here. */
const addRun: AddCommand = (program) => {
  const command = program
    .command('run')
    .summary('Run a flow')
    .description('Runs a flow. Parameters are given as --name VALUE; flow run FILE --help lists them.')
    .usage('FILE [--PARAMETER VALUE]... [options]')
    .argument('FILE');
  addOptions(command, 'run');
};

/** Only for help, as {@link addRun}. */
const addResume: AddCommand = (program) => {
  const command = program
    .command('resume')
    .summary('Resume a run that failed, was interrupted or crashed')
    .description(
      'Makes a new run that reuses the tasks an earlier run has finished and executes the rest with the current code. ' +
        'With STEP, that step and all steps after it are executed again. Parameters keep their values unless you set them.',
    )
    .usage('FILE [STEP] [--PARAMETER VALUE]... [options]')
    .argument('FILE')
    .argument('[STEP]');
  addOptions(command, 'resume');
};

/** Only for help, as {@link addRun}. */
const addSpin: AddCommand = (program) => {
  const command = program
    .command('spin')
    .summary('Run one task of a run again, alone')
    .description(
      "Re-runs one task with its original inputs and the current code (FILE, or the flow's own file if found), and reports what " +
        'changed. Parameters keep their values unless you set them; @retry and @catchError are ignored. ' +
        'Results are kept apart from runs: the latest 10 of a flow, for 7 days.',
    )
    .usage('ADDRESS [FILE] [--PARAMETER VALUE]... [options]')
    .argument('ADDRESS')
    .argument('[FILE]');
  addOptions(command, 'spin');
};

function addOptions(command: Command, name: RunCommand): void {
  for (const { name: option, value, help, short, alone } of optionsFor(name)) {
    const takes = value === undefined ? '' : alone ? ` [${value}]` : ` <${value}>`;
    if (short === undefined) command.option(`--${option}${takes}`, help);
    else command.helpOption(`-${short}, --${option}`, help);
  }
}

const addShow: AddCommand = (program, host, end) => {
  reading(program.command('show'))
    .summary('Show the steps of a flow file, or a run, step, task or artifact')
    .description('Shows the steps of a flow file; or a run, a step, a task or an artifact of a store.')
    .argument('<FILE|ADDRESS>')
    .option('--json', 'Print a JSON document (oxbow.show/1)')
    .action(async (what: string, options: ShowOptions) => {
      end(await show(what, options, host));
    });
};

const addCheck: AddCommand = (program, host, end) => {
  program
    .command('check')
    .summary('Look for mistakes in a flow file')
    .description('Reports every problem in a flow file, with line numbers. Exits with 1 when there is one.')
    .argument('<FILE>')
    .option('--json', 'Print a JSON document (oxbow.check/1)')
    .action(async (file: string, options: { json?: true }) => {
      end(await check(file, options, host));
    });
};

const addRuns: AddCommand = (program, host, end) => {
  reading(program.command('runs'))
    .summary('List runs, newest first')
    .description('Lists runs, newest first: address, status, start, duration, tasks, tags.')
    .argument('[FLOW]', 'Only runs of this flow')
    .option('--tag <TAG>', 'Only runs with this tag; may be repeated', collect)
    .option('--where <EXPRESSION>', "Only runs that satisfy it: 'parameters/lr < 0.1 && end/0/loss < .2'")
    .option('--cols <COLUMNS>', 'Add columns: NAME=ADDRESS,... with addresses within the run')
    .option('--sort <COLUMN>', 'Sort by a column, the smallest first')
    .option('-r, --reverse', 'Reverse the order')
    .option('--only-changed', 'Only columns that differ; without --cols, of metrics and parameters')
    .option('--format <FORMAT>', 'table, tsv, csv, md, json, arrow or parquet')
    .option('--json', 'Print a JSON document (oxbow.runs/1)')
    .option('-n, --number <N>', 'List at most N runs (default: 20 on a terminal, else all)', wholeFrom(1))
    .action(async (flow: string | undefined, options: RunsOptions) => {
      end(await runs(flow, options, host));
    });
};

const addCat: AddCommand = (program, host, end) => {
  reading(program.command('cat'))
    .summary('Print the value of an artifact')
    .description(
      'Prints the value of an artifact, or the part of it that #path leads to. On a terminal laid out for reading; ' +
        'else strings and Buffers as they are, tables as one JSON object a row, other values as JSON.',
    )
    .argument('<ADDRESS>')
    .option('--json', 'Print a JSON document (oxbow.cat/1)')
    .addHelpText('after', () => `\n${section('As JSON:', IN_JSON, host.out)}`)
    .action(async (address: string, options: CatOptions) => {
      end(await cat(address, options, host));
    });
};

const addLogs: AddCommand = (program, host, end) => {
  reading(program.command('logs'))
    .summary('Print what tasks wrote')
    .description('Prints what the tasks of a run or of a step, or one task, wrote to stdout and stderr.')
    .argument('<ADDRESS>')
    .option('--stdout', 'Only what they wrote to stdout')
    .option('--stderr', 'Only what they wrote to stderr')
    .option('-f, --follow', 'Follow what they write until the task or the run has ended')
    .option('-t, --timestamps', 'Print when each line came')
    .option('--tail <N>', 'Only the last N lines of each task', wholeFrom(0))
    .option('--json', 'Print a JSON document (oxbow.logs/1)')
    .option('--attempt <N>', 'An earlier attempt, counted from 0; else the last one', wholeFrom(0))
    .action(async (address: string, options: LogsOptions) => {
      end(await logs(address, options, host));
    });
};

const addCode: AddCommand = (program, host, end) => {
  reading(program.command('code'))
    .summary('List or write out the code of a run')
    .description(
      'Lists the source files a run was made with; with -o, writes them to a folder, from which they run again.',
    )
    .argument('<ADDRESS>')
    .option('-o, --output <DIR>', 'Write the files to this folder')
    .option('--force', 'Write into a folder that is not empty')
    .option('--json', 'List them as a JSON document (oxbow.code/1)')
    .action(async (address: string, options: CodeOptions) => {
      end(await code(address, options, host));
    });
};

const addDiff: AddCommand = (program, host, end) => addSpec(program, DIFF, { host, end });

const addHistory: AddCommand = (program, host, end) => {
  for (const spec of HISTORY) addSpec(program, spec, { host, end });
};

const addAnalysis: AddCommand = (program, host, end) => {
  for (const spec of [COMPARE, EXPORT, PLOT, QUERY]) addSpec(program, spec, { host, end });
};

const addWhy: AddCommand = (program, host, end) => {
  reading(program.command('why'))
    .summary('Say why tasks were executed or reused')
    .description(
      'Says why a task, or each task of a step or run, was executed, or from which earlier run it was reused.',
    )
    .argument('<ADDRESS>')
    .option('--json', 'Print a JSON document (oxbow.why/1)')
    .action(async (address: string, options: ReadOptions & { json?: true }) => {
      end(await why(address, options, host));
    });
};

const addTag: AddCommand = (program, host, end) => {
  const group = program
    .command('tag')
    .summary('Tag runs, or show their tags')
    .description('Changes the tags of a run, all of them or none, or shows them.');
  for (const spec of TAG) addSpec(group, spec, { host, end });
};

const addMaintenance: AddCommand = (program, host, end) => {
  for (const spec of MAINTENANCE) addSpec(program, spec, { host, end });
};

const addCompletion: AddCommand = (program, host, end) => {
  program
    .command('completion')
    .summary('Print what a shell needs to complete flow')
    .description(
      'Prints a script that completes commands, options, flows, runs, steps, tasks and artifacts. Let your shell read it: ' +
        'source <(flow completion bash), source <(flow completion zsh), or flow completion fish | source.',
    )
    .argument('<SHELL>', 'bash, zsh or fish')
    .action((shell: string) => {
      const script = SCRIPTS[shell];
      if (script === undefined) nearest('flow completion takes one', shell, Object.keys(SCRIPTS));
      host.out.send(script);
      end(EXIT.ok);
    });
  program
    .command('complete', { hidden: true })
    .argument('<LINE>')
    .action((line: string) => {
      host.out.send(
        completions(line, program)
          .map((one) => `${one}\n`)
          .join(''),
      );
      end(EXIT.ok);
    });
};

function addSpec(
  program: Command,
  { name, summary, description, argument, options, act }: CommandSpec,
  { host, end }: { readonly host: Host; end(code: number): void },
): void {
  const command = reading(program.command(name)).summary(summary).description(description);
  if (argument !== '') command.arguments(argument);
  for (const { flags, help, many } of options) {
    if (many) command.option(flags, help, collect);
    else command.option(flags, help);
  }
  command.action(async () => {
    end(await act(command.args, command.opts(), host));
  });
}

const collect = (word: string, before: string[] = []): string[] => [...before, word];

const reading = (command: Command): Command =>
  command
    .option('--store <DIR>', 'Read this store (default: the nearest .flow upward)')
    .option('--all-users', "See everybody's runs, not only your own");

const wholeFrom = (least: number) => (text: string) => {
  if (/^\d+$/.test(text) && Number(text) >= least && Number.isSafeInteger(Number(text))) return Number(text);
  throw new InvalidArgumentError(`It takes a whole number from ${least}.`);
};
