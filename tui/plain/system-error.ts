/** What an error of the operating system has. */
export interface SystemError {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
  readonly dest?: string;
  readonly message: string;
}

/** Whether an error came from the operating system. */
export function isSystemError(error: unknown): error is SystemError {
  const { code, syscall, message } = (error ?? {}) as Partial<Record<string, unknown>>;
  return typeof code === 'string' && typeof syscall === 'string' && typeof message === 'string';
}

/** What was to be done with a file, by the call that failed. */
const ACTIONS: Readonly<Record<string, string>> = {
  open: 'open',
  read: 'read',
  write: 'write to',
  mkdir: 'make the folder',
  scandir: 'list the folder',
  opendir: 'list the folder',
  rmdir: 'remove the folder',
  unlink: 'remove',
  rm: 'remove',
  rename: 'rename',
  link: 'link',
  symlink: 'link',
  readlink: 'follow the link',
  realpath: 'find',
  lstat: 'look at',
  stat: 'look at',
  fstat: 'look at',
  access: 'look at',
  copyfile: 'copy',
  chmod: 'change the permissions of',
  utime: 'set the time of',
  ftruncate: 'shorten',
  fsync: 'write to',
  fdatasync: 'write to',
  mkdtemp: 'make a folder at',
};

/** Why it failed, and what may help. */
const REASONS: Readonly<Record<string, readonly [reason: string, remedy?: string]>> = {
  ENOENT: ['it does not exist'],
  ENOTDIR: ['a part of the path is a file, not a folder'],
  EISDIR: ['it is a folder, not a file'],
  EEXIST: ['it exists already'],
  ENOTEMPTY: ['the folder is not empty'],
  EACCES: ['permission denied'],
  EPERM: ['the system does not permit it'],
  EROFS: ['the disk can only be read'],
  ENOSPC: ['no space is left on the disk', 'Free some, for example with flow gc, and try again.'],
  EDQUOT: ['your disk quota is used up', 'Free some space, for example with flow gc, and try again.'],
  EFBIG: ['the file would be larger than the system allows'],
  EMFILE: ['this process has too many files open', 'Raise the limit with ulimit -n.'],
  ENFILE: ['the system has too many files open'],
  ELOOP: ['its links lead round in a circle'],
  ENAMETOOLONG: ['the name is longer than the system allows'],
  EIO: ['the disk reported an error', 'Look at the health of the disk.'],
  EBUSY: ['it is in use'],
  ETXTBSY: ['it is being executed'],
  EXDEV: ['it would move to another disk'],
  ESTALE: ['the network disk has lost it'],
  EAGAIN: [
    'the system has no resources for it at the moment',
    'Try again, or raise the limit with ulimit -u.',
  ],
  ENOMEM: ['the system has no memory left'],
  EINVAL: ['the system does not accept it'],
};

/** An error of the operating system as a sentence: what was to be done with which file, why it failed, and what may help. */
export function systemSentence({ code, syscall, path, dest, message }: SystemError): string {
  const [reason, remedy] = REASONS[code] ?? [message.replace(/^[A-Z]+: /, '').replace(/, \w+.*$/, '')];
  const end = remedy === undefined ? '' : ` ${remedy}`;
  return `Cannot ${actionOf(syscall, path)}${dest === undefined ? '' : ` to ${dest}`}: ${reason} (${code}).${end}`;
}

function actionOf(syscall: string, path: string | undefined): string {
  const [name = ''] = syscall.split(' ');
  if (name === 'spawn' || name === 'spawnSync')
    return `start ${path ?? (syscall.slice(name.length + 1) || 'a process')}`;
  const action = ACTIONS[name];
  // Of an open file the system does not say which it is.
  if (path === undefined) return action === undefined ? name : `${action} a file`;
  return `${action ?? `${name}:`} ${path}`;
}
