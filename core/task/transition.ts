import { TransitionError } from '../errors.ts';
import { type StepMethod, stepMark } from '../flow/steps.ts';

/** What a call of `this.next(...)` asked for, checked as far as it can be without the graph. */
export interface Transition {
  /** Names of the next steps; of a switch, the chosen one alone. */
  readonly steps: readonly string[];
  /** The artifact a foreach iterates. */
  readonly foreach?: string;
  readonly switch?: { readonly variable: string; readonly case: string };
}

/** What {@link readTransition} has to know of the flow. */
export interface TransitionContext {
  readonly step: string;
  readonly steps: ReadonlyMap<string, StepMethod>;
  /** The value of an artifact on `this`. */
  value(name: string): unknown;
  /** Number of elements a foreach over the artifact has; undefined when it cannot be iterated. */
  length(name: string): number | undefined;
}

/** Understands the words of `this.next(...)`. Throws {@link TransitionError} naming what is wrong and what is expected. */
export function readTransition(words: readonly unknown[], context: TransitionContext): Transition {
  const options = optionsOf(words, context);
  const targets = options ? words.slice(0, -1) : words;
  if (options && 'condition' in options) return readSwitch(targets, options, context);
  const steps = targets.map((target) => stepName(target, context));
  if (steps.length === 0) throw wrong(context, 'names no step. Pass at least one, as in this.next(this.end)');
  const twice = steps.find((name, i) => steps.indexOf(name) !== i);
  if (twice) throw wrong(context, `names the step "${twice}" twice`);
  return options ? readForeach(steps, options, context) : { steps };
}

type Options = Readonly<Record<string, unknown>>;

/** The last word when it is an options object rather than a step or the cases of a switch. */
function optionsOf(words: readonly unknown[], context: TransitionContext): Options | undefined {
  const last = words.at(-1);
  if (typeof last !== 'object' || last === null) return undefined;
  if (words.length === 1)
    throw wrong(context, 'has switch cases but no { condition: … } that names an artifact');
  for (const key of Object.keys(last)) {
    if (key === 'foreach' || key === 'condition') continue;
    throw wrong(context, `has an unknown option "${key}". The options are: foreach, condition`);
  }
  if ('foreach' in last && 'condition' in last) {
    throw wrong(context, 'has both foreach and condition. Split them over two steps');
  }
  return last as Options;
}

function readForeach(steps: readonly string[], options: Options, context: TransitionContext): Transition {
  const variable = options.foreach;
  if (typeof variable !== 'string') throw wrong(context, 'needs the name of an artifact as foreach');
  if (steps.length !== 1) {
    throw wrong(context, `has a foreach over ${steps.length} steps; a foreach goes to exactly one`);
  }
  if (variable === 'input' || variable === 'index') {
    throw wrong(
      context,
      `iterates "${variable}", which is no artifact. Assign it to one first, as in this.list = this.${variable}`,
    );
  }
  // The length of a list that the step has not touched is known without loading it.
  if (context.length(variable) === undefined) {
    if (context.value(variable) === undefined) {
      throw wrong(
        context,
        `iterates "${variable}", but this.${variable} is not set. Assign it before this.next`,
      );
    }
    throw wrong(
      context,
      `iterates "${variable}", which is ${kindOf(context.value(variable))}. ` +
        'A foreach takes an array, typed array, Set, Map, string or Arrow table or vector',
    );
  }
  return { steps, foreach: variable };
}

function readSwitch(targets: readonly unknown[], options: Options, context: TransitionContext): Transition {
  const [cases] = targets;
  const variable = options.condition;
  if (typeof variable !== 'string') throw wrong(context, 'needs the name of an artifact as condition');
  if (targets.length !== 1 || typeof cases !== 'object' || cases === null) {
    throw wrong(context, 'needs its cases as one object, as in { yes: this.a, no: this.b }');
  }
  const value = context.value(variable);
  if (value === undefined) {
    throw wrong(
      context,
      `switches on "${variable}", but this.${variable} is not set. Assign it before this.next`,
    );
  }
  const key = String(value);
  const target = Object.hasOwn(cases, key) ? (cases as Options)[key] : undefined;
  if (target === undefined) {
    const known = Object.keys(cases).map((name) => `"${name}"`);
    throw wrong(context, `switches on "${variable}", which is "${key}"; its cases are ${known.join(', ')}`);
  }
  return { steps: [stepName(target, context)], switch: { variable, case: key } };
}

function stepName(target: unknown, context: TransitionContext): string {
  const name = stepMark(target)?.name;
  if (name !== undefined && context.steps.get(name) === target) return name;
  const covered = [...context.steps.keys()].find((step) => context.value(step) === target);
  if (covered !== undefined && target !== undefined) {
    throw wrong(
      context,
      `was given this.${covered}, but an artifact named "${covered}" (${kindOf(target)}) hides the step. Give the artifact another name`,
    );
  }
  const shown = typeof target === 'function' ? `the function "${target.name}"` : kindOf(target);
  throw wrong(
    context,
    `was given ${shown}, which is not a step of this flow. Its steps are: ${[...context.steps.keys()].join(', ')}`,
  );
}

/** A short name of what a value is, for a sentence. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name = value.constructor?.name;
  return name && name !== 'Object' ? `a ${name}` : 'a plain object';
}

const wrong = (context: TransitionContext, problem: string): TransitionError =>
  new TransitionError(context.step, `this.next(...) in step "${context.step}" ${problem}.`);
