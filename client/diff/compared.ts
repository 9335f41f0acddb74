import type { Detail } from './document.ts';

/** What a comparison of two different values found. */
export interface Compared<D extends Detail | undefined> {
  /** Whether all that differs does so within the tolerance. */
  readonly isClose: boolean;
  readonly detail: D;
}
