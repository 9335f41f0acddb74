// Where storing a small body stops paying, and where zlib overtakes JavaScript: the limits in the source.
// Run with: node --import tsx store/git/zlib-stream.bench.ts
import { objectIdOf } from './object.ts';
import { micro, time } from './stopwatch.ts';
import { deflate, inflate } from './zlib-stream.ts';

function benchLimits(): void {
  const text = Buffer.from(
    JSON.stringify(
      Array.from({ length: 400 }, (_, i) => ({ step: `train${i}`, loss: Math.sin(i) })),
      null,
      2,
    ),
  );
  for (const size of [64, 128, 256, 512, 1024, 4096, 16_384]) {
    const body = text.subarray(0, size);
    const [stored, level1] = [deflate(body, 0), deflate(body, 1)];
    const each = (run: () => unknown) =>
      micro(
        time(
          2000,
          () => run,
          (again) => {
            for (let i = 0; i < 2000; i++) again();
          },
        ),
      );
    console.log(
      `${size} bytes: hash ${each(() => objectIdOf('blob', body))}, store ${each(() => deflate(body, 0))}, deflate ${each(() => deflate(body, 1))} to ${level1.length} bytes, ` +
        `read stored ${each(() => inflate(stored, size))}, read deflated ${each(() => inflate(level1, size))}`,
    );
  }
}

benchLimits();
