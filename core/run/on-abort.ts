/** What is to be done when a signal is aborted. Any number of runs may share one signal; Node warns of more than ten listeners. */
const actsOf = new WeakMap<AbortSignal, Acts>();

interface Acts {
  readonly all: Set<() => void>;
  readonly listener: () => void;
}

/** Acts once a signal is aborted. A signal may outlive the run: the function returned lets go of it. */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (!signal) return () => {};
  if (signal.aborted) {
    queueMicrotask(act);
    return () => {};
  }
  const acts = actsOf.get(signal) ?? listen(signal);
  // Of its own: two runs may bring the same function.
  const own = (): void => act();
  acts.all.add(own);
  return () => {
    if (!acts.all.delete(own) || acts.all.size > 0) return;
    signal.removeEventListener('abort', acts.listener);
    actsOf.delete(signal);
  };
}

function listen(signal: AbortSignal): Acts {
  const all = new Set<() => void>();
  const acts = {
    all,
    listener: () => {
      for (const act of [...all]) act();
    },
  };
  signal.addEventListener('abort', acts.listener, { once: true });
  actsOf.set(signal, acts);
  return acts;
}
