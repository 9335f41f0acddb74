import type { RunWriter } from '#store';
import { timeStamp } from '#store';
import type { RunEvent } from '../events.ts';
import { exceptionOf } from '../exceptions.ts';

/** Reports what failed beside the tasks of a run since the last call. */
export function tellTroubles({ troubles }: RunWriter, emit: (event: RunEvent) => void): void {
  for (const { kind, error } of troubles.take())
    emit({ type: 'run-trouble', time: timeStamp(), kind, exception: exceptionOf(error) });
}
