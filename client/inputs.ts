import { LAYOUT, type RunReader } from '#store';
import type { DataGroup } from './data-view.ts';

/** What every task of a run can read beside its own artifacts: parameters first, then constants. */
export function inputGroups(run: RunReader): DataGroup[] {
  return [
    { heading: 'Parameters', folder: `${run.name}/${LAYOUT.parameters}`, entries: () => run.parameters() },
    { heading: 'Constants', folder: `${run.name}/${LAYOUT.constants}`, entries: () => run.constants() },
  ];
}
