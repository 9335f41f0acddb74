import type { Status } from '#client';
import type { Output } from '../output.ts';
import type { Brush } from '../plain/paint.ts';

/** The sign and colour of what became of a run or a task. */
export function statusSign(
  status: Status | 'killed' | 'waiting',
  { glyphs, paint }: Output,
): {
  readonly sign: string;
  readonly brush: Brush;
} {
  switch (status) {
    case 'successful':
      return { sign: glyphs.ok, brush: paint.good };
    case 'running':
      return { sign: glyphs.running, brush: paint.name };
    case 'interrupted':
      return { sign: glyphs.stopped, brush: paint.warn };
    case 'waiting':
      return { sign: glyphs.waiting, brush: paint.faint };
    default:
      return { sign: glyphs.failed, brush: paint.bad };
  }
}
