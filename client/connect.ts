import { findStore, NoStoreError, openStore, type Repository } from '#store';
import { Connection } from './connection.ts';
import { type Client, clientOf } from './factories.ts';
import { getNamespace } from './namespace.ts';

/** Which store to read, and as whom. */
export interface ConnectOptions {
  /** Folder of the store. By default FLOW_STORE, else the nearest `.flow` upward from the working folder. */
  readonly store?: string | undefined;
  /** Namespace for this client alone, `null` to see all runs. By default the one that `namespace()` set. */
  readonly namespace?: string | null | undefined;
}

/** A client bound to one store, which it names. */
export interface StoreClient extends Client {
  /** Folder of the store. */
  readonly store: string;
}

/** Opens a store and gives `Flow`, `Run`, … that read it and no other. Throws NoStoreError when there is none. */
export function connect(options: ConnectOptions = {}): StoreClient {
  const repository = openStore({ store: options.store });
  const connection = connectionTo(repository, options.namespace);
  return { ...clientOf(() => connection), store: repository.path };
}

let last: { readonly path: string; readonly connection: Connection } | undefined;

/**
 * The names `oxbow` exports: each call looks for the store anew, so that a script which changes its working folder or
 * FLOW_STORE reads the store it then stands in. What was opened stays with its store.
 */
export const defaultClient: Client = clientOf(() => {
  const path = findStore();
  if (path === undefined) throw new NoStoreError(process.cwd());
  if (last?.path !== path) last = { path, connection: connectionTo(openStore({ store: path })) };
  return last.connection;
});

function connectionTo(repository: Repository, namespace?: string | null): Connection {
  return new Connection(repository, namespace === undefined ? getNamespace : () => namespace);
}
