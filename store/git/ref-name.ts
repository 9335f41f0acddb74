import { RefNameError } from './errors.ts';

/** Throws a {@link RefNameError} for a name that `git check-ref-format` refuses; `HEAD` is fine. */
export function checkRefName(name: string): void {
  const rule = brokenRule(name);
  if (rule !== undefined) throw new RefNameError(name, rule);
}

function brokenRule(name: string): string | undefined {
  if (name === 'HEAD') return undefined;
  if (!name.startsWith('refs/')) return 'does not begin with "refs/"';
  if (/[\0-\x20\x7f~^:?*[\\]/.test(name))
    return 'contains a space, a control character or one of ~ ^ : ? * [ \\';
  if (/\p{Surrogate}/u.test(name)) return 'contains half of a surrogate pair';
  if (name.includes('..')) return 'contains ".."';
  if (name.includes('@{')) return 'contains "@{"';
  if (name.endsWith('.')) return 'ends with a dot';
  for (const part of name.split('/')) {
    if (part === '') return 'has an empty part between slashes';
    if (part.startsWith('.')) return 'has a part that begins with a dot';
    if (part.endsWith('.lock')) return 'has a part that ends with ".lock"';
    if (Buffer.byteLength(part) > MAX_PART) return `has a part longer than ${MAX_PART} bytes`;
  }
  return undefined;
}

// File systems take 255 bytes for one name, and ".lock" comes on top.
const MAX_PART = 250;
