import { connect } from './connect.ts';

/**
 * The run that a resume goes on from, as `Flow/id`: the latest in the namespace in force or, where an address or an id is given, that one,
 * whoever ran it. Throws what `resolve` throws when there is none.
 */
export function resumeOrigin(
  flow: string,
  { store, address }: { readonly store?: string | undefined; readonly address?: string | undefined },
): string {
  if (address === undefined) return connect({ store }).Flow(flow).latestRun.pathspec;
  // An id or the beginning of one is meant when no flow is named.
  const named = /^\d/.test(address) ? `${flow}/${address}` : address;
  return connect({ store, namespace: null }).Run(named).pathspec;
}
