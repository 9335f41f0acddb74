import { closest, type Run } from '#client';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { type Output, sendDocument } from '../output.ts';
import { command, quoted } from '../plain/shell.ts';
import { linesOf, type Text, text } from '../plain/text.ts';
import { tsvLine } from '../plain/tsv.ts';
import type { ReadOptions } from '../read-options.ts';
import { UsageError } from '../usage.ts';
import { clientFor } from './open.ts';

/** What to take off a run, and then to put on it. */
export interface TagWords {
  readonly remove?: readonly string[];
  readonly add?: readonly string[];
}

/** Where, and how to tell of it. */
interface Place {
  readonly options: ReadOptions;
  readonly host: Host;
}

/** `flow tag add|remove|replace`: changes the tags of a run and says which it has now. */
export async function tagRun(
  address: string,
  { remove = [], add = [] }: TagWords,
  { options, host: { err } }: Place,
): Promise<number> {
  if (remove.length + add.length === 0) {
    const example = command`flow tag replace ${address} --remove old --add new`;
    throw new UsageError('flow tag replace needs --remove TAG or --add TAG.', [example]);
  }
  const run = runAt(address, options, { err });
  const before = run.tags;
  run.replaceTag(remove, add);
  for (const tag of remove) if (!before.includes(tag)) err.write(missingText(tag, before, err));
  const tags = run.userTags.join(', ');
  err.write(text`${err.paint.name(run.pathspec)}: ${tags === '' ? 'no tags' : `tags ${tags}`}\n`);
  return EXIT.ok;
}

/** Removing a tag that is not there changes nothing, but may be a slip. */
function missingText(tag: string, tags: readonly string[], { paint }: Output): Text {
  const meant = closest(tag, tags);
  const guess = meant === undefined ? '' : ` Did you mean ${JSON.stringify(meant)}?`;
  return text`${paint.warn('warning:')} the run had no tag ${JSON.stringify(tag)}.${guess}\n`;
}

/** Options of `flow tag list`. */
export interface TagListOptions extends ReadOptions {
  readonly hideSystemTags?: true;
  readonly json?: true;
}

/** `flow tag list`: the tags of a run, one a line, its user's before those of the system; a terminal tells them apart. */
export async function listTags(
  address: string,
  { hideSystemTags, json, ...options }: TagListOptions,
  { out, err }: Host,
): Promise<number> {
  const run = runAt(address, options, { err });
  const system = hideSystemTags ? [] : run.systemTags;
  if (json) {
    const document = { schema: 'oxbow.tags/1', run: run.pathspec, tags: run.userTags, systemTags: system };
    await sendDocument(document, out);
    return EXIT.ok;
  }
  out.send(run.userTags.map((tag) => tsvLine([tag])).join(''));
  if (out.isTerminal) out.write(linesOf(system.map((tag) => out.paint.faint(tag))));
  else out.send(system.map((tag) => tsvLine([tag])).join(''));
  if (out.isTerminal && run.userTags.length + system.length === 0)
    err.write(text`${run.pathspec} has no tags.\n`);
  return EXIT.ok;
}

/** Throws UsageError when the address names something within a run: only runs have tags. */
function runAt(address: string, options: ReadOptions, host: Pick<Host, 'err'>): Run {
  const [found] = clientFor(options, host).resolveAll(address);
  if (found?.kind === 'run') return found;
  const run = address.split('/').slice(0, 2).join('/');
  throw new UsageError(`Only runs have tags, but ${JSON.stringify(address)} names something within one.`, [
    `The run is ${quoted(run)}.`,
  ]);
}
