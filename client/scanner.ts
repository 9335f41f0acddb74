import { AddressError } from './errors.ts';

/** Reads an address from left to right and knows where it stopped being one. */
export class Scanner {
  readonly text: string;
  /** Index of the next character. */
  position: number;
  #example: string;
  #isMeant = false;

  constructor(text: string, example: string) {
    this.text = text;
    this.position = 0;
    this.#example = example;
  }

  /** Says what was probably meant, should the address be wrong from here on. */
  suggest(address: string): void {
    this.#example = address;
    this.#isMeant = true;
  }

  /** Sets the example that an error shows from here on. */
  exemplify(example: string): void {
    this.#example = example;
  }

  /** True when nothing is left. */
  get done(): boolean {
    return this.position >= this.text.length;
  }

  /** Takes what the sticky pattern matches here, or gives undefined and stays. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  /** Takes the characters when they come next. */
  skip(characters: string): boolean {
    const here = this.text.startsWith(characters, this.position);
    if (here) this.position += characters.length;
    return here;
  }

  /** True when the characters come next. */
  sees(characters: string): boolean {
    return this.text.startsWith(characters, this.position);
  }

  /** Takes a JSON string literal, or gives undefined when no quote comes next. */
  quoted(): string | undefined {
    if (!this.sees('"')) return undefined;
    const literal = /"(?:[^"\\]|\\.)*"/suy;
    literal.lastIndex = this.position;
    const [found] = literal.exec(this.text) ?? [];
    if (found === undefined) this.fail('a closing quote', this.text.length);
    try {
      const value = JSON.parse(found) as string;
      this.position += found.length;
      return value;
    } catch {
      return this.fail('a JSON string between the quotes');
    }
  }

  /** Throws the {@link AddressError} that says what should stand at a position, by default the next one. */
  fail(expected: string, position = this.position): never {
    throw new AddressError({
      text: this.text,
      position,
      expected,
      example: this.#example,
      isMeant: this.#isMeant,
    });
  }
}
