/** Runs the `flow` command line for a file: arguments as after `node`, the file first. */
export type CommandLine = (file: string, words: readonly string[]) => Promise<void>;

let registered: CommandLine | undefined;

/** Tells `FlowSpec.main` where the command line is: it belongs to a layer above this one. */
export function setCommandLine(run: CommandLine): void {
  registered = run;
}

/** Runs this process's arguments as a command line on the file node was started with, of which `flow` is one class. */
export async function commandLine(file: string, flow: string): Promise<void> {
  const words = process.argv.slice(2);
  if (!registered) throw new Error('FlowSpec.main needs the whole package: import FlowSpec from "oxbow".');
  await registered(`${file}#${flow}`, words);
}
