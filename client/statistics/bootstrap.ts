import { ArgumentError } from '../errors.ts';
import { ascending, finite, meanOf, type Numbers } from './numbers.ts';
import { quantile } from './quantile.ts';
import { normalQuantile, normalTail } from './special.ts';

/** How a bootstrap is made. */
export interface BootstrapOptions {
  /** What is estimated; the mean when not given. The numbers are in no order. */
  readonly of?: (sample: Float64Array) => number;
  /** How often the sample is drawn again, 2000 when not given. */
  readonly resamples?: number;
  /** The probability that the interval holds the value, 0.95 when not given. */
  readonly level?: number;
  /** The same seed draws the same samples. */
  readonly seed?: number;
}

/** An estimate and its interval. */
export interface Bootstrap {
  readonly estimate: number;
  readonly interval: readonly [number, number];
}

/**
 * The interval of an estimate, by drawing the sample again with replacement: bias-corrected and accelerated (Efron 1987). NaN for fewer than two numbers. Throws
 * ArgumentError for a level that is not between 0 and 1, or too many or too few resamples.
 */
export function bootstrap(
  values: Numbers,
  { of = meanOf, resamples = 2000, level = 0.95, seed = 1 }: BootstrapOptions = {},
): Bootstrap {
  check(resamples, level);
  const sample = finite(values);
  const estimate = of(sample.slice());
  if (sample.length < 2) return { estimate, interval: [Number.NaN, Number.NaN] };
  const random = randomFrom(seed);
  const drawn = new Float64Array(sample.length);
  const found = Float64Array.from({ length: resamples }, () => {
    for (let i = 0; i < drawn.length; i += 1)
      drawn[i] = sample[Math.floor(random() * sample.length)] as number;
    return of(drawn);
  });
  const sorted = ascending(found);
  const below =
    found.filter((one) => one < estimate).length + found.filter((one) => one === estimate).length / 2;
  const bias = normalQuantile(below / resamples);
  const acceleration = accelerationOf(sample, of);
  const ends = [(1 - level) / 2, (1 + level) / 2].map((p) => {
    const z = bias + normalQuantile(p);
    const corrected = 1 - normalTail(bias + z / (1 - acceleration * z));
    // Without a spread of the estimates there is nothing to correct.
    return quantile(sorted, Number.isFinite(bias) && !Number.isNaN(corrected) ? corrected : p);
  });
  return { estimate, interval: [ends[0] ?? Number.NaN, ends[1] ?? Number.NaN] };
}

/** By the estimates that leave one number out each, at most {@link MOST_LEFT_OUT} of them. */
function accelerationOf(sample: Float64Array, of: (sample: Float64Array) => number): number {
  const every = Math.max(1, Math.ceil(sample.length / MOST_LEFT_OUT));
  const rest = new Float64Array(sample.length - 1);
  const estimates: number[] = [];
  for (let left = 0; left < sample.length; left += every) {
    rest.set(sample.subarray(0, left));
    rest.set(sample.subarray(left + 1), left);
    estimates.push(of(rest));
  }
  const mean = meanOf(Float64Array.from(estimates));
  let [square, cube] = [0, 0];
  for (const one of estimates) {
    square += (mean - one) ** 2;
    cube += (mean - one) ** 3;
  }
  return square === 0 ? 0 : cube / (6 * square ** 1.5);
}

const MOST_LEFT_OUT = 1000;

function check(resamples: number, level: number): void {
  const example = 'bootstrap(values, { resamples: 2000, level: 0.95 })';
  if (!(Number.isInteger(resamples) && resamples >= 10 && resamples <= 1e6))
    throw new ArgumentError({
      call: 'bootstrap',
      takes: 'resamples from 10 to 1000000',
      given: String(resamples),
      example,
    });
  if (!(level > 0 && level < 1))
    throw new ArgumentError({
      call: 'bootstrap',
      takes: 'a level between 0 and 1',
      given: String(level),
      example,
    });
}

/** Numbers from 0 to 1 of Marsaglia's xorshift generator (2003) with 32 bits, seeded by the mixer of MurmurHash3. */
function randomFrom(seed: number): () => number {
  let state = (seed >>> 0) + 0x9e3779b9;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  state = (state ^ (state >>> 16)) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
