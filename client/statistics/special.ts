// The functions that tail probabilities are made of. Relative error below 1e-12 where tests hold them against SciPy.

/** Terms of Lanczos' approximation of the gamma function (g = 7, n = 9). */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
const TINY = 1e-300;

/** The logarithm of the gamma function of a positive number. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const at = x + 6.5;
  const sum = LANCZOS.reduce((total, term, i) => total + (i === 0 ? term : term / (x - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(at) - at + Math.log(sum);
}

/** The probability that a standard normal number is greater than z; exact far into the tail. */
export function normalTail(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  if (z < 0) return 1 - normalTail(-z);
  if (z > 39) return 0;
  const half = (z * z) / 2;
  if (z < 2.5) {
    // The series of the error function.
    let term = z;
    let sum = z;
    for (let k = 1; Math.abs(term) > sum * 1e-17 && k < 200; k += 1) {
      term *= (z * z) / (2 * k + 1);
      sum += term;
    }
    return 0.5 - (sum * Math.exp(-half)) / Math.sqrt(2 * Math.PI);
  }
  // Laplace's continued fraction, from its end.
  let fraction = z;
  for (let k = 120; k > 0; k -= 1) fraction = z + k / fraction;
  return Math.exp(-half) / (Math.sqrt(2 * Math.PI) * fraction);
}

/** The number that a standard normal one exceeds with probability 1 − p. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1))
    return p === 0 ? Number.NEGATIVE_INFINITY : p === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  return p < 0.5 ? -solved((z) => normalTail(z), p) : solved((z) => normalTail(z), 1 - p);
}

/** The probability that a number of Student's distribution is greater than t. */
export function studentTail(t: number, freedom: number): number {
  if (!(freedom > 0) || Number.isNaN(t)) return Number.NaN;
  if (t < 0) return 1 - studentTail(-t, freedom);
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
}

/** The number that one of Student's distribution exceeds with probability 1 − p, p above a half. */
export const studentQuantile = (p: number, freedom: number): number =>
  solved((t) => studentTail(t, freedom), 1 - p);

/** Where a falling function has a value that it takes at 0 or later. */
function solved(tail: (at: number) => number, wanted: number): number {
  if (Number.isNaN(tail(1))) return Number.NaN;
  if (tail(0) <= wanted) return 0;
  let high = 1;
  while (tail(high) > wanted && high < 1e300) high *= 2;
  let low = 0;
  for (let i = 0; i < 200 && high - low > high * 1e-15; i += 1) {
    const middle = (low + high) / 2;
    if (tail(middle) > wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The regularised incomplete beta function, by Lentz' continued fraction (Numerical Recipes, 6.4). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2)
    ? (front * fractionOf(x, a, b)) / a
    : 1 - (front * fractionOf(1 - x, b, a)) / b;
}

function fractionOf(x: number, a: number, b: number): number {
  const safe = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / safe(1 - ((a + b) * x) / (a + 1));
  let out = d;
  for (let m = 1; m <= 1000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / safe(1 + even * d);
    c = safe(1 + even / c);
    out *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / safe(1 + odd * d);
    c = safe(1 + odd / c);
    const step = d * c;
    out *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return out;
}
