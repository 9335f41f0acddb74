import type { GitObject } from '../git/object.ts';
import { isObjectType } from '../git/object.ts';
import type { ObjectId } from '../ids.ts';
import { type SpecialFile, treeProblem } from './fsck-tree.ts';

/** A blob whose content git judges because of the name it has in a tree. */
export interface SpecialBlob {
  readonly id: ObjectId;
  readonly file: SpecialFile;
}

/**
 * Which rule of git's an object breaks, as `git fsck --strict` judges it; undefined for none. Says nothing about what it points at.
 * Blobs that are judged by their names are added to `special`.
 */
export function structureProblem({ type, body }: GitObject, special: SpecialBlob[]): string | undefined {
  switch (type) {
    case 'blob':
      return undefined;
    case 'tree':
      return treeProblem(body, (file, id) => special.push({ id, file }));
    case 'commit':
      return headerProblem(body) ?? commitProblem(body) ?? nulProblem(body);
    case 'tag':
      return headerProblem(body) ?? tagProblem(body);
  }
}

/** Headers end with an empty line, or with the object; a NUL in them ends what git sees. */
function headerProblem(body: Buffer): string | undefined {
  const end = body.indexOf('\n\n');
  if (body.subarray(0, end < 0 ? body.length : end).includes(0)) return 'has a NUL in its headers';
  return end < 0 && body.at(-1) !== 0x0a ? 'has a header that does not end' : undefined;
}

const nulProblem = (body: Buffer): string | undefined =>
  body.includes(0) ? 'has a NUL in its message' : undefined;

/** The lines of the headers, without line feeds. */
function linesOf(body: Buffer): string[] {
  const end = body.indexOf('\n\n');
  return body.toString('latin1', 0, end < 0 ? body.length - 1 : end).split('\n');
}

const ID = /^[0-9a-f]{40}$/;

function commitProblem(body: Buffer): string | undefined {
  const lines = linesOf(body);
  const take = (key: string): string | undefined =>
    lines[0]?.startsWith(`${key} `) ? lines.shift()?.slice(key.length + 1) : undefined;
  const tree = take('tree');
  if (tree === undefined) return 'does not begin with its tree';
  if (!ID.test(tree)) return 'has a tree that is not an object id';
  for (let parent = take('parent'); parent !== undefined; parent = take('parent')) {
    if (!ID.test(parent)) return 'has a parent that is not an object id';
  }
  const author = take('author');
  if (author === undefined) return 'has no author where it should be';
  const problem = signatureProblem(author);
  if (problem !== undefined) return `has an author who ${problem}`;
  if (take('author') !== undefined) return 'has several authors';
  const committer = take('committer');
  if (committer === undefined) return 'has no committer where it should be';
  const other = signatureProblem(committer);
  return other === undefined ? undefined : `has a committer who ${other}`;
}

function tagProblem(body: Buffer): string | undefined {
  const [object = '', type = '', tag = '', tagger = ''] = linesOf(body);
  if (!/^object [0-9a-f]{40}$/.test(object)) return 'does not begin with the object it names';
  if (!type.startsWith('type ') || !isObjectType(type.slice(5))) return 'has no type of object that is known';
  if (!tag.startsWith('tag ')) return 'has no name where it should be';
  if (!tagger.startsWith('tagger ')) return undefined; // Old tags have none.
  const problem = signatureProblem(tagger.slice('tagger '.length));
  return problem === undefined ? undefined : `has a tagger who ${problem}`;
}

/** What is wrong with `name <address> seconds zone`, as the end of a sentence. */
function signatureProblem(text: string): string | undefined {
  if (text.startsWith('<')) return 'has no name';
  const open = text.search(/[<>]/);
  if (open < 0) return 'has no address';
  if (text[open] === '>') return 'has a name with ">" in it';
  if (text[open - 1] !== ' ') return 'has no space before the address';
  const rest = text.slice(open + 1);
  const close = rest.search(/[<>]/);
  if (close < 0 || rest[close] === '<') return 'has an address that does not end';
  const date = rest.slice(close + 1);
  if (!date.startsWith(' ')) return 'has no space before the date';
  if (/^ 0[^ ]/.test(date)) return 'has a date that begins with zero';
  const [, seconds, zone] = /^ (\d+) (.*)$/s.exec(date) ?? [];
  if (seconds === undefined) return 'has no date';
  if (BigInt(seconds) >= 2n ** 63n) return 'has a date beyond what can be represented';
  return /^[+-]\d{4}$/.test(zone ?? '') ? undefined : 'has a time zone that is none';
}
