import { connect, type StoreClient } from '#client';
import type { Host } from '../host.ts';
import { shown } from '../plain/exception.ts';
import type { ReadOptions } from '../read-options.ts';

/** Opens the store the options name; tells of runs that a selection passes over because they are damaged. Throws NoStoreError. */
export const clientFor = ({ store, allUsers }: ReadOptions, { err }: Pick<Host, 'err'>): StoreClient =>
  connect({
    store,
    ...(allUsers ? { namespace: null } : {}),
    onDamaged: ({ pathspec, error }) =>
      err.write(
        `${err.paint.warn('warning:')} ${shown(`${pathspec} is passed over: ${error.message}`, err)}\n`,
      ),
  });
