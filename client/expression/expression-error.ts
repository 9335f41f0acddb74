import { OxbowError } from '#store';

/** Where an expression stops being one. */
export interface ExpressionProblem {
  readonly text: string;
  /** Index of the first character that cannot be right; the text's length when more was expected. */
  readonly position: number;
  readonly expected: string;
}

/** A text is no expression. The message shows where it goes wrong. */
export class ExpressionError extends OxbowError implements ExpressionProblem {
  override readonly code = 'ExpressionError';
  readonly text: string;
  readonly position: number;
  readonly expected: string;

  constructor({ text, position, expected }: ExpressionProblem) {
    const found = position < text.length ? `found ${JSON.stringify(text.slice(position))}` : 'the text ends';
    super(
      `The expression ${JSON.stringify(text)} is wrong at character ${position + 1}: expected ${expected}, but ${found}. ` +
        "Example: parameters/lr < 0.1 && status == 'successful'",
    );
    this.text = text;
    this.position = position;
    this.expected = expected;
  }
}
