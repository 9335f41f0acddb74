import { inspect } from 'node:util';
import {
  ArtifactReader,
  artifactsByName,
  type Digest,
  type ObjectId,
  type Repository,
  type TreeEntry,
} from '#store';

/** One branch that reaches a join: the task just before it. */
export interface InputRef {
  readonly step: string;
  readonly task: string;
  /** Tree of its artifacts. */
  readonly artifacts: ObjectId;
}

/** What stands behind a branch's view; {@link inputState} finds it. */
export interface InputState {
  readonly ref: InputRef;
  /** Artifacts by name; the tree is read on first use. */
  readonly entries: ReadonlyMap<string, TreeEntry>;
}

/** What views of inputs read from. */
export interface InputContext {
  readonly repository: Repository;
  /** Values every branch shares: parameters, by field name. */
  readonly parameters: ReadonlyMap<string, () => unknown>;
  /** Told of every artifact that is loaded, as `step/task/name`. */
  onRead(name: string, digest: Digest): void;
}

const states = new WeakMap<object, InputState>();

/** What stands behind one element of `inputs`, or undefined when the object is none. */
export const inputState = (input: object): InputState | undefined => states.get(input);

/**
 * The `inputs` of a join: an array of views in the order given, which static branches also find by step name. Nothing is
 * read until a view is touched.
 */
export function openInputs(
  refs: readonly InputRef[],
  context: InputContext,
  byName: boolean,
): readonly object[] {
  const views = refs.map((ref) => openInput(ref, context));
  if (!byName) return views;
  refs.forEach(({ step }, i) => {
    // A step called `map` or `length` keeps the array's own member: it is reached by position.
    if (step in views) return;
    Object.defineProperty(views, step, { value: views[i], enumerable: false });
  });
  return views;
}

function openInput(ref: InputRef, context: InputContext): object {
  let entries: Map<string, TreeEntry> | undefined;
  const state: InputState = {
    ref,
    get entries() {
      entries ??= artifactsByName(context.repository.tree(ref.artifacts));
      return entries;
    },
  };
  const refuse = (_values: object, name: string | symbol): never => {
    throw new TypeError(`inputs are read-only: assign "${String(name)}" to this instead.`);
  };
  const target: Record<string, unknown> = {};
  Object.defineProperty(target, inspect.custom, {
    // What is printed is looked for on the target, past the proxy.
    value: () => ({ ...view }),
    configurable: true,
  });
  const view = new Proxy<Record<string, unknown>>(target, {
    get: (values, name) => (typeof name === 'symbol' ? undefined : valueIn(values, name, { state, context })),
    has: (_values, name) =>
      typeof name === 'string' && (state.entries.has(name) || context.parameters.has(name)),
    ownKeys: () => [...state.entries.keys()],
    getOwnPropertyDescriptor: (values, name) =>
      typeof name === 'string' && state.entries.has(name)
        ? { value: valueIn(values, name, { state, context }), enumerable: true, configurable: true }
        : undefined,
    set: refuse,
    deleteProperty: refuse,
    defineProperty: refuse,
  });
  states.set(view, state);
  return view;
}

/** Loads a value once: two reads of `input.x` give the same object. */
function valueIn(
  values: Record<string, unknown>,
  name: string,
  { state, context }: { readonly state: InputState; readonly context: InputContext },
): unknown {
  if (Object.hasOwn(values, name)) return values[name];
  const entry = state.entries.get(name);
  if (!entry) return context.parameters.get(name)?.();
  const reader = new ArtifactReader(context.repository, entry);
  const value = reader.load();
  context.onRead(`${state.ref.step}/${state.ref.task}/${name}`, reader.digest);
  Object.defineProperty(values, name, { value, enumerable: true, configurable: true });
  return value;
}
