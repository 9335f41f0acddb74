import { DecoratorError } from '../errors.ts';
import type { Interruption } from '../interruption.ts';
import { settled } from '../settling.ts';
import { decoratorOf, type StepDecorator } from './decorators.ts';
import type { FlowSpec } from './flow-spec.ts';

/** Any flow, its artifacts by name. */
// biome-ignore lint/suspicious/noExplicitAny: artifacts have whatever type the flow gives them.
export type AnyFlow = FlowSpec & { [artifact: string]: any };

/** The attempt a decorator stands around. */
export interface StepContext<F extends FlowSpec = AnyFlow> {
  /** The flow instance, as the step has it: artifacts may be read and assigned. */
  readonly flow: F;
  /** Name of the step. */
  readonly step: string;
  /** Position of the task in its step, as `current.taskId`. */
  readonly task: string;
  /** How often the task was tried before, from 0. */
  readonly attempt: number;
  /** True when no retry follows, should this attempt fail. */
  readonly isLastAttempt: boolean;
}

/** What becomes of an error: `true` takes it, and the flow goes on; an Error comes in its place; else it goes on as it is. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing.
export type ErrorVerdict = boolean | Error | undefined | void;

/**
 * What a decorator of one's own does around a step. Of several, the outermost comes first before the step and last after it.
 * Once `before` has finished, exactly one of `after` and `onError` is called. Each may be async.
 */
export interface StepHooks<F extends FlowSpec = AnyFlow> {
  /** The decorator's name in graph.json and in messages, without the `@`: `stepDecorator` unless told otherwise. */
  readonly name?: string;
  /** What graph.json is to tell of the decorator; plain JSON. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Called before the step. What it throws fails the attempt, and the step is not called. */
  before?(context: StepContext<F>): void | Promise<void>;
  /** Called when the step, and the decorators within, went well; artifacts are not saved yet. What it throws fails the attempt. */
  after?(context: StepContext<F>): void | Promise<void>;
  /**
   * Called with what the step, or a decorator within, threw: also with a TimeoutError, not with the death of the process. It says what becomes of the error. When it takes
   * the error (`true`), the task counts as successful, the error is recorded as `caught`, and the flow goes where the step's source says.
   */
  onError?(error: unknown, context: StepContext<F>): ErrorVerdict | Promise<ErrorVerdict>;
}

/**
 * Makes a decorator for steps:
 *
 *     const timed = stepDecorator({
 *       name: 'timed',
 *       before: ({ flow }) => { flow.begun = Date.now(); },
 *       after: ({ flow, step }) => console.log(step, Date.now() - flow.begun),
 *     });
 *
 * used as `@timed @step train() { … }`. For one with options write a function: `const tagged = (tag: string) =>
 * stepDecorator({ name: 'tagged', options: { tag }, … })`. With a type, `stepDecorator<TrainFlow>({ … })`, it fits that flow only.
 * Throws DecoratorError when it is put on a step and its hooks are no functions or its options no JSON.
 */
export function stepDecorator<F extends FlowSpec = AnyFlow>(
  hooks: StepHooks<F>,
): StepDecorator<AnyFlow extends F ? FlowSpec : F> {
  const { name = 'stepDecorator' } = hooks;
  return decoratorOf({
    name,
    many: true,
    decoration: (step) => ({ options: optionsOf(hooks, { name, step }), hooks }),
  });
}

const HOOKS = ['before', 'after', 'onError'] as const;

function optionsOf(
  hooks: StepHooks<never>,
  { name, step }: { readonly name: string; readonly step: string },
): object {
  const fail = (problem: string): never => {
    throw new DecoratorError(name, step, problem);
  };
  for (const key of Object.keys(hooks)) {
    const isHook = HOOKS.some((one) => one === key);
    if (!isHook && key !== 'name' && key !== 'options')
      fail(`has an unknown hook "${key}". The hooks: ${HOOKS.join(', ')}.`);
    if (isHook && typeof hooks[key as 'before'] !== 'function')
      fail(`has a hook "${key}" that is not a function.`);
  }
  try {
    return JSON.parse(JSON.stringify(hooks.options ?? {}));
  } catch {
    return fail('has options that cannot be stored as JSON. Use plain values only.');
  }
}

/** A step with the decorators around it. */
export interface DecoratedCall {
  /** Outermost first. */
  readonly hooks: readonly StepHooks<FlowSpec>[];
  readonly context: StepContext<FlowSpec>;
  /** Calls the step itself. */
  readonly step: () => unknown;
  readonly interruption: Interruption;
}

/** Calls a step within its decorators. Gives the error that one of them took, the outermost one's if several did. */
export async function callDecorated(
  call: DecoratedCall,
  level = 0,
): Promise<{ readonly error: unknown } | undefined> {
  const { interruption, context } = call;
  const hooks = call.hooks[level];
  const step = `The step "${context.step}"`;
  if (!hooks) {
    await interruption.within(step, call.step());
    return undefined;
  }
  const hookNamed = (hook: string): string =>
    `${hook} of @${hooks.name ?? 'stepDecorator'} on the step "${context.step}"`;
  await interruption.within(hookNamed('before'), hooks.before?.(context));
  let taken: { readonly error: unknown } | undefined;
  try {
    taken = await callDecorated(call, level + 1);
  } catch (error) {
    const verdict = await settled(hookNamed('onError'), hooks.onError?.(error, context));
    if (verdict !== true) throw verdict instanceof Error ? verdict : error;
    interruption.forgive();
    return { error };
  }
  await interruption.within(hookNamed('after'), hooks.after?.(context));
  return taken;
}
