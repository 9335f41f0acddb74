import type { RunEvent } from './events.ts';

/** Options of a run; all optional. */
export interface RunOptions {
  /** User tags for the run. */
  readonly tags?: readonly string[];
  /** Most worker processes at a time; the number of cores, at least 4, when absent. */
  readonly maxWorkers?: number;
  /** Widest foreach allowed; 100,000 when absent. */
  readonly maxNumSplits?: number;
  /** Folder of the store; the nearest `.flow` upward when absent. */
  readonly store?: string;
  /** Values of the flow's configs by name; a text is read as the config's file would be. */
  readonly configs?: Readonly<Record<string, unknown>>;
  /** Files of the flow's configs by name, from the working folder. */
  readonly configFiles?: Readonly<Record<string, string>>;
  /** Told of everything that happens. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Aborting stops the run gracefully: nothing new starts, what runs gets a grace time. */
  readonly signal?: AbortSignal;
  /** Aborting kills what runs at once. */
  readonly killSignal?: AbortSignal;
}
