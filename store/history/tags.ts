import { OxbowError } from '../errors.ts';
import { RefChangedError } from '../git/errors.ts';
import type { Refs } from '../git/refs.ts';
import type { ObjectId } from '../ids.ts';
import { runRef } from './layout.ts';

/** Longest user tag, in characters, as in Metaflow. */
const LONGEST = 500;

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
  if (tag.length > LONGEST) {
    throw new TagError(
      tag,
      `A tag has at most ${LONGEST} characters, but this one has ${tag.length}: ${tag.slice(0, 40)}…`,
    );
  }
  if (!tag.isWellFormed())
    throw new TagError(tag, `Tag ${JSON.stringify(tag)} holds half a character: it is not Unicode.`);
}

/** Bytes a ref's path component may have on common file systems, less room for git's `.lock`. */
const COMPONENT = 200;

const folderOf = (flow: string, run: string): string => `refs/tags/${flow}/${run}/`;

/**
 * The ref that stands for a user tag of a run. Bytes a ref name may not hold are written `%XX`; a name longer than a
 * file name may be is cut into components that end in `%-`, so a cut tag never collides with a shorter one.
 */
export function tagRef(flow: string, run: string, tag: string): string {
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
  if (encoded.length > COMPONENT) encoded = encoded.replaceAll('.', '%2E');
  const components: string[] = [];
  while (encoded.length > COMPONENT) {
    components.push(`${encoded.slice(0, COMPONENT)}%-`);
    encoded = encoded.slice(COMPONENT);
  }
  return folderOf(flow, run) + [...components, encoded].join('/');
}

/** The user tags of a run, sorted. */
export function tagsOf(refs: Refs, flow: string, run: string): string[] {
  const folder = folderOf(flow, run);
  return refs
    .names(folder)
    .map((name) => decodeTag(name.slice(folder.length)))
    .sort();
}

/**
 * Tags a run; does nothing when the tag is there. A run that goes on replaces its commit: when it did so meanwhile, the tag
 * moves after it, so that it never keeps a replaced checkpoint alive.
 */
export function addTag(refs: Refs, run: { flow: string; id: string; commit: ObjectId }, tag: string): void {
  const name = tagRef(run.flow, run.id, tag);
  try {
    refs.update(name, { to: run.commit, from: null });
  } catch (error) {
    if (!(error instanceof RefChangedError)) throw error;
    return;
  }
  const commit = refs.read(runRef(run.flow, run.id));
  if (commit && commit !== run.commit) moveTags(refs, { ...run, commit });
}

/** Takes a tag off a run; does nothing when it is not there. */
export function removeTag(refs: Refs, run: { flow: string; id: string }, tag: string): void {
  const name = tagRef(run.flow, run.id, tag);
  if (refs.read(name)) refs.delete(name, {});
}

/** Moves every tag of a run to its newest commit, so that no tag keeps a replaced checkpoint alive. */
export function moveTags(refs: Refs, run: { flow: string; id: string; commit: ObjectId }): void {
  for (const name of refs.names(folderOf(run.flow, run.id))) {
    const from = refs.read(name);
    if (!from || from === run.commit) continue;
    try {
      refs.update(name, { to: run.commit, from });
    } catch (error) {
      // Somebody removed the tag in between: that is the newer wish.
      if (!(error instanceof RefChangedError)) throw error;
    }
  }
}

function decodeTag(path: string): string {
  const joined = path.replaceAll('%-/', '');
  const bytes: number[] = [];
  for (let i = 0; i < joined.length; i += 1) {
    if (joined[i] === '%') {
      bytes.push(Number.parseInt(joined.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(joined.charCodeAt(i));
  }
  return Buffer.from(bytes).toString();
}
