import type { StandardSchemaV1 } from '@standard-schema/spec';

/** A parameter type: any JSON value. A text, on the command line or as the default, is parsed. */
export const JSONType: unique symbol = Symbol('JSONType');

/** What `type` may be. */
export type ParameterType =
  | NumberConstructor
  | StringConstructor
  | BooleanConstructor
  | typeof JSONType
  | StandardSchemaV1;

/** The value type a parameter type stands for. */
type ValueOf<T extends ParameterType> = T extends NumberConstructor
  ? number
  : T extends StringConstructor
    ? string
    : T extends BooleanConstructor
      ? boolean
      : T extends StandardSchemaV1
        ? StandardSchemaV1.InferOutput<T>
        : // biome-ignore lint/suspicious/noExplicitAny: JSON may be anything, and users index into it.
          any;

/** `0.01` as a default means `number`, not the literal. */
type Widened<T> = T extends number ? number : T extends string ? string : T extends boolean ? boolean : T;

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

/** What a field holds while the flow is described: the declaration instead of the value. */
export class ParameterDeclaration {
  readonly name: string;
  readonly options: ParameterOptions;
  /** Set for {@link IncludeFile}. */
  readonly file: IncludeFileOptions | undefined;

  constructor(name: string, options: ParameterOptions, file?: IncludeFileOptions) {
    this.name = name;
    this.options = options;
    this.file = file;
  }
}

/** Gives the values while a task's flow instance is made, so that other field initialisers can use them. */
let valuesBeingBound: ((name: string) => unknown) | undefined;
/** Takes the declarations made while a flow is described. */
let declared: object[] | undefined;

/** Calls `make` and gives the declarations made meanwhile to `into`. */
export function collectDeclarations<T>(into: object[], make: () => T): T {
  const before = declared;
  declared = into;
  try {
    return make();
  } finally {
    declared = before;
  }
}

/** What a field gets that declares something: its value in a task, else what `declare` makes. */
export function valueOrDeclaration(name: string, declare: () => object): unknown {
  if (valuesBeingBound) return valuesBeingBound(name);
  const declaration = declare();
  declared?.push(declaration);
  return declaration;
}

/** Calls `make` while {@link Parameter} returns values instead of declarations. */
export function withParameterValues<T>(values: (name: string) => unknown, make: () => T): T {
  const before = valuesBeingBound;
  valuesBeingBound = values;
  try {
    return make();
  } finally {
    valuesBeingBound = before;
  }
}

/**
 * Declares a parameter of a flow, as a field: `alpha = Parameter('alpha', { default: 0.01, help: 'Learning rate' })`. The
 * field has the parameter's value in every step and cannot be assigned to. The type follows from `type`, else from `default`;
 * a default that is a function and no text needs a `type`, since it is called only when no value is given.
 */
export function Parameter(
  name: string,
  options: Common & {
    readonly separator: string;
    readonly default?: string | readonly string[] | (() => string | readonly string[]);
  },
): string[];
export function Parameter<T extends ParameterType>(
  name: string,
  options: Common & { readonly type: T; readonly required: true; readonly default?: never },
): ValueOf<T>;
export function Parameter<T extends ParameterType, D>(
  name: string,
  options: Common & { readonly type: T; readonly default: D },
): ValueOf<T>;
export function Parameter<T extends ParameterType>(
  name: string,
  options: Common & { readonly type: T },
): ValueOf<T> | undefined;
export function Parameter(
  name: string,
  options: Common & { readonly default: () => string | Promise<string> },
): string;
export function Parameter<D>(name: string, options: Common & { readonly default: D }): Widened<D>;
export function Parameter(name: string, options: Common & { readonly required: true }): string;
export function Parameter(name: string, options?: Common): string | undefined;
export function Parameter(name: string, options: ParameterOptions = {}): unknown {
  return valueOrDeclaration(name, () => new ParameterDeclaration(name, options));
}

/** Options with which a file is never missing. */
type Given = { readonly default: string } | { readonly required: true };

/**
 * Declares a parameter whose value is the content of a file: on the command line its path is given, in the steps the field
 * has the text (or, with `isText: false`, the bytes as a Buffer).
 */
export function IncludeFile(
  name: string,
  options: IncludeFileOptions & { readonly isText: false } & Given,
): Buffer;
export function IncludeFile(
  name: string,
  options: IncludeFileOptions & { readonly isText: false },
): Buffer | undefined;
export function IncludeFile(name: string, options: IncludeFileOptions & Given): string;
export function IncludeFile(name: string, options?: IncludeFileOptions): string | undefined;
export function IncludeFile(name: string, options: IncludeFileOptions = {}): unknown {
  const { help, required } = options;
  const common = { ...(help === undefined ? {} : { help }), ...(required === undefined ? {} : { required }) };
  return valueOrDeclaration(name, () => new ParameterDeclaration(name, common, options));
}
