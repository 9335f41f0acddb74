import { OxbowError } from '#store';

/** Code of the flow awaits a promise that nothing can settle any more: the process has nothing left to do. */
export class NeverSettledError extends OxbowError {
  override readonly code = 'NeverSettledError';

  /** `who` begins the sentence: `The step "train"`. */
  constructor(who: string) {
    super(
      `${who} awaits a promise that never settles: no timer, file, socket or process is left that could settle it. ` +
        'Look for a callback that is never called, or a resolve() that is missing.',
    );
  }
}

interface Wait {
  readonly who: string;
  readonly reject: (error: NeverSettledError) => void;
}

/** The innermost last. */
const waits = new Set<Wait>();
let keeper: Pick<NodeJS.Timeout, 'ref' | 'unref'> | undefined;

/**
 * What `work` comes to. When the process would end before that, or wait for ever with nothing left to do, it throws NeverSettledError, which
 * begins with `who`: else the command would end without a word, as if all were well.
 */
export async function settled<T>(who: string, work: T | PromiseLike<T>): Promise<T> {
  if (!isThenable(work)) return work;
  let wait: Wait | undefined;
  const never = new Promise<never>((_, reject) => {
    wait = { who, reject };
    add(wait);
  });
  try {
    return await Promise.race([work, never]);
  } finally {
    if (wait) remove(wait);
  }
}

/** Names what keeps this process alive though it can settle nothing by itself, as the channel to the scheduler does. */
export function settledWithout(handle: typeof keeper): void {
  keeper = handle;
}

/** Whether a value is awaited. */
export const isThenable = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';

function add(wait: Wait): void {
  if (waits.size === 0) {
    process.on('beforeExit', giveUp);
    keeper?.unref();
  }
  waits.add(wait);
}

function remove(wait: Wait): void {
  waits.delete(wait);
  if (waits.size > 0) return;
  process.off('beforeExit', giveUp);
  keeper?.ref();
}

function giveUp(): void {
  const last = [...waits].at(-1);
  // In a turn of its own, which keeps the process alive for those around it.
  if (last) setImmediate(() => last.reject(new NeverSettledError(last.who)));
}
