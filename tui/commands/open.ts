import { connect, type StoreClient } from '#client';
import { cloneNote, openStore } from '#core';
import type { Host } from '../host.ts';
import { multiline, text } from '../plain/text.ts';
import type { ReadOptions } from '../read-options.ts';

/** Opens the store the options name; tells of runs that a selection passes over because they are damaged. Throws NoStoreError. */
export function clientFor({ store, allUsers }: ReadOptions, { err }: Pick<Host, 'err'>): StoreClient {
  const client = connect({
    store,
    showUnknownClasses: true,
    ...(allUsers ? { namespace: null } : {}),
    onDamaged: ({ pathspec, error }) =>
      err.write(
        text`${err.paint.warn('warning:')} ${multiline(`${pathspec} is passed over: ${error.message}`)}\n`,
      ),
  });
  tellNote(client.note, err);
  return client;
}

/** The same for commands that look at the store as a whole. */
export function storeFor({ store }: Pick<ReadOptions, 'store'>, { err }: Pick<Host, 'err'>) {
  const repository = openStore({ store });
  tellNote(cloneNote(repository), err);
  return repository;
}

function tellNote(note: string | undefined, err: Host['err']): void {
  if (note !== undefined) err.write(text`${err.paint.warn('warning:')} ${multiline(note)}\n`);
}
