/** One option of `flow run` itself, as its help lists it and its command line takes it. */
export interface RunOption {
  /** Without the dashes. */
  readonly name: string;
  /** What stands for the value in help; an option without it takes none. */
  readonly value?: string;
  readonly help: string;
  readonly short?: string;
  /** It also stands alone; with a value it is `--name=VALUE`. */
  readonly alone?: true;
  /** The commands that have it; else all have. */
  readonly only?: readonly RunCommand[];
}

/** The commands that run a flow. */
export type RunCommand = 'run' | 'resume' | 'spin';

const WHOLE: readonly RunCommand[] = ['run', 'resume'];

/** The options every run has, whatever the flow. A parameter cannot have one of these names. */
export const RUN_OPTIONS = [
  { name: 'tag', value: 'TAG', help: 'Give the run a tag; may be repeated', only: WHOLE },
  {
    name: 'max-workers',
    value: 'N',
    help: 'Run at most N tasks at a time (default: the number of cores, at least 4)',
    only: WHOLE,
  },
  {
    name: 'max-num-splits',
    value: 'N',
    help: 'Refuse a foreach wider than N (default: 100000)',
    only: WHOLE,
  },
  {
    name: 'code',
    value: 'current|recorded|FILE',
    help: "Execute the flow's file as it is now, the code the run was made with, or FILE (default: current; asks when you did not make the run here)",
    only: ['spin', 'resume'],
  },
  {
    name: 'inspect-brk',
    value: '[HOST:]PORT',
    help: 'Wait for a debugger (default: 127.0.0.1:9229), which stops at the first line of the step',
    alone: true,
    only: ['spin'],
  },
  {
    name: 'inspect',
    value: '[HOST:]PORT',
    help: 'Open the inspector without waiting for a debugger',
    alone: true,
    only: ['spin'],
  },
  {
    name: 'max-log-size',
    value: 'SIZE',
    help: 'Truncate longer logs in the middle, e.g. 100MB, 1G, 10 (= 10 MB)',
  },
  { name: 'run-id-file', value: 'FILE', help: 'Write the id of the run to FILE as soon as it exists' },
  { name: 'store', value: 'DIR', help: 'Keep the run in this store (default: the nearest .flow upward)' },
  { name: 'config', value: 'NAME FILE', help: "Read the flow's config NAME from FILE; may be repeated" },
  { name: 'config-value', value: 'NAME JSON', help: "Give the flow's config NAME as JSON; may be repeated" },
  {
    name: 'reuse',
    help: 'Reuse tasks of recent runs whose code and inputs are the same; files that a step opens are not compared',
    only: ['run'],
  },
  {
    name: 'origin-run-id',
    value: 'ADDRESS',
    help: 'Resume this run (default: the latest run of the flow)',
    only: ['resume'],
  },
  { name: 'clone-only', help: 'Reuse what has finished and execute nothing', only: ['resume'] },
  { name: 'dry-run', help: 'Say what would be executed, and why, and execute nothing', only: WHOLE },
  { name: 'all-users', help: "See everybody's runs, not only your own", only: ['spin'] },
  { name: 'quiet', help: 'Print only what the tasks write' },
  { name: 'help', short: 'h', help: 'Show the parameters of the flow and these options' },
] as const satisfies readonly RunOption[];

/** Name of an option of `flow run` or `flow resume`. */
export type RunOptionName = (typeof RUN_OPTIONS)[number]['name'];

/** The options one of the commands has. */
export const optionsFor = (command: RunCommand): readonly RunOption[] =>
  (RUN_OPTIONS as readonly RunOption[]).filter(({ only }) => only?.includes(command) ?? true);
