/** A pack may be joined with others when each that stays is at least this many times as heavy as the next lighter one. */
const FACTOR = 2;

/**
 * How many of the lightest packs to join into one so that the weights of all that are left form a geometric progression; 0
 * when they do already. `weights` ascend. With such packs their number is logarithmic in the total weight, and as every
 * join at least doubles what its smallest part lies in, so is the number of times anything is copied.
 *
 * This is `split_pack_geometry` of git (builtin/repack.c, `git repack --geometric=2`), which weighs by objects.
 */
export function packsToJoin(weights: readonly number[]): number {
  const weight = (index: number): number => weights[index] ?? 0;
  let split = weights.length - 1;
  while (split > 0 && weight(split) >= FACTOR * weight(split - 1)) split -= 1;
  if (split <= 0) return 0;
  // Neither of the last pair that was compared is in the progression.
  split += 1;
  let joined = 0;
  for (let index = 0; index < split; index += 1) joined += weight(index);
  // The new pack may be too heavy for its neighbours, which then join it.
  for (; split < weights.length && weight(split) < FACTOR * joined; split += 1) joined += weight(split);
  return split;
}
