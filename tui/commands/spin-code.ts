import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Run } from '#client';
import { isOwnCode, isOwnFile, recordedCodeFolder, type SealedCode } from '#core';
import type { Host } from '../host.ts';
import { text } from '../plain/text.ts';
import { UsageError } from '../usage.ts';
import { packagesNote } from './locked-packages.ts';
import { foldersAbove, linkPackagesWithin } from './packages-of-today.ts';
import type { RunWords } from './run-words.ts';
import { writeCode } from './write-code.ts';

/** The code a task of a run, or the rest of it, is executed with. */
export interface SpinCode {
  /** The flow's file and class, as `file.ts#Class`. */
  readonly name: string;
  /** It is that of the run, since the flow's file was not found. */
  readonly isFallback: boolean;
  /** Removes what was written for this. */
  remove(): void;
}

/** What the command line says of the code. */
export type CodeWords = Pick<RunWords, 'command' | 'file' | 'code'>;

/**
 * The code for a spin, or for a resume that names no FILE: the FILE given, the flow's own file where the run found it or where a folder above the working folder has it,
 * or what the run recorded, written to a folder of this user's. There it finds the packages of the flow's folder, if this user made the run,
 * or of the working folder.
 *
 * A record decides nothing about what is executed: unless this user made the run, with that code or from that very file, or the command line says
 * which to take, the user is asked. Throws UsageError when there is nobody to ask, or the answer is no.
 */
export async function spinCode(run: Run, store: string, given: CodeWords, host: Host): Promise<SpinCode> {
  const { file, code } = given;
  if (file !== undefined) return named(run, file);
  const found = code === 'recorded' ? undefined : findFile(run, store);
  if (found !== undefined) {
    if (code !== 'current' && !isOwnFile(sealedCode(run), found, run.metadata.code.seal))
      await askFor(run, `the file ${found}`, given, host);
    return { name: `${found}#${run.code.class}`, isFallback: false, remove: () => {} };
  }
  if (code === 'current')
    throw new UsageError(`The file of ${run.parent.id} is not found from here. Name it: --code FILE.`, []);
  if (code !== 'recorded' && !isOwnCode(sealedCode(run), run.metadata.code.seal))
    await askFor(run, `the code that it recorded (${run.code.entry})`, given, host);
  const note = packagesNote(run.code, '.');
  if (note !== undefined) host.err.write(note);
  return recorded(run, store, code !== 'recorded');
}

/** What the seal of a run is about. */
export const sealedCode = (run: Run): SealedCode => ({
  ...{ flow: run.parent.id, id: run.id, entry: run.code.entry, class: run.code.class },
  files: run.code.contents(),
});

function named({ code }: Run, file: string): SpinCode {
  const name = file.includes('#') && !isFile(file) ? file : `${file}#${code.class}`;
  return { name, isFallback: false, remove: () => {} };
}

function recorded(run: Run, store: string, isFallback: boolean): SpinCode {
  const file = findFile(run, store);
  const isOwn = file !== undefined && isOwnFile(sealedCode(run), file, run.metadata.code.seal);
  // Which packages are executed, too, is nothing that a record decides.
  const from = isOwn ? dirname(file) : process.cwd();
  const { path, remove } = recordedCodeFolder(from);
  try {
    const entry = writeCode(run.code, path, false);
    linkPackagesWithin(run.code, { from, root: path, isForUseHere: true });
    return { name: `${entry}#${run.code.class}`, isFallback, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function askFor(run: Run, what: string, { command }: CodeWords, host: Host): Promise<void> {
  const would = `You did not make the run ${run.pathspec} here. flow ${command} would execute ${what}.`;
  const answer = await host.ask(text`${would} Execute it? [y/N] `);
  if (answer !== undefined && /^y(?:es)?$/i.test(answer)) return;
  throw new UsageError(
    answer === undefined ? `${would} Say which code to execute.` : 'Nothing was executed.',
    [
      '--code current executes the file of the flow as it is now',
      '--code recorded executes the code that the run recorded',
      '--code FILE executes a file of yours',
    ],
  );
}

function findFile({ code, metadata }: Run, store: string): string | undefined {
  const { file } = metadata.code;
  const candidates = [
    ...(file === undefined ? [] : [resolve(store, file)]),
    ...foldersAbove(process.cwd()).map((folder) => join(folder, code.entry)),
  ];
  return candidates.find(isFile);
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    // A record may name anything, also what is no path or lies where nobody may look.
    return false;
  }
}
