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

/** Data of a flow known by name only: whatever was stored. */
export type UntypedData = {
  // biome-ignore lint/suspicious/noExplicitAny: what a run stored is not known to the compiler, and `unknown` would make every look at data a cast.
  readonly [name: string]: any;
};
