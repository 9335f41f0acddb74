import type { Console } from './output.ts';
import type { Text } from './plain/text.ts';

/** What a command is given of the process it runs in. */
export interface Host extends Console {
  /** How to give a command a file, the way this process was called: `flow run file.ts`, `npx tsx file.ts run`. */
  commandLine(command: string, file: string): string;
  /**
   * From now on the process ends only by itself: a reader of stdout who has gone stops nothing, and an interruption (Ctrl-C,
   * SIGTERM, a closed terminal) is told to `listener` with its number, from 1, until the returned function is called.
   */
  guard(listener: (interruptions: number) => void): () => void;
  /**
   * Asks a question on the terminal and gives the answer, trimmed; undefined where there is nobody to ask, since input or messages do not
   * go to a terminal.
   */
  ask(question: Text): Promise<string | undefined>;
  /** Asks for a secret as {@link ask} asks, and shows nothing of what is typed. The answer is given as it was typed. */
  askSecret(question: Text): Promise<string | undefined>;
  /** Ends the process at once. */
  exit(code: number): never;
}
