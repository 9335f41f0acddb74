import type { Problem } from '../errors.ts';
import { decoratorOf, type StepDecorator } from '../flow/decorators.ts';
import {
  decorationsOf,
  type StepDecoration,
  type StepMethod,
  settleDecorations,
  stepMethods,
} from '../flow/steps.ts';
import { reasonOf } from './fit-value.ts';

/**
 * A decorator that a config decides on. Decorators are applied when the class is defined, before any config is known; this one waits:
 * `@withConfig('cfg', (cfg) => retry({ times: cfg.retries })) @step train() { … }`. Without a result the step stays as it is.
 */
// biome-ignore lint/suspicious/noExplicitAny: nothing is known of a config by its name, and users look into it.
export function withConfig<C = any>(
  config: string,
  decide: (value: C) => StepDecorator<never> | undefined,
): StepDecorator {
  const waiting: Waiting = { config, decide: decide as Waiting['decide'] };
  return decoratorOf({ name: 'withConfig', many: true, decoration: () => ({ options: {}, waiting }) });
}

type Waiting = NonNullable<StepDecoration['waiting']>;

/** Gives the value of the config declared under a name; undefined when there is none of that name, or none that could be read. */
export type ConfigLookup = (name: string) => { readonly value: unknown } | undefined;

/**
 * Lets the configs decide on the decorators that wait for them, and gives what is wrong. `names` are those of the flow's configs. May be called
 * again with other values: what the decorators were is kept.
 */
export function decideDecorators(
  flow: { readonly prototype: object },
  names: readonly string[],
  lookup: ConfigLookup,
): Problem[] {
  const problems: Problem[] = [];
  for (const [step, method] of stepMethods(flow)) {
    const tell = (message: string): void => void problems.push({ check: 'decorators', message, step });
    settleDecorations(method, ({ waiting, ...decoration }) => {
      if (!waiting) return [decoration];
      if (!names.includes(waiting.config)) {
        tell(
          `@withConfig on step "${step}" names the config "${waiting.config}", which the flow does not have. Its configs: ${names.join(', ') || 'none'}.`,
        );
        return [];
      }
      const found = lookup(waiting.config);
      return found ? decided(waiting, { value: found.value, step, tell }) : [];
    });
    const seen = new Set<string>();
    for (const { name, hooks } of decorationsOf(method)) {
      if (hooks === undefined && seen.has(name))
        tell(`@${name} stands on step "${step}" twice. Keep one of the two.`);
      seen.add(name);
    }
  }
  return problems;
}

function decided(
  { decide, config }: Waiting,
  {
    value,
    step,
    tell,
  }: { readonly value: unknown; readonly step: string; readonly tell: (message: string) => void },
): readonly StepDecoration[] {
  try {
    const decorator = decide(value);
    if (decorator === undefined) return [];
    // What it puts on a method of that name is what it would have put on the step.
    const stand: StepMethod = () => {};
    const context = { kind: 'method', name: step, static: false, private: false };
    (decorator as (method: StepMethod, context: object) => void)(stand, context);
    return decorationsOf(stand);
  } catch (error) {
    tell(`@withConfig on step "${step}" fails with the config "${config}": ${reasonOf(error)}`);
    return [];
  }
}
