import type { StandardSchemaV1 } from '@standard-schema/spec';

/** A parameter type: any JSON value. A text, on the command line or as the default, is parsed. */
export const JSONType: JSONTypeMark = Symbol('JSONType') as JSONTypeMark;

declare const json: unique symbol;
/** A type of its own that is inferred as it is; that of a plain `unique symbol` becomes `symbol`. */
type JSONTypeMark = symbol & { readonly [json]: true };

/** What `type` may be. */
export type ParameterType =
  | NumberConstructor
  | StringConstructor
  | BooleanConstructor
  | typeof JSONType
  | StandardSchemaV1;

/** The value type a parameter type stands for. */
export type ValueOf<T extends ParameterType> = T extends NumberConstructor
  ? number
  : T extends StringConstructor
    ? string
    : T extends BooleanConstructor
      ? boolean
      : T extends StandardSchemaV1
        ? StandardSchemaV1.InferOutput<T>
        : // biome-ignore lint/suspicious/noExplicitAny: JSON may be anything, and users index into it.
          any;

interface Common {
  /** One sentence for `--help`. */
  readonly help?: string;
  /** Without a value the run does not start. */
  readonly required?: boolean;
}

/** A parameter's declaration as the engine sees it. */
export interface ParameterOptions extends Common {
  readonly type?: ParameterType;
  /** A value, or a function called once when no value is given. */
  readonly default?: unknown;
  /** Splits a text into a `string[]`. */
  readonly separator?: string;
  /** The value is masked wherever text is shown, and never stored: it comes from the environment, or from a prompt. */
  readonly secret?: boolean;
}

/** Options of {@link IncludeFile}. */
export interface IncludeFileOptions extends Common {
  /** Path of the file when none is given. */
  readonly default?: string;
  /** True, the default: the value is the text. False: a Buffer. */
  readonly isText?: boolean;
  /** Encoding of the text; utf8 when absent. */
  readonly encoding?: BufferEncoding;
}
