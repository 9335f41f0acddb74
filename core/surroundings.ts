/** What of this process a run depends on: taken once, when it is asked for, since a script may change either meanwhile. */
export interface Surroundings {
  /** Environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The working folder, absolute. */
  readonly folder: string;
}

/** The surroundings as they are now. */
export const surroundings = (): Surroundings => ({ environment: { ...process.env }, folder: process.cwd() });
