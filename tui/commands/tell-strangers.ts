import { strangers } from '#core';
import type { Host } from '../host.ts';
import { text } from '../plain/text.ts';
import type { storeFor } from './open.ts';

/** Names what lies in Oxbow's own folders of a store and is not Oxbow's. */
export function tellStrangers(store: ReturnType<typeof storeFor>, err: Host['err']): void {
  for (const { path, found } of strangers(store))
    err.write(
      text`${err.paint.warn('warning:')} "${path}" is ${found}. Oxbow did not put it there and leaves it alone; look at what it is, and delete it.\n`,
    );
}
