// What the compiler checks of `this.next(...)` and `this.mergeArtifacts(...)`.
//
// In a method of a flow the type of `this` is generic, so a conditional type over it stays open, and nothing but itself is assignable to
// it. An indexed access into one, `Condition<this>['ok']`, is compared by what the condition comes to for the flow's own class. Each check
// below is therefore a condition on the flow `F` first, with a result that is looked into; what does not fit comes to `never` there. The
// compiler prints the name of the check and what it was given, in one line: `IterableArtifact<this, "titels", …>["name"]`.
import type { FlowMember } from './inputs.ts';
import type { StepMethod } from './steps.ts';

declare const inference: unique symbol;

/** Lets the compiler infer a type from a place that nothing of this type fits. */
export interface Inferred {
  readonly [inference]: never;
}

/** A flow that has no member of these names, not even a private one, of which types say nothing else. */
type Without<K extends PropertyKey> = { readonly [P in K]?: never } & { readonly next: unknown };

/** The name of an artifact that a foreach can iterate, in a call that goes to one step. */
export type IterableArtifact<F, K extends string, C, L extends string> = F extends {
  readonly [P in K]: unknown;
}
  ? F extends { readonly [P in K]: Iterable<unknown> }
    ? IsForeach<K, C, L> extends false
      ? { name: never }
      : { name: K }
    : { name: never }
  : F extends Without<K>
    ? { name: never }
    : { name: K };

/** Neither are there cases, nor a condition. */
type IsForeach<K, C, L> = [C] extends [never]
  ? string extends L
    ? K extends FlowMember
      ? false
      : true
    : false
  : false;

/** The name of an artifact each value of which has a case. */
export type EveryValueHasACase<F, L extends string, C, K extends string> = F extends {
  readonly [P in L]: infer V;
}
  ? IsMissing<V, C, K> extends true
    ? { name: never }
    : { name: L }
  : F extends Without<L>
    ? { name: never }
    : { name: L };

/** A step that comes after a case which is a value of the artifact. */
export type CaseIsAValue<F, L extends string, C, K extends string> = F extends { readonly [P in L]: infer V }
  ? IsCase<V, C> extends false
    ? { step: never }
    : { step: StepMethod }
  : HasCondition<F, L, K> extends false
    ? { step: never }
    : { step: StepMethod };

/** A foreach says by itself that it takes no cases. */
type HasCondition<F, L, K> = F extends unknown
  ? string extends L
    ? string extends K
      ? false
      : true
    : true
  : never;

/** A value as a case is compared with it: as a string. */
type CaseName<V> = V extends string | number | bigint | boolean | null
  ? `${V}`
  : V extends undefined
    ? never
    : string;

type KeyText<C> = C extends string | number ? `${C}` : never;

type IsCase<V, C> = KeyText<C> extends CaseName<V> ? true : false;

/** Whether a value has no case. Without cases at all there is a step in their place; a foreach is told of by itself. */
type IsMissing<V, C, K> = [C] extends [never]
  ? string extends K
    ? true
    : false
  : IsEndless<CaseName<V>> extends true
    ? false
    : [CaseName<V>] extends [KeyText<C>]
      ? false
      : true;

/** Values that cannot be listed. */
type IsEndless<N> = string extends N
  ? true
  : `${number}` extends N
    ? true
    : `${bigint}` extends N
      ? true
      : false;

/** The cases of a switch. */
export type SwitchCases<F, C extends string | number, L extends string, K extends string> = {
  readonly [P in C]: CaseIsAValue<F, L, P, K>['step'] | Inferred;
};

/** The options of `this.next(...)`: `foreach` beside one step, `condition` beside an object of cases. */
export interface NextOptions<F, C, K extends string, L extends string> {
  /** The artifact that is iterated, one task per element. */
  readonly foreach?: IterableArtifact<F, K, C, L>['name'] | (K & Inferred);
  /** The artifact whose value names the case. */
  readonly condition?: EveryValueHasACase<F, L, C, K>['name'] | (L & Inferred);
}

/** Names of artifacts of a flow. */
export type ArtifactsOf<F, K extends string> = F extends object ? { names: Declared<F, K> } : never;

type Declared<F, K extends string> = K extends string
  ? F extends Without<K>
    ? never
    : K extends FlowMember
      ? never
      : K
  : never;
