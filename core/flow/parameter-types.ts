// What the compiler makes of the options of `Parameter(name, options)` and `IncludeFile(name, options)`: the type of the value, and for each
// option that is wrong an error of one line that stands at it. `O` is the type of the options as they are written.
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { FlowMember } from './inputs.ts';
import type {
  IncludeFileOptions,
  JSONType,
  ParameterOptions,
  ParameterType,
  ValueOf,
} from './parameter-options.ts';

declare const inferred: unique symbol;
/** Stands for the type of the value where it is not written, but follows from the options. */
export interface Inferred {
  readonly [inferred]: true;
}

/** The options of a parameter whose value is said to be a `V`. */
export interface OptionsFor<V> extends ParameterOptions {
  readonly type?: TypeFor<V>;
  readonly default?: Late<V> | (V extends string | number | boolean ? never : string);
}

/** JSON may be anything; what else a type stands for must be a `V`. */
type TypeFor<V> =
  | typeof JSONType
  | StandardSchemaV1<unknown, V>
  | (V extends number ? NumberConstructor : never)
  | (V extends string ? StringConstructor : never)
  | (V extends boolean ? BooleanConstructor : never);

/** The options of a parameter, each of the type it must have beside the others. */
export type CheckedOptions<O> = {
  readonly [K in keyof O]: O[K] extends Option<O, K> ? O[K] : Option<O, K>;
};

type Option<O, K> = K extends 'default'
  ? Default<O>
  : K extends 'required'
    ? Required<O>
    : K extends 'separator'
      ? Separator<O>
      : K extends 'type'
        ? Type<O>
        : K extends keyof ParameterOptions
          ? ParameterOptions[K] | undefined
          : `${K & string} is not an option of Parameter`;

type Default<O> = O extends { readonly secret: true }
  ? 'a secret has no default: it comes from the environment or a prompt'
  : O extends { readonly separator: string }
    ? Late<string | readonly string[]> | undefined
    : O extends { readonly type: infer T }
      ? OfType<O, Accepted<T>>
      : O extends { readonly default: (...words: never[]) => infer R }
        ? Awaited<R> extends string
          ? unknown
          : 'a default that is a function needs a type, unless it gives a string'
        : unknown;

/** A default beside a type. What is wrong in a function or object takes the compiler many lines to say. */
type OfType<O, V> = O extends { readonly default: infer D }
  ? D extends Late<V> | undefined
    ? unknown
    : D extends object
      ? 'the default is of another type than the parameter'
      : V
  : unknown;

/** A value, or a function that gives it. */
type Late<V> = V | (() => V | Promise<V>);

/** What a default of a type may be: a schema and JSON also take the string that the command line would give. */
type Accepted<T> = T extends ParameterType
  ? T extends StandardSchemaV1
    ? StandardSchemaV1.InferInput<T> | string
    : ValueOf<T>
  : unknown;

type Required<O> = O extends { readonly required: true; readonly default: unknown }
  ? 'a parameter with a default is not required: drop one of the two'
  : boolean | undefined;

type Separator<O> = O extends { readonly type: infer T }
  ? T extends StringConstructor | undefined
    ? string | undefined
    : 'a parameter with a separator is a list of strings and has no other type'
  : string | undefined;

type Type<O> = O extends { readonly type: ParameterType | undefined }
  ? unknown
  : 'type is Number, String, Boolean, JSONType or a schema';

/** The type of the value of a parameter declared with options `O`. */
export type DeclaredValue<O> = O extends { readonly separator: string }
  ? string[]
  : O extends { readonly type: infer T extends ParameterType }
    ? ValueOf<T> | (undefined extends InputOf<T> ? never : Absent<O>)
    : O extends { readonly default: infer D }
      ? D extends (...words: never[]) => unknown
        ? string
        : Widened<D>
      : string | Absent<O>;

/** What a schema takes; `undefined` when it has a value for that. */
type InputOf<T> = T extends StandardSchemaV1 ? StandardSchemaV1.InferInput<T> : never;

/** Undefined, when neither the options nor the run see to it that there is a value. */
type Absent<O> = O extends { readonly default: unknown } | { readonly required: true }
  ? never
  : O extends { readonly secret: true; readonly required?: true }
    ? never
    : undefined;

/** `0.01` as a default means `number`, not the literal. */
type Widened<T> = T extends number ? number : T extends string ? string : T extends boolean ? boolean : T;

/** The options of a file, each of the type it must have beside the others. */
export type CheckedFileOptions<O> = {
  readonly [K in keyof O]: O[K] extends FileOption<O, K> ? O[K] : FileOption<O, K>;
};

type FileOption<O, K> = K extends 'required'
  ? Required<O>
  : K extends keyof IncludeFileOptions
    ? IncludeFileOptions[K] | undefined
    : `${K & string} is not an option of IncludeFile`;

/** The type of the content of a file declared with options `O`. */
export type FileContent<O> =
  | (O extends { readonly isText: false } ? Buffer : string)
  | (O extends { readonly default: string } | { readonly required: true } ? never : undefined);

/**
 * What the runs of a flow, given by its class or the type of its instances, may be given: values of its fields. Which of these are parameters types do not
 * know. A value of a parameter that is not primitive may be given as the string that the command line would give.
 */
export type ParametersFor<C> = [C] extends [never]
  ? Readonly<Record<string, unknown>>
  : C extends abstract new (
        ...words: never[]
      ) => infer F
    ? FieldsOf<F>
    : FieldsOf<C>;

type FieldsOf<F> = {
  readonly [K in keyof F as K extends FlowMember ? never : IsMethod<F[K]> extends true ? never : K]?:
    | Given<F[K]>
    | undefined;
};

type IsMethod<V> = 0 extends 1 & V ? false : [V] extends [(...words: never[]) => unknown] ? true : false;

type Given<V> = [V] extends [string | number | boolean | null | undefined] ? V : V | string;
