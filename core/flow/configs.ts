import type { StandardSchemaV1 } from '@standard-schema/spec';
import { Declaration, valueOrDeclaration } from './parameters.ts';

/** The value of a {@link Config}: read-only all the way down. */
export type Config<T> = 0 extends 1 & T
  ? // biome-ignore lint/suspicious/noExplicitAny: what nothing is known of stays so.
    any
  : T extends (...words: never[]) => unknown
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Config<Item>[]
      : T extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | Date | RegExp | ArrayBufferView
        ? T
        : T extends object
          ? { readonly [K in keyof T]: Config<T[K]> }
          : T;

/** Options of {@link Config}. */
export interface ConfigOptions<T = unknown> {
  /** One sentence for `--help`. */
  readonly help?: string;
  /** Path of the file when none is given: looked for in the working folder, then beside the flow's file. */
  readonly default?: string;
  /** The value when none is given; a text is read as the file's would be. Not together with `default`. */
  readonly defaultValue?: T | string;
  /** Without a value the run does not start. */
  readonly required?: boolean;
  /** Makes the value of the file's text; JSON.parse when absent. May return a promise. */
  readonly parser?: (text: string) => unknown;
  /** Judges, and may change, what the parser has made: any Standard Schema. */
  readonly schema?: StandardSchemaV1;
}

/** What a field holds while the flow is described: the declaration instead of the value. */
export class ConfigDeclaration extends Declaration<ConfigOptions> {}

/** One config of a flow: the field that holds it and its declaration. */
export interface FlowConfig {
  /** Name of the field, and of the artifact. */
  readonly field: string;
  readonly declaration: ConfigDeclaration;
}

/** Options with which a config is never missing. */
type Given = { readonly default: string } | { readonly defaultValue: unknown } | { readonly required: true };

// biome-ignore-start lint/suspicious/noRedeclare: a type and a function, as `Number` is both.
/**
 * Declares a config of a flow, as a field: `cfg = Config('cfg', { default: 'config.json' })`. Its value is read from a JSON file, or what
 * `parser` makes of a file, given with `--config cfg FILE`, or as `--config-value cfg JSON`. It is known before the parameters, whose
 * defaults may use it (`alpha = Parameter('alpha', { default: this.cfg.lr })`), and cannot be changed.
 */
export function Config<S extends StandardSchemaV1>(
  name: string,
  options: ConfigOptions & { readonly schema: S } & Given,
): Config<StandardSchemaV1.InferOutput<S>>;
export function Config<S extends StandardSchemaV1>(
  name: string,
  options: ConfigOptions & { readonly schema: S },
): Config<StandardSchemaV1.InferOutput<S>> | undefined;
export function Config<T>(
  name: string,
  options: Omit<ConfigOptions, 'defaultValue'> & { readonly defaultValue: T & object },
): Config<T>;
// biome-ignore lint/suspicious/noExplicitAny: nothing is known of a file, and users look into it.
export function Config<T = any>(name: string, options: ConfigOptions<T> & Given): Config<T>;
// biome-ignore lint/suspicious/noExplicitAny: nothing is known of a file, and users look into it.
export function Config<T = any>(name: string, options?: ConfigOptions<T>): Config<T> | undefined;
export function Config(name: string, options: ConfigOptions = {}): unknown {
  return valueOrDeclaration({ by: 'Config', name, options }, () => new ConfigDeclaration(name, options));
}
// biome-ignore-end lint/suspicious/noRedeclare: see above.
