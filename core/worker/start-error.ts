import { existsSync } from 'node:fs';
import { OxbowError } from '#store';

/** No worker process can be started. */
export class WorkerStartError extends OxbowError {
  override readonly code = 'WorkerStartError';
  /** The code of the operating system: `EAGAIN`. */
  readonly reason: string | undefined;

  constructor(cause: Error) {
    const reason = (cause as NodeJS.ErrnoException).code;
    super(`No worker process can be started: ${sentenceOn(reason, cause)}`, { cause });
    this.reason = reason;
  }

  /** Whether the next try may succeed: when other processes have ended, or files were closed. */
  get mayPass(): boolean {
    return this.reason !== undefined && this.reason in SCARCE;
  }
}

/** What the system has too little of, and what to do. */
const SCARCE: Readonly<Record<string, string>> = {
  EAGAIN:
    'there are as many processes as the user or the container may have. End some, lower --max-workers, or raise the limit (ulimit -u).',
  EMFILE:
    'this process has as many files open as it may. Lower --max-workers, or raise the limit (ulimit -n).',
  ENFILE: 'the system has as many files open as it may. Close programs, or lower --max-workers.',
  ENOMEM: 'the system has too little memory. End other programs, or lower --max-workers.',
};

function sentenceOn(reason: string | undefined, { message }: Error): string {
  const scarce = SCARCE[reason ?? ''];
  if (scarce !== undefined) return `${scarce} (${reason})`;
  const program = process.execPath;
  if (reason === 'ENOENT' && !existsSync(program))
    return `${program} is gone, which runs this process. Was Node updated or removed? Start again.`;
  if (reason === 'EACCES') return `${program} may not be executed. (${reason})`;
  return message;
}
