import { resolve } from 'node:path';
import { cloneNote, findStore, NoStoreError, type Repository } from '#store';
import { Connection } from './connection.ts';
import type { Damaged } from './damage.ts';
import { type Client, clientOf } from './factories.ts';
import { getNamespace } from './namespace.ts';
import { closeStore, sharedStore } from './open-stores.ts';

/** Which store to read, and as whom. */
export interface ConnectOptions {
  /** Folder of the store. By default FLOW_STORE, else the nearest `.flow` upward from the working folder. */
  readonly store?: string | undefined;
  /** Namespace for this client alone, `null` to see all runs. By default the one that `namespace()` set. */
  readonly namespace?: string | null | undefined;
  /**
   * Called once for each run or task that a selection such as `@ok`, `runs('tag')` or `*` passes over because it cannot be read. By default Node
   * warns of it (`OxbowWarning`). Runs that are listed without being read, as by `Flow('F').runs()`, throw when they are touched.
   */
  readonly onDamaged?: ((damaged: Damaged) => void) | undefined;
  /**
   * Instances of classes that this process has not registered become what is stored of them, under the name of the class, instead of an
   * error: for those who only look.
   */
  readonly showUnknownClasses?: boolean | undefined;
}

/**
 * A client bound to one store, which it names. Closing it is optional: clients of one store share what they open, and a store that nobody
 * reads holds no files open. `using client = connect()` closes it at the end of the block.
 */
export interface StoreClient extends Client, Disposable {
  /** Folder of the store. */
  readonly store: string;
  /** What to know of a store that did not arrive whole, a sentence; undefined when there is nothing to know. */
  readonly note: string | undefined;
  /** Closes the store's files at once. What was opened through the client stays readable: it opens them again. */
  close(): void;
}

/** Opens a store and gives `Flow`, `Run`, … that read it and no other. Throws NoStoreError when there is none. */
export function connect(options: ConnectOptions = {}): StoreClient {
  const path = storePath(options.store);
  const repository = sharedStore(path);
  const connection = connectionTo(repository, options);
  const close = () => closeStore(path);
  return {
    ...clientOf(() => connection),
    store: repository.path,
    get note() {
      return cloneNote(repository);
    },
    close,
    [Symbol.dispose]: close,
  };
}

let last: { readonly repository: Repository; readonly connection: Connection } | undefined;

/**
 * The names `oxbow` exports: each call looks for the store anew, so that a script which changes its working folder or
 * FLOW_STORE reads the store it then stands in. What was opened stays with its store.
 */
export const defaultClient: Client = clientOf(() => {
  const repository = sharedStore(storePath());
  if (last?.repository !== repository) last = { repository, connection: connectionTo(repository) };
  return last.connection;
});

function storePath(store?: string): string {
  const path = findStore({ store });
  if (path === undefined) throw new NoStoreError(process.cwd());
  return resolve(path);
}

function connectionTo(repository: Repository, { namespace, ...options }: ConnectOptions = {}): Connection {
  return new Connection(repository, namespace === undefined ? getNamespace : () => namespace, options);
}
