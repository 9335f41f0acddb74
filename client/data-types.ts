/** The members every flow has from FlowSpec; they are no artifacts. */
type FlowMember = 'next' | 'input' | 'index' | 'foreachStack' | 'mergeArtifacts';

/** Any class a flow may be written as. */
export type FlowClass = abstract new (...args: never[]) => object;

type IsFunction<T> = [T] extends [never] ? false : T extends (...args: never) => unknown ? true : false;

type ValuesOf<T, Skipped = never> = {
  readonly [K in keyof T & string as K extends Skipped
    ? never
    : true extends IsFunction<T[K]>
      ? never
      : K]: T[K];
};

/**
 * The data of a flow's runs as its class declares it: artifacts and parameters from the instance, constants from the
 * static side, without methods. Which of them a task has is known when it is read, not before.
 */
export type DataOf<C extends FlowClass> = C extends abstract new (
  ...args: never[]
) => infer F
  ? ValuesOf<F, FlowMember> & ValuesOf<C, 'prototype'>
  : never;

/** Data of the runs of a flow, given by its class (`typeof ForeachFlow`) or the type of its instances; of any flow when it is `never`. */
export type DataFor<C> = [C] extends [never]
  ? UntypedData
  : C extends FlowClass
    ? DataOf<C>
    : ValuesOf<C, FlowMember>;

/** The type of a flow's instances, given as for {@link DataFor}; `unknown` of any flow. */
export type FlowFor<C> = [C] extends [never]
  ? unknown
  : C extends abstract new (
        ...args: never[]
      ) => infer F
    ? F
    : C;

/** A step of flow `F` that a string names: types know its public methods, and of a private one that there is one. */
export type StepName<F, K extends string> = unknown extends F
  ? K
  : K extends keyof F
    ? K
    : F & Guard extends Guard & { readonly [P in K]?: never }
      ? MethodsOf<F>
      : K;

/** A member, so that no type compared here has optional members alone: such a type fits only what shares one with it. */
interface Guard {
  readonly guard: true;
}

type MethodsOf<F> = {
  [K in keyof F & string]: K extends FlowMember ? never : true extends IsFunction<F[K]> ? K : never;
}[keyof F & string];

/** Data of a flow known by name only: whatever was stored. */
export type UntypedData = {
  // biome-ignore lint/suspicious/noExplicitAny: what a run stored is not known to the compiler, and `unknown` would make every look at data a cast.
  readonly [name: string]: any;
};
