import { OxbowError } from '../errors.ts';
import { RefChangedError, RefCorruptError } from '../git/errors.ts';
import type { Refs } from '../git/refs.ts';
import type { ObjectId } from '../ids.ts';
import { runRef } from './layout.ts';

/** Longest user tag, in characters (code points), as in Metaflow. */
const LONGEST = 500;
/** Most user tags a run may have, as in Metaflow. */
const MOST = 50;

/** A tag is malformed, or a change to a run's tags is not allowed. */
export class TagError extends OxbowError {
  override readonly code = 'TagError';
  readonly tag: string;

  constructor(tag: string, problem: string) {
    super(problem);
    this.tag = tag;
  }
}

/** Throws {@link TagError} when a value cannot be a user tag. */
export function checkTag(tag: unknown): void {
  if (typeof tag !== 'string')
    throw new TagError(String(tag), `A tag is a text, but this is a ${typeof tag}: ${String(tag)}.`);
  if (tag === '') throw new TagError(tag, 'A tag cannot be empty: give it at least one character.');
  const characters = [...tag];
  if (characters.length > LONGEST) {
    const problem = `A tag has at most ${LONGEST} characters, but this one has ${characters.length}`;
    throw new TagError(tag, `${problem}: ${characters.slice(0, 40).join('')}…`);
  }
  if (!tag.isWellFormed())
    throw new TagError(tag, `Tag ${JSON.stringify(tag)} holds half a character: it is not Unicode.`);
}

/** Throws {@link TagError} when a run is to have more tags than it may, unless they become fewer. `run` is what is to have them. */
export function checkTagCount(run: string, tags: ReadonlySet<string>, before = 0): void {
  if (tags.size <= MOST || tags.size <= before) return;
  const problem = `A run has at most ${MOST} tags, but ${run} would have ${tags.size}`;
  throw new TagError([...tags].at(-1) ?? '', `${problem}. Give fewer, or remove some first.`);
}

/** Bytes a ref's path component may have on common file systems, less room for git's `.lock`. */
const COMPONENT = 200;

const folderOf = (flow: string, run: string): string => `refs/tags/${flow}/${run}/`;

/** A tag of more characters than this when written out is written as base64, or else a path could not hold it. */
const MOST_WRITTEN_OUT = 3 * LONGEST;

/**
 * The ref that stands for a user tag of a run. Bytes a ref name may not hold are written `%XX`, or if there are too many all
 * bytes as URL-safe base64 behind `%_`; a name longer than a file name may be is cut into components that end in `%-`, so a cut
 * tag never collides with a shorter one.
 */
export function tagRef(flow: string, run: string, tag: string): string {
  let encoded = writtenOut(tag);
  if (encoded.length > MOST_WRITTEN_OUT) encoded = `%_${Buffer.from(tag).toString('base64url')}`;
  const components: string[] = [];
  while (encoded.length > COMPONENT) {
    components.push(`${encoded.slice(0, COMPONENT)}%-`);
    encoded = encoded.slice(COMPONENT);
  }
  return folderOf(flow, run) + [...components, encoded].join('/');
}

function writtenOut(tag: string): string {
  let encoded = '';
  for (const byte of Buffer.from(tag)) {
    const plain =
      /[A-Za-z0-9_+=,@-]/.test(String.fromCharCode(byte)) || (byte === 0x2e && encoded.length > 0);
    encoded += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  encoded = encoded
    .replace(/\.\.+/g, (dots) => '%2E'.repeat(dots.length))
    .replace(/\.$|\.lock$/i, (end) => end.replace('.', '%2E'))
    .replace(/^-/, '%2D')
    .replace(/^@$/, '%40');
  // A cut may fall anywhere, and no component of a ref may begin with a dot.
  return encoded.length > COMPONENT ? encoded.replaceAll('.', '%2E') : encoded;
}

/** The user tags of a run, sorted. */
export function tagsOf(refs: Refs, flow: string, run: string): string[] {
  const folder = folderOf(flow, run);
  return refs
    .names(folder)
    .map((name) => decodeTag(name.slice(folder.length)))
    .sort();
}

/** User tags of all runs of a flow that have some, by id, each list sorted. Quicker than to ask for each run. */
export function tagsOfFlow(refs: Refs, flow: string): Map<string, string[]> {
  const folder = folderOf(flow, '').slice(0, -1);
  const tags = new Map<string, string[]>();
  for (const name of refs.names(folder)) {
    const slash = name.indexOf('/', folder.length);
    const run = name.slice(folder.length, slash);
    const tag = decodeTag(name.slice(slash + 1));
    tags.set(run, [...(tags.get(run) ?? []), tag].sort());
  }
  return tags;
}

/** What became of a tag that was to be added; `gone`: there is no such run any more, and nothing is left of the tag. */
export type TagAdded = 'added' | 'there' | 'gone';

/**
 * Tags a run; does nothing when the tag is there. A run that goes on replaces its commit: when it did so meanwhile, the tag
 * moves after it, so that it never keeps a replaced checkpoint alive. A run may be deleted meanwhile, too: who deletes it
 * looks for tags once more when its ref is gone, and who tags it for the ref when the tag is there, so no tag is left behind.
 */
export function addTag(
  refs: Refs,
  run: { flow: string; id: string; commit: ObjectId },
  tag: string,
): TagAdded {
  const name = tagRef(run.flow, run.id, tag);
  try {
    refs.update(name, { to: run.commit, from: null, mends: true });
  } catch (error) {
    if (!(error instanceof RefChangedError)) throw error;
    return 'there';
  }
  const commit = refs.read(runRef(run.flow, run.id));
  if (commit === undefined) {
    refs.delete(name);
    return 'gone';
  }
  if (commit !== run.commit) moveTags(refs, { ...run, commit });
  return 'added';
}

/** Takes a tag off a run; false, and nothing done, when it is not there. */
export function removeTag(refs: Refs, run: { flow: string; id: string }, tag: string): boolean {
  const name = tagRef(run.flow, run.id, tag);
  if (!refs.names(name).includes(name)) return false;
  refs.delete(name);
  return true;
}

/**
 * Moves every tag of a run to its newest commit, so that no tag keeps a replaced checkpoint alive. One that is damaged is mended; when one
 * cannot be moved, the others are, and the first error is thrown.
 */
export function moveTags(refs: Refs, run: { flow: string; id: string; commit: ObjectId }): void {
  const errors: unknown[] = [];
  for (const name of refs.names(folderOf(run.flow, run.id))) {
    try {
      moveTag(refs, name, run.commit);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

function moveTag(refs: Refs, name: string, to: ObjectId): void {
  const from = pointOf(refs, name);
  if (!from || from === to) return;
  try {
    if (from === 'damaged') refs.update(name, { to, from: null, mends: true });
    else refs.update(name, { to, from });
  } catch (error) {
    // Somebody removed the tag, or mended it, in between: that is the newer wish.
    if (!(error instanceof RefChangedError)) throw error;
  }
}

function pointOf(refs: Refs, name: string): ObjectId | 'damaged' | undefined {
  try {
    return refs.read(name);
  } catch (error) {
    if (error instanceof RefCorruptError) return 'damaged';
    throw error;
  }
}

function decodeTag(path: string): string {
  const joined = path.replaceAll('%-/', '');
  if (joined.startsWith('%_')) return Buffer.from(joined.slice(2), 'base64url').toString();
  const bytes: number[] = [];
  for (let i = 0; i < joined.length; i += 1) {
    if (joined[i] === '%') {
      bytes.push(Number.parseInt(joined.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(joined.charCodeAt(i));
  }
  return Buffer.from(bytes).toString();
}
