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
  /**
   * As {@link holds}, but undefined where the answer hangs on what is missing, or on a comparison of values that have no order. A comparison with
   * `null` asks for just that, and is always decided. Once decided, an answer is that of `holds`.
   */
  decide(lookup: Lookup): boolean | undefined;
}

/**
 * Reads comparisons (`== != < <= > >=`), `&& || !`, `+ - * /`, parentheses, numbers, strings, `true`, `false`, `null` and names. Nothing of it
 * is ever executed as code. `fields` are the names that are no addresses. Throws {@link ExpressionError}.
 */
export function parseExpression(text: string, fields: readonly string[]): Expression {
  const parser = new Parser(text, fields);
  const evaluate = parser.parse();
  return {
    ...{ text, names: [...parser.names] },
    holds: (lookup) => truth(evaluate({ lookup, decides: false }), { decides: false }) === true,
    decide: (lookup) => truth(evaluate({ lookup, decides: true }), { decides: true }),
  };
}

/** How an expression is evaluated. */
interface Context {
  readonly lookup: Lookup;
  /** Whether what hangs on a missing value is undecided, which is undefined, rather than false. */
  readonly decides: boolean;
}

type Evaluate = (context: Context) => unknown;

/** The literal `null`: to compare with it is to ask whether something is missing. */
const NOTHING: Evaluate = () => null;

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
      const [a, b] = [left, this.#binary(level + 1)];
      left = evaluateWith(found, a, b);
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
      if (sign === '!') return (context) => not(truth(operand(context), context));
      return (context) => numeric(operand(context), 0, (value) => -value);
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
    if (token.kind === 'value') return token.value === null ? NOTHING : () => token.value;
    this.names.add(token.text);
    return ({ lookup }) => lookup(token.text) ?? null;
  }

  #fail(expected: string): never {
    throw new ExpressionError({
      text: this.#text,
      position: this.#next?.position ?? this.#text.length,
      expected,
    });
  }
}

/** What a value is as a condition: undefined when that is undecided. */
function truth(value: unknown, { decides }: Pick<Context, 'decides'>): boolean | undefined {
  if (value === null || value === undefined) return decides ? undefined : false;
  return Boolean(value);
}

const not = (value: boolean | undefined): boolean | undefined => (value === undefined ? undefined : !value);

function evaluateWith(operator: string, a: Evaluate, b: Evaluate): Evaluate {
  if (operator === '&&' || operator === '||') {
    // What settles the answer alone, as in the logic of Kleene: `undecided && false` is false.
    const settling = operator === '||';
    return (context) => {
      const left = truth(a(context), context);
      if (left === settling) return settling;
      const right = truth(b(context), context);
      return right === settling || left !== undefined ? right : undefined;
    };
  }
  const combine = ARITHMETIC[operator];
  if (combine) return (context) => numeric(a(context), b(context), combine);
  const compare = COMPARING[operator] as (x: unknown, y: unknown) => boolean | undefined;
  const asksForNull = a === NOTHING || b === NOTHING;
  return (context) => {
    const [x, y] = [a(context), b(context)];
    if (context.decides && !asksForNull && (x === null || y === null)) return undefined;
    const answer = compare(x, y);
    return answer === undefined && !context.decides ? false : answer;
  };
}

const ARITHMETIC: Readonly<Record<string, (x: number, y: number) => number>> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '/': (x, y) => x / y,
};

const COMPARING: Readonly<Record<string, (x: unknown, y: unknown) => boolean | undefined>> = {
  '==': isEqual,
  '!=': (x, y) => !isEqual(x, y),
  '<': (x, y) => order(x, y, (sign) => sign < 0),
  '<=': (x, y) => order(x, y, (sign) => sign <= 0),
  '>': (x, y) => order(x, y, (sign) => sign > 0),
  '>=': (x, y) => order(x, y, (sign) => sign >= 0),
};

/** A list equals what it contains. */
function isEqual(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) return a.some((item) => isEqual(item, b));
  if (Array.isArray(b)) return isEqual(b, a);
  if (isNumber(a) && isNumber(b)) return isSame(a, b);
  return (a ?? null) === (b ?? null);
}

/** A BigInt is the same as the number it is; NaN is the same as nothing. */
const isSame = (a: number | bigint, b: number | bigint): boolean => a <= b && a >= b;

/** Undefined for values that have no order. */
function order(a: unknown, b: unknown, fits: (sign: number) => boolean): boolean | undefined {
  if (isNumber(a) && isNumber(b)) return fits(a < b ? -1 : a > b ? 1 : isSame(a, b) ? 0 : Number.NaN);
  if (typeof a === 'string' && typeof b === 'string') return fits(a < b ? -1 : a > b ? 1 : 0);
  return undefined;
}

const isNumber = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

function numeric(a: unknown, b: unknown, combine: (a: number, b: number) => number): number | null {
  return isNumber(a) && isNumber(b) ? combine(Number(a), Number(b)) : null;
}
