import { DecoratorError } from '../errors.ts';
import { noteFile } from './class-file.ts';
import { checkedStepOptions, type StepOptions } from './step-options.ts';
import { addDecoration, decorationsOf, markStep, type StepDecoration, type StepMethod } from './steps.ts';

type Method = (...args: never[]) => unknown;

/** A decorator for steps of flows of type `F`: standard, and legacy where a tsconfig turns on `experimentalDecorators`. */
export interface StepDecorator<F = object> {
  // A constraint on `This` would let a flow of less pass: contexts are compared either way.
  <This>(
    method: Method,
    context: ClassMethodDecoratorContext<This> & ([This] extends [F] ? unknown : never),
  ): void;
  (prototype: F, name: string | symbol, descriptor: PropertyDescriptor): void;
}

/** Where `@step` may stand: not on a static method, nor on a private one. */
type StepContext = ClassMethodDecoratorContext & { readonly static: false; readonly private: false };

/**
 * Marks a method of a flow as a step: `@step start() { … }`, or with options `@step({ reuse: false }) start() { … }`. Works as a
 * standard decorator and, where a tsconfig turns on `experimentalDecorators`, as a legacy one. Throws a TypeError on anything that is
 * not a plain method, and a DecoratorError when options are wrong.
 */
export function step(options: StepOptions): StepDecorator;
export function step(method: Method, context: StepContext): void;
export function step(prototype: object, name: string | symbol, descriptor: PropertyDescriptor): void;
export function step(...words: readonly unknown[]): StepDecorator | undefined {
  if (words.length > 1) return mark(words, {});
  const [options = {}] = words;
  return (...target: readonly unknown[]) => mark(target, options);
}

function mark(words: readonly unknown[], options: unknown): undefined {
  const { method, name } = decorated('step', words);
  markStep(method, { name, options: checkedStepOptions(name, options) });
  noteFile(method);
}

/** A kind of decorator: how it is written, and what it makes of a step. */
export interface DecoratorKind {
  readonly name: string;
  /** True when it may stand several times on a step. */
  readonly many?: boolean;
  /** What it keeps of a step. Throws DecoratorError when its options are wrong. */
  readonly decoration: (step: string) => Omit<StepDecoration, 'name'>;
}

/** Makes a decorator that works in either style, before and after `@step`. */
export function decoratorOf<F = object>({ name, many = false, decoration }: DecoratorKind): StepDecorator<F> {
  return (...words: readonly unknown[]): void => {
    const { method, name: step } = decorated(name, words);
    if (!many && decorationsOf(method).some((other) => other.name === name))
      throw new DecoratorError(name, step, 'stands there twice. Keep one of the two.');
    addDecoration(method, { name, ...decoration(step) });
  };
}

/** Whether a decorator that takes options was written without its parentheses: it got what a decorator is applied to. */
export const isApplied = (words: readonly unknown[]): boolean => words.length > 1;

/** The method a decorator was put on, and its name. */
function decorated(
  decorator: string,
  [first, second, third]: readonly unknown[],
): { readonly method: StepMethod; readonly name: string } {
  const context = typeof second === 'object' ? (second as ClassMethodDecoratorContext | null) : undefined;
  const name = context ? context.name : second;
  const method = context ? first : (third as PropertyDescriptor | undefined)?.value;
  const plain = typeof method === 'function' && typeof name === 'string';
  if (!plain || (context && (context.kind !== 'method' || context.static || context.private))) {
    throw new TypeError(`@${decorator} belongs on a plain method of a flow; "${String(name)}" is not one.`);
  }
  if (/^(Async)?GeneratorFunction$/.test(method.constructor.name))
    throw new TypeError(
      `@${decorator} belongs on a plain or async method, but "${name}" is a generator (*).`,
    );
  return { method: method as StepMethod, name };
}
