import { OxbowError } from '#store';
import { closest } from './closest.ts';

/** How many names an error message lists before it says how many more there are. */
const LISTED = 20;

/** What an address was expected to continue with, and where it did not. */
export interface AddressProblem {
  readonly text: string;
  /** Index of the first character that cannot be right; the text's length when more was expected. */
  readonly position: number;
  /** What should stand there. */
  readonly expected: string;
  /** An address of the wanted form. */
  readonly example: string;
  /** The example is what was probably meant. */
  readonly isMeant?: boolean;
}

/** A text is not an address. */
export class AddressError extends OxbowError implements AddressProblem {
  override readonly code = 'AddressError';
  readonly text: string;
  readonly position: number;
  readonly expected: string;
  readonly example: string;
  readonly isMeant: boolean;

  constructor({ text, position, expected, example, isMeant = false }: AddressProblem) {
    const found = position < text.length ? `found ${JSON.stringify(text.slice(position))}` : 'the text ends';
    super(
      `The address ${JSON.stringify(text)} is wrong at character ${position + 1}: ` +
        `expected ${expected}, but ${found}. ${isMeant ? `Did you mean ${example}?` : `Example: ${example}`}`,
    );
    this.text = text;
    this.position = position;
    this.expected = expected;
    this.example = example;
    this.isMeant = isMeant;
  }
}

/** What a function was given, and what it takes. */
export interface ArgumentProblem {
  /** Name of the function. */
  readonly call: string;
  readonly takes: string;
  readonly given: string;
  /** A right call. */
  readonly example: string;
}

/** `Flow`, `Run`, … was given something else than it takes, such as the address of another kind of thing. */
export class ArgumentError extends OxbowError implements ArgumentProblem {
  override readonly code = 'ArgumentError';
  readonly call: string;
  readonly takes: string;
  readonly given: string;
  readonly example: string;

  constructor({ call, takes, given, example }: ArgumentProblem) {
    super(`${call}() takes ${takes}, but was given ${given}. Example: ${example}`);
    this.call = call;
    this.takes = takes;
    this.given = given;
    this.example = example;
  }
}

/** The kinds of things that can be looked for. */
export type Sought = 'flow' | 'run' | 'step' | 'task' | 'artifact' | 'tag' | 'value' | 'file';

/** Something that does not exist, and what exists in its place. */
export interface Missing {
  readonly kind: Sought;
  /** What was asked for. */
  readonly wanted: string;
  /** The sentence that says so. */
  readonly sentence: string;
  /** What exists instead, under headings such as `Its steps`. */
  readonly known?: { readonly [heading: string]: readonly string[] };
  /** What was probably meant, when it is not simply the known name closest to the wanted one. */
  readonly suggestion?: string | undefined;
}

/** A flow, run, step, task, artifact, tag or part of a value does not exist; the message says what does. */
export class NotFoundError extends OxbowError {
  override readonly code = 'NotFoundError';
  readonly kind: Sought;
  readonly wanted: string;
  /** Names that exist. */
  readonly known: readonly string[];
  /** The known name that was probably meant. */
  readonly suggestion: string | undefined;

  constructor({ kind, wanted, sentence, known = {}, suggestion }: Missing) {
    const names = Object.values(known).flat();
    const meant = suggestion ?? closest(wanted, names);
    const lists = Object.entries(known).map(([heading, all]) => ` ${heading}: ${listing(all)}.`);
    super(`${sentence}${lists.join('')}${meant === undefined ? '' : ` Did you mean ${meant}?`}`);
    this.kind = kind;
    this.wanted = wanted;
    this.known = names;
    this.suggestion = meant;
  }
}

/** A cut run id fits several runs. */
export class AmbiguousRunError extends OxbowError {
  override readonly code = 'AmbiguousRunError';
  readonly prefix: string;
  /** Ids of the runs it fits, newest first. */
  readonly candidates: readonly string[];

  constructor(flow: string, prefix: string, candidates: readonly string[]) {
    super(
      `${flow}/${prefix} matches ${candidates.length} runs: ${listing(candidates)}. ` +
        'Use a longer prefix.',
    );
    this.prefix = prefix;
    this.candidates = candidates;
  }
}

/** What was asked for exists, but in a namespace other than the one in force. */
export class NamespaceError extends OxbowError {
  override readonly code = 'NamespaceError';
  /** The namespace in force. */
  readonly namespace: string;
  /** Namespaces of users that do have it. */
  readonly others: readonly string[];
  /** The message without what a script can do about it. */
  readonly sentence: string;

  constructor(subject: string, namespace: string, others: readonly string[]) {
    const where = others.length > 0 ? `, only in ${listing(others)}` : '';
    const sentence = `${subject} in the namespace ${namespace}${where}.`;
    const one = others[0] ? `, or namespace(${JSON.stringify(others[0])}) to see those` : '';
    super(`${sentence} Call namespace(null) first to see the runs of everybody${one}.`);
    this.sentence = sentence;
    this.namespace = namespace;
    this.others = others;
  }
}

/** Somebody assigned to `data`: what a run stored never changes. */
export class ReadOnlyError extends OxbowError {
  override readonly code = 'ReadOnlyError';

  constructor(owner: string, name: string) {
    super(
      `The data of ${owner} cannot be changed: ${name} is what the run stored. Copy the value and change the copy.`,
    );
  }
}

/** Names for a sentence: the first twenty, and how many more there are. */
export function listing(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
