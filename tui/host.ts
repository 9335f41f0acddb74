import type { Console } from './output.ts';

/** What a command is given of the process it runs in. */
export interface Host extends Console {
  /** How the command was called, for usage lines: `flow`, `npx tsx flow.ts`. */
  readonly program: string;
  /**
   * From now on until the function it returns is called, the process ends only by itself: an interruption (Ctrl-C, SIGTERM, a
   * closed terminal) is told to `listener` with its number, from 1, and a reader of stdout who has gone stops nothing.
   */
  guard(listener: (interruptions: number) => void): () => void;
  /** Ends the process at once. */
  exit(code: number): never;
}
