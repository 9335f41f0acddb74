// What the benches of this folder share; nothing of it is part of the package.

const ROUNDS = 5;

/** Milliseconds per thing: the median of several rounds, each with what `prepare` made for it. */
export function time<T>(count: number, prepare: () => T, run: (prepared: T) => void): number {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const prepared = prepare();
    const started = performance.now();
    run(prepared);
    rounds.push((performance.now() - started) / count);
  }
  return median(rounds);
}

/** The same for something asynchronous that needs nothing prepared. */
export async function timeAsync(count: number, run: () => Promise<void>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await run();
    rounds.push((performance.now() - started) / count);
  }
  return median(rounds);
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Prints one line for each rival: our time as a multiple of theirs. Times in milliseconds per thing. */
export function report(what: string, ours: number, others: Readonly<Record<string, number>>): void {
  for (const [name, theirs] of Object.entries(others)) {
    const ratio = ours / theirs;
    const detail = `${micro(ours)} against ${micro(theirs)} each`;
    console.log(`${what}: ${ratio < 0.1 ? ratio.toFixed(4) : ratio.toFixed(2)} x ${name} (${detail})`);
  }
}

/** Milliseconds as text, in microseconds. */
export const micro = (milliseconds: number) => `${(milliseconds * 1000).toFixed(1)} µs`;
