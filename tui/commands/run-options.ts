/** One option of `flow run` itself, as its help lists it and its command line takes it. */
export interface RunOption {
  /** Without the dashes. */
  readonly name: string;
  /** What stands for the value in help; an option without it takes none. */
  readonly value?: string;
  readonly help: string;
  readonly short?: string;
}

/** The options every run has, whatever the flow. A parameter cannot have one of these names. */
export const RUN_OPTIONS = [
  { name: 'tag', value: 'TAG', help: 'Give the run a tag; may be repeated' },
  {
    name: 'max-workers',
    value: 'N',
    help: 'Run at most N tasks at a time (default: the number of cores, at least 4)',
  },
  { name: 'max-num-splits', value: 'N', help: 'Refuse a foreach wider than N (default: 100000)' },
  { name: 'run-id-file', value: 'FILE', help: 'Write the id of the run to FILE as soon as it exists' },
  { name: 'store', value: 'DIR', help: 'Keep the run in this store (default: the nearest .flow upward)' },
  { name: 'config', value: 'NAME FILE', help: "Read the flow's config NAME from FILE; may be repeated" },
  { name: 'config-value', value: 'NAME JSON', help: "Give the flow's config NAME as JSON; may be repeated" },
  { name: 'quiet', help: 'Print only what the tasks write' },
  { name: 'help', short: 'h', help: 'Show the parameters of the flow and these options' },
] as const satisfies readonly RunOption[];

/** Name of an option of `flow run`. */
export type RunOptionName = (typeof RUN_OPTIONS)[number]['name'];
