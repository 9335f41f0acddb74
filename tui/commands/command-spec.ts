import type { Host } from '../host.ts';

/** A command as data: what the program is told of it, and what it does. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** Its arguments as help shows them, `<ADDRESS> <TAG...>`; empty for none. */
  readonly argument: string;
  /** Flags and what they mean; `many` flags may be given more than once. */
  readonly options: readonly { readonly flags: string; readonly help: string; readonly many?: true }[];
  act(words: readonly string[], options: object, host: Host): Promise<number>;
}
