import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Run } from '#client';
import type { RunWords } from './run-words.ts';
import { writeCode } from './write-code.ts';

/** The code a task is executed with. */
export interface SpinCode {
  /** The flow's file and class, as `file.ts#Class`. */
  readonly name: string;
  /** It is that of the run, since the flow's file was not found. */
  readonly isFallback: boolean;
  /** Removes what was written for this. */
  remove(): void;
}

/**
 * The code for a spin: the FILE given, the flow's own file where the run found it or where a folder above the working folder has it,
 * or what the run recorded, written to a folder in the store: from there it finds the packages of the project.
 */
export function spinCode(run: Run, store: string, { file, code }: RunWords): SpinCode {
  const { class: flow } = run.code;
  const found = code === 'recorded' ? undefined : (file ?? findFile(run, store));
  if (found !== undefined) {
    const name = found.includes('#') ? found : `${found}#${flow}`;
    return { name, isFallback: false, remove: () => {} };
  }
  const parent = join(store, 'oxbow', 'spin-code');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'of-'));
  const entry = writeCode(run.code, folder, false);
  return {
    name: `${entry}#${flow}`,
    isFallback: code !== 'recorded',
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function findFile({ code, metadata }: Run, store: string): string | undefined {
  const { file } = metadata.code;
  const candidates = [
    ...(file === undefined ? [] : [resolve(store, file)]),
    ...foldersAbove(process.cwd()).map((folder) => join(folder, code.entry)),
  ];
  return candidates.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

function foldersAbove(from: string): string[] {
  const folders = [from];
  // A list gives what is added while it is walked.
  for (const folder of folders) if (dirname(folder) !== folder) folders.push(dirname(folder));
  return folders;
}
