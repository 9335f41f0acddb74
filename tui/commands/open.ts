import { connect, type StoreClient } from '#client';
import type { ReadOptions } from '../read-options.ts';

/** Opens the store the options name. Throws NoStoreError. */
export const clientFor = ({ store, allUsers }: ReadOptions): StoreClient =>
  connect({ store, ...(allUsers ? { namespace: null } : {}) });
