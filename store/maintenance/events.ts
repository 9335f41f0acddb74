/** How far a long piece of maintenance has come. Presenters choose the words. */
export interface MaintenanceProgress {
  readonly type: 'progress';
  readonly phase: 'packs' | 'loose' | 'runs' | 'rewrite';
  readonly done: number;
  readonly total: number;
}

/** Told about progress, some times a second at most. */
export type OnProgress = (event: MaintenanceProgress) => void;

/** A function that tells of progress at a measured pace: the first, the last, and some between. */
export function paced(
  onProgress: OnProgress | undefined,
  phase: MaintenanceProgress['phase'],
  total: number,
) {
  let next = 0;
  return (done: number): void => {
    if (onProgress === undefined || (performance.now() < next && done < total)) return;
    next = performance.now() + 100;
    onProgress({ type: 'progress', phase, done, total });
  };
}
