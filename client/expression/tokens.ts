import { ExpressionError } from './expression-error.ts';

/** A piece of an expression, and where it begins. */
export type Token =
  | { readonly kind: 'operator' | 'name'; readonly text: string; readonly position: number }
  | { readonly kind: 'value'; readonly text: string; readonly position: number; readonly value: unknown };

/** Longest expression, in characters. */
const LONGEST = 10_000;

const SPACE = /\s+/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\p{ID_Continue}$])/uy;
const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/suy;
const OPERATOR = /&&|\|\||[=!<>]=|[<>!()+\-*/]/y;
const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$]*/uy;
const KEY = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$-]*`;
const BRACKETS = String.raw`\[(?:-?\d+|"(?:[^"\\]|\\.)*")\]`;
const NAME = String.raw`(?:[\p{ID_Start}$_][\p{ID_Continue}$]*|"(?:[^"\\]|\\.)*")`;
/** `parameters/lr`, `end/0/loss`, either with `#opt.lr`. What merely divides one word by another is no address. */
const ADDRESS = new RegExp(
  String.raw`(?:(?:parameters|constants)|[\p{ID_Start}$_][\p{ID_Continue}$]*/\d+(?:\.\d+)*)/${NAME}(?:#(?:${KEY}|${BRACKETS})(?:\.${KEY}|${BRACKETS})*)?`,
  'uy',
);
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** The tokens of an expression; one of `fields` begins no address, so that `seconds/60` divides. Throws {@link ExpressionError}. */
export function tokensOf(text: string, fields: readonly string[]): Token[] {
  if (text.length > LONGEST)
    throw new ExpressionError({
      text: `${text.slice(0, 50)}…`,
      position: 0,
      expected: `at most ${LONGEST} characters`,
    });
  const tokens: Token[] = [];
  for (let position = 0; position < text.length; ) {
    const space = match(SPACE, text, position);
    if (space !== undefined) {
      position += space.length;
      continue;
    }
    const token = tokenAt(text, position, fields);
    tokens.push(token);
    position += token.text.length;
  }
  return tokens;
}

function tokenAt(text: string, position: number, fields: readonly string[]): Token {
  const number = match(NUMBER, text, position);
  if (number !== undefined) return { kind: 'value', text: number, position, value: Number(number) };
  const string = match(STRING, text, position);
  if (string !== undefined) return { kind: 'value', text: string, position, value: unquoted(string) };
  const word = match(WORD, text, position);
  const isField = word !== undefined && fields.includes(word);
  const name = isField ? word : (match(ADDRESS, text, position) ?? word);
  if (name !== undefined)
    return WORDS.has(name)
      ? { kind: 'value', text: name, position, value: WORDS.get(name) }
      : { kind: 'name', text: name, position };
  const operator = match(OPERATOR, text, position);
  if (operator !== undefined) return { kind: 'operator', text: operator, position };
  const expected = text[position] === '=' ? '== to compare' : 'a value, a name or an operator';
  throw new ExpressionError({ text, position, expected });
}

function match(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}

/** A backslash takes the next character as it is. */
const unquoted = (string: string): string => string.slice(1, -1).replace(/\\(.)/gsu, '$1');
