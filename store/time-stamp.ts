import { uptime } from 'node:os';

/** A moment on all clocks there are, in milliseconds. */
interface Moment {
  /** Time stamp of this process. */
  readonly stamp: number;
  /** The wall clock, which anybody may set. */
  readonly wall: number;
  /** What only goes on, but not while the computer sleeps. */
  readonly steady: number;
  /** Since the boot, the time asleep too, in steps of some ten milliseconds. */
  readonly boot: number;
}

/** How far the wall clock may be from the steady one before it is asked why, in milliseconds. */
const TOLERANCE = 500;

const momentAt = (stamp: number): Moment => ({
  stamp,
  wall: Date.now(),
  steady: performance.now(),
  boot: uptime() * 1000,
});

let last = momentAt(Date.now());

/**
 * The time in milliseconds since 1970, for what is recorded and told. Within a process it never goes back and takes no part in what is done to the wall
 * clock, so the difference of two is the time between them; the time that a computer sleeps counts.
 */
export function timeStamp(): number {
  const elapsed = performance.now() - last.steady;
  if (Math.abs(Date.now() - last.wall - elapsed) <= TOLERANCE) return Math.floor(last.stamp + elapsed);
  // Either the computer slept, or somebody has set the clock.
  const asleep = uptime() * 1000 - last.boot - elapsed;
  last = momentAt(last.stamp + elapsed + (asleep > TOLERANCE ? asleep : 0));
  return Math.floor(last.stamp);
}

/** The time stamp of something that begins and belongs to nothing before: a clock that was set forward meanwhile is taken over. */
export function freshTimeStamp(): number {
  const stamp = timeStamp();
  const wall = Date.now();
  if (wall - stamp <= TOLERANCE) return stamp;
  last = momentAt(wall);
  return wall;
}
