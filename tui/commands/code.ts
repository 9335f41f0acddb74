import { dirname, resolve } from 'node:path';
import type { Run, StoreClient } from '#client';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { sendDocument } from '../output.ts';
import { type Fact, writeFacts } from '../plain/facts.ts';
import { text } from '../plain/text.ts';
import { plural } from '../plain/words.ts';
import type { ReadOptions } from '../read-options.ts';
import { packagesNote } from './locked-packages.ts';
import { clientFor } from './open.ts';
import { linkPackagesWithin } from './packages-of-today.ts';
import { writeCode } from './write-code.ts';

/** Options of `flow code`. */
export interface CodeOptions extends ReadOptions {
  /** Folder to write to. */
  readonly output?: string;
  readonly force?: true;
  readonly json?: true;
}

/** `flow code ADDRESS`: lists the code a run was made with, or writes it to a folder, from which it runs again. */
export async function code(
  address: string,
  options: CodeOptions,
  { out, err, commandLine }: Host,
): Promise<number> {
  const run = runAt(clientFor(options, { err }).resolve(address));
  if (options.json && options.output === undefined) {
    await sendDocument({ schema: 'oxbow.code/1', ...codeDocument(run) }, out);
    return EXIT.ok;
  }
  if (options.output === undefined) {
    writeFacts(factsOf(run), out);
    return EXIT.ok;
  }
  const entry = writeCode(run.code, options.output, options.force ?? false);
  linkPackagesWithin(run.code, { from: process.cwd(), root: resolve(options.output), isForUseHere: false });
  out.send(`${entry}\n`);
  err.write(
    text`${plural(run.code.files().length, 'file')} of ${run.pathspec}. ${commandLine('run', entry)}\n`,
  );
  const note = packagesNote(run.code, dirname(resolve(options.output)));
  if (note !== undefined) err.write(note);
  return EXIT.ok;
}

/** The run that something is of. */
const runAt = (found: ReturnType<StoreClient['resolve']>): Run =>
  found.kind === 'run' ? found : runAt(found.parent);

const codeDocument = ({ pathspec, code }: Run) => ({
  run: pathspec,
  entry: code.entry,
  class: code.class,
  git: code.git,
  files: [...code.contents()].map(([path, bytes]) => ({ path, size: bytes.length })),
});

function factsOf({ pathspec, code }: Run): Fact[] {
  return [
    { name: 'run', text: pathspec, values: [pathspec] },
    { name: 'flow', text: `${code.class} in ${code.entry}` },
    { name: 'entry', values: [code.entry] },
    { name: 'class', values: [code.class] },
    ...(code.git ? gitFacts(code.git) : []),
    ...[...code.contents()].flatMap(([path, bytes], index) => [
      { name: index === 0 ? 'files' : '', text: path },
      { name: 'file', values: [path, String(bytes.length)] },
    ]),
  ];
}

function gitFacts({ commit, branch, dirty }: NonNullable<Run['code']['git']>): Fact[] {
  const on = branch === undefined ? '' : ` on ${branch}`;
  const text = `${commit.slice(0, 12)}${on}${dirty ? ', but the files differ from it' : ''}`;
  return [
    { name: 'commit', text, values: [commit] },
    ...(branch === undefined ? [] : [{ name: 'branch', values: [branch] }]),
    ...(dirty === undefined ? [] : [{ name: 'dirty', values: [String(dirty)] }]),
  ];
}
