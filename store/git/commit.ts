import { type ObjectId, parseObjectId } from '../ids.ts';
import { IllegalObjectError, MalformedObjectError } from './errors.ts';

/** Who did something and when: `seconds` since 1970 UTC, and the offset of their clock such as `+0200`. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly seconds: number;
  readonly zone: string;
}

/** A commit without the headers this store does not use (signatures, merged tags). */
export interface Commit {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly author: Signature;
  readonly committer: Signature;
  /** Everything after the headers, the final line feed included. */
  readonly message: string;
}

/** The body of a commit. Throws an {@link IllegalObjectError} for a name, address or date that git would refuse. */
export function encodeCommit(commit: Commit): Buffer {
  if (commit.message.includes('\0')) {
    throw new IllegalObjectError('Commit message', commit.message.slice(0, 80), 'contains a NUL character');
  }
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${formatSignature('Author', commit.author)}`,
    `committer ${formatSignature('Committer', commit.committer)}`,
  ];
  return Buffer.from(`${lines.join('\n')}\n\n${commit.message}`);
}

/**
 * A commit as read. Headers unknown here (gpgsig, mergetag, …) are passed over; `encoding` decides how the bytes
 * become text. Throws a {@link MalformedObjectError} when a header git requires is missing or broken.
 */
export function decodeCommit(body: Uint8Array): Commit {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const split = bytes.indexOf('\n\n');
  // A commit with an empty message may end right after its last header.
  const end = split < 0 ? bytes.length : split;
  if (end > MAX_HEADERS) throw new MalformedObjectError('commit', `its headers have ${end} bytes`);
  const charset = charsetOf(bytes.toString('latin1', 0, end));
  const headers = readHeaders(decodeText(bytes.subarray(0, end), charset));
  return {
    tree: parseId(headers.shift(), 'tree'),
    parents: takeParents(headers),
    author: parseSignature(headers.shift(), 'author'),
    committer: parseSignature(headers.shift(), 'committer'),
    message: split < 0 ? '' : decodeText(bytes.subarray(split + 2), charset),
  };
}

/** Bytes of headers, signatures included. A merge of a thousand branches has less than a tenth. */
const MAX_HEADERS = 1 << 20;

function formatSignature(who: string, { name, email, seconds, zone }: Signature): string {
  if (name === '' || FORBIDDEN.test(name) || name.trim() !== name) {
    throw new IllegalObjectError(
      `${who}’s name`,
      name,
      'is empty, has space around it, or contains one of < > NUL LF',
    );
  }
  if (FORBIDDEN.test(email)) {
    throw new IllegalObjectError(`${who}’s address`, email, 'contains one of < > NUL LF');
  }
  if (!Number.isSafeInteger(seconds) || seconds < 0 || !ZONE.test(zone)) {
    throw new IllegalObjectError(
      `${who}’s date`,
      `${seconds} ${zone}`,
      'is not whole seconds since 1970 and ±hhmm',
    );
  }
  return `${name} <${email}> ${seconds} ${zone}`;
}

const FORBIDDEN = /[<>\0\n]/;
const ZONE = /^[+-]\d{4}$/;

type Header = readonly [key: string, value: string];

// Lines that begin with a space continue the header before them.
function readHeaders(text: string): Header[] {
  const headers: Header[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith(' ')) continue;
    const space = line.indexOf(' ');
    headers.push(space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)]);
  }
  return headers;
}

function takeParents(headers: Header[]): ObjectId[] {
  const found = headers.findIndex(([key]) => key !== 'parent');
  return headers.splice(0, found < 0 ? headers.length : found).map((header) => parseId(header, 'parent'));
}

function parseId(header: Header | undefined, key: string): ObjectId {
  const value = requireHeader(header, key);
  try {
    return parseObjectId(value);
  } catch (cause) {
    throw new MalformedObjectError('commit', `its ${key} is not an object id`, { cause });
  }
}

function parseSignature(header: Header | undefined, key: string): Signature {
  const match = SIGNATURE.exec(requireHeader(header, key));
  if (match === null)
    throw new MalformedObjectError('commit', `its ${key} is not "name <address> seconds zone"`);
  const [, name = '', email = '', seconds = '', zone = ''] = match;
  return { name, email, seconds: Number(seconds), zone };
}

const SIGNATURE = /^(.*?) ?<([^<>\n]*)> (\d{1,15}) ([+-]\d{4,5})$/s;

function requireHeader(header: Header | undefined, key: string): string {
  if (header?.[0] === key) return header[1];
  throw new MalformedObjectError(
    'commit',
    `it has ${header?.[0].slice(0, 40) ?? 'nothing'} where ${key} should be`,
  );
}

function charsetOf(headers: string): string | undefined {
  return headers
    .split('\n')
    .find((line) => line.startsWith('encoding '))
    ?.slice('encoding '.length);
}

function decodeText(bytes: Buffer, charset: string | undefined): string {
  if (charset === undefined) return bytes.toString('utf8');
  try {
    return new TextDecoder(charset, { ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString('utf8'); // A charset this Node does not know: ASCII stays right.
  }
}
