import { ExpressionError } from './expression-error.ts';
import { type Token, tokensOf } from './tokens.ts';

/** What a name in an expression stands for; undefined or null when there is no such thing. */
export type Lookup = (name: string) => unknown;

/** A condition on a run, read from a text. */
export interface Expression {
  readonly text: string;
  /** The names it asks for, each once: fields such as `status`, and addresses within the run such as `end/0/loss` or `parameters/cfg#lr`. */
  readonly names: readonly string[];
  /**
   * Whether it holds. What is missing equals `null` alone; what is missing or of another type than is asked for is neither less nor greater than
   * anything. Throws what the lookup throws.
   */
  holds(lookup: Lookup): boolean;
}

/**
 * Reads comparisons (`== != < <= > >=`), `&& || !`, `+ - * /`, parentheses, numbers, strings, `true`, `false`, `null` and names. Nothing of it
 * is ever executed as code. `fields` are the names that are no addresses. Throws {@link ExpressionError}.
 */
export function parseExpression(text: string, fields: readonly string[]): Expression {
  const parser = new Parser(text, fields);
  const evaluate = parser.parse();
  return { text, names: [...parser.names], holds: (lookup) => isTrue(evaluate(lookup)) };
}

type Evaluate = (lookup: Lookup) => unknown;

/** Deepest nesting. */
const MAX_DEPTH = 100;

/** Operators by how tightly they bind, the loosest first; those of one row from left to right. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/'],
];
const COMPARISONS = 2;

class Parser {
  readonly names = new Set<string>();
  readonly #text: string;
  readonly #fields: readonly string[];
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string, fields: readonly string[]) {
    this.#text = text;
    this.#fields = fields;
    this.#tokens = tokensOf(text, fields);
  }

  parse(): Evaluate {
    const whole = this.#binary(0);
    if (this.#next) this.#fail('an operator or the end');
    return whole;
  }

  get #next(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #takes(operators: readonly string[]): string | undefined {
    const token = this.#next;
    if (token?.kind !== 'operator' || !operators.includes(token.text)) return undefined;
    this.#at += 1;
    return token.text;
  }

  #binary(level: number): Evaluate {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (let found = this.#takes(operators); found !== undefined; found = this.#takes(operators)) {
      const [a, b, operate] = [left, this.#binary(level + 1), OPERATIONS[found] as Operation];
      left = (lookup) => operate(a(lookup), () => b(lookup));
      const again = level === COMPARISONS && this.#next;
      if (again && operators.includes(again.text)) this.#fail('&& between two comparisons');
    }
    return left;
  }

  #unary(): Evaluate {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#fail(`nesting of at most ${MAX_DEPTH} levels`);
    const inner = this.#prefixed();
    this.#depth -= 1;
    return inner;
  }

  #prefixed(): Evaluate {
    const sign = this.#takes(['!', '-']);
    if (sign !== undefined) {
      const operand = this.#unary();
      if (sign === '!') return (lookup) => !isTrue(operand(lookup));
      return (lookup) => numeric(operand(lookup), 0, (value) => -value);
    }
    if (this.#takes(['('])) {
      const inner = this.#binary(0);
      if (!this.#takes([')'])) this.#fail('a closing parenthesis');
      return inner;
    }
    return this.#operand();
  }

  #operand(): Evaluate {
    const token = this.#next;
    if (token === undefined || token.kind === 'operator')
      return this.#fail('a value, a name or a parenthesis');
    if (token.kind === 'name' && !token.text.includes('/') && !this.#fields.includes(token.text))
      this.#fail(`an address such as end/0/loss or one of ${this.#fields.join(', ')}`);
    this.#at += 1;
    if (token.kind === 'value') return () => token.value;
    this.names.add(token.text);
    return (lookup) => lookup(token.text) ?? null;
  }

  #fail(expected: string): never {
    throw new ExpressionError({
      text: this.#text,
      position: this.#next?.position ?? this.#text.length,
      expected,
    });
  }
}

type Operation = (a: unknown, b: () => unknown) => unknown;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  '||': (a, b) => isTrue(a) || isTrue(b()),
  '&&': (a, b) => isTrue(a) && isTrue(b()),
  '==': (a, b) => isEqual(a, b()),
  '!=': (a, b) => !isEqual(a, b()),
  '<': (a, b) => order(a, b(), (sign) => sign < 0),
  '<=': (a, b) => order(a, b(), (sign) => sign <= 0),
  '>': (a, b) => order(a, b(), (sign) => sign > 0),
  '>=': (a, b) => order(a, b(), (sign) => sign >= 0),
  '+': (a, b) => numeric(a, b(), (x, y) => x + y),
  '-': (a, b) => numeric(a, b(), (x, y) => x - y),
  '*': (a, b) => numeric(a, b(), (x, y) => x * y),
  '/': (a, b) => numeric(a, b(), (x, y) => x / y),
};

const isTrue = (value: unknown): boolean => value !== null && value !== undefined && Boolean(value);

/** A list equals what it contains. */
function isEqual(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) return a.some((item) => isEqual(item, b));
  if (Array.isArray(b)) return isEqual(b, a);
  if (isNumber(a) && isNumber(b)) return isSame(a, b);
  return (a ?? null) === (b ?? null);
}

/** A BigInt is the same as the number it is; NaN is the same as nothing. */
const isSame = (a: number | bigint, b: number | bigint): boolean => a <= b && a >= b;

function order(a: unknown, b: unknown, fits: (sign: number) => boolean): boolean {
  if (isNumber(a) && isNumber(b)) return fits(a < b ? -1 : a > b ? 1 : isSame(a, b) ? 0 : Number.NaN);
  if (typeof a === 'string' && typeof b === 'string') return fits(a < b ? -1 : a > b ? 1 : 0);
  return false;
}

const isNumber = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

function numeric(a: unknown, b: unknown, combine: (a: number, b: number) => number): number | null {
  return isNumber(a) && isNumber(b) ? combine(Number(a), Number(b)) : null;
}
