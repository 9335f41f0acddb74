import { chmodSync, fchmodSync, fstatSync, lstatSync } from 'node:fs';
import { dirname } from 'node:path';

/** Permissions that `core.sharedRepository` gives: some that are added, or all there are. */
interface Sharing {
  readonly permissions: number;
  readonly isExact: boolean;
}

const GROUP: Sharing = { permissions: 0o660, isExact: false };
const EVERYBODY: Sharing = { permissions: 0o664, isExact: false };

const NAMED: Readonly<Record<string, Sharing | undefined>> = {
  ...{ group: GROUP, true: GROUP, yes: GROUP, on: GROUP, 1: GROUP },
  ...{ all: EVERYBODY, world: EVERYBODY, everybody: EVERYBODY, 2: EVERYBODY },
};

/** Stores whose config asks for it, by folder. Most processes know none, and ask nothing more. */
const stores = new Map<string, Sharing>();

/** Notes what a store's config says of `core.sharedRepository`; undefined when it says nothing. */
export function noteSharing(store: string, value: string | undefined): void {
  const sharing = value === undefined ? undefined : sharingOf(value);
  if (sharing) stores.set(store, sharing);
  else stores.delete(store);
}

// git-config(1): an octal number replaces the umask; files that only their owner may not write make no sense.
function sharingOf(value: string): Sharing | undefined {
  const octal = /^0[0-7]{3}$/.test(value) ? Number.parseInt(value, 8) : 0;
  if ((octal & 0o600) === 0o600) return { permissions: octal & 0o666, isExact: true };
  return Object.hasOwn(NAMED, value.toLowerCase()) ? NAMED[value.toLowerCase()] : undefined;
}

/** Gives a new file of a shared store, open for writing, the permissions that native git would. */
export function shareFile(path: string, fd: number): void {
  const sharing = stores.size === 0 ? undefined : sharingAt(path);
  if (sharing) fchmodSync(fd, modeFor(fstatSync(fd).mode & 0o777, sharing));
}

/** The same for a new folder: who is in its group makes files there that belong to the group. */
export function shareFolder(path: string): void {
  const sharing = stores.size === 0 ? undefined : sharingAt(path);
  if (!sharing) return;
  const mode = modeFor(lstatSync(path).mode & 0o777, sharing);
  chmodSync(path, mode | ((mode & 0o444) >> 2) | SET_GROUP);
}

const SET_GROUP = 0o2000;

// As calc_shared_perm of git: what nobody may write stays so, and who may read may execute.
function modeFor(mode: number, { permissions, isExact }: Sharing): number {
  let given = permissions;
  if ((mode & 0o200) === 0) given &= ~0o222;
  if ((mode & 0o100) !== 0) given |= (given & 0o444) >> 2;
  return isExact ? given : mode | given;
}

function sharingAt(path: string): Sharing | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const sharing = stores.get(folder);
    if (sharing || folder === dirname(folder)) return sharing;
  }
}
