import type { SlotMemory } from './slots.ts';

/** What a lane is started with. */
export interface LaneData {
  readonly memory: SlotMemory;
  /** Whether it is the one that sums. */
  readonly sums: boolean;
}
