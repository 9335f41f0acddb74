import { environment } from '#store';

/** Undefined until somebody chose: the default follows the environment. */
let chosen: string | null | undefined;

/**
 * Chooses whose runs `Flow`, `Flows`, `Run` and the others see: those that carry this tag, user or system tag. As in
 * Metaflow the namespace at first is `user:<name>`, so a store shared by several people shows each their own runs;
 * `null` shows all. A name that exists in another namespace only throws a NamespaceError saying where it is. Objects
 * already at hand stay valid. Returns the namespace.
 */
export function namespace(name: string | null): string | null {
  chosen = name;
  return name;
}

/** The namespace in force, null for all. */
export function getNamespace(): string | null {
  return chosen === undefined ? `user:${environment.user}` : chosen;
}

/** Goes back to the namespace of the current user and returns it. */
export function defaultNamespace(): string {
  chosen = undefined;
  return `user:${environment.user}`;
}
