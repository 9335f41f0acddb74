/** The members every flow has: they are no artifacts. */
export type FlowMember = 'next' | 'input' | 'index' | 'foreachStack' | 'mergeArtifacts';

/** What a step sees of one branch: the artifacts and parameters of flow `F` as the branch left them, loaded on touch. */
export type Input<F> = { readonly [K in keyof F as K extends FlowMember ? never : K]: F[K] };

/**
 * The branches a join closes, in split order: an array, and for static branches also by the name of the step just before
 * the join (`inputs.a.x`). Flow `F` is the flow's own class.
 */
export type Inputs<F> = readonly Input<F>[] & { readonly [S in Exclude<keyof F, FlowMember>]: Input<F> };
