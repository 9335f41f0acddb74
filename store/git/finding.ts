import type { GitObject } from './object.ts';

/** Bytes found where an object should be, which are not it: where they are and what is wrong with them. */
export interface Damage {
  readonly damage: string;
  readonly cause?: unknown;
}

/** What looking for an object in one place gave. */
export type Finding = { readonly object: GitObject } | Damage;
