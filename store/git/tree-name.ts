import { IllegalObjectError } from './errors.ts';

/**
 * Throws an {@link IllegalObjectError} for a name that a tree may not hold, so that `git fsck --strict` stays clean:
 * path syntax, and anything that a case-insensitive or name-mangling file system would take for `.git`.
 */
export function checkTreeName(name: string): void {
  const rule = brokenRule(name);
  if (rule !== undefined) throw new IllegalObjectError('Tree entry name', name, rule);
}

/** What is wrong with a name, as the end of a sentence, or undefined. */
export function brokenRule(name: string): string | undefined {
  if (PLAIN.test(name)) return undefined;
  if (name === '') return 'is empty';
  if (name === '.' || name === '..') return 'means a folder itself or its parent';
  if (name.includes('/')) return 'contains a slash';
  if (name.includes('\0')) return 'contains a NUL character';
  if (/\p{Surrogate}/u.test(name)) return 'contains half of a surrogate pair';
  if (name.length > MAX_NAME) return `is longer than ${MAX_NAME} characters`;
  if (isDotGit(name)) return 'is taken for the folder ".git" by some file system';
  if (name.toLowerCase() === '.gitmodules') return 'is read by git as a list of submodules';
  return undefined;
}

// The common case in one test; a first character other than a dot, a tilde-free rest.
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,999}$/;
const MAX_NAME = 1000;

/**
 * Whether some file system takes a name for the folder `.git`. NTFS knows it as "git~1", drops trailing dots and spaces and reads ":" as a
 * stream; "\" is its slash. HFS+ ignores some invisible characters (git's utf8.c, next_hfs_char).
 */
export function isDotGit(name: string): boolean {
  const visible = name.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/gu, '');
  if (visible.toLowerCase() === '.git') return true;
  return name.split('\\').some((piece) => /^(?:\.git|git~1)[ .]*(?::|$)/i.test(piece));
}
