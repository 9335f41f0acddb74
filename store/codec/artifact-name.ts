import type { TreeEntry } from '../git/tree.ts';

/**
 * How an artifact's name stands in a tree: as it is, unless git or a file system would not have it (a slash, ".git", half
 * a surrogate pair) or it ends like the file of another artifact (".json"). Then those characters become `%` and four
 * hex digits.
 */
export function artifactFileName(name: string): string {
  if (/^[A-Za-z0-9_$][A-Za-z0-9_$]*$/.test(name)) return name;
  return name
    .replace(UNSAFE, percent)
    .replace(/^\./, percent)
    .replace(/\.(?=json$)/, percent)
    .replace(/[. ]$/, percent);
}

/** The name of the artifact a tree entry holds: `x` for the blob `x.json` and for the tree `x`. */
export function artifactNameOf({ mode, name }: Pick<TreeEntry, 'mode' | 'name'>): string {
  const base = mode !== '40000' && name.endsWith('.json') ? name.slice(0, -'.json'.length) : name;
  return base.includes('%')
    ? base.replace(/%([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : base;
}

// Control characters, separators of paths and streams, "~" as in git~1, characters HFS+ ignores, lone surrogates.
const UNSAFE = /[\p{Cc}%/\\:*?"<>|~\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]|\p{Surrogate}/gu;

const percent = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
